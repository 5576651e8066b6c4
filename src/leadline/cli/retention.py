"""`leadline privacy retention`: how long things are kept, what would go now, and what went."""

from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.figures import counted

retention = typer.Typer(help="How long things are kept, what would go now, and what went.", invoke_without_command=True)
PERIODS, DUE = ("Rule", "What", "Source", "Kept"), ("Rule", "Source", "Count", "Oldest")
NOUNS = {
    "visitors": ("visitor",),
    "known": ("known person", "known people"),
    "quarantine": ("message",),
    "requests": ("request",),
    "audit": ("entry of the trail", "entries of the trail"),
}
RUNS = ("Run", "Started (UTC)", "By", "State", "Taken")


def add_retention(privacy: typer.Typer) -> None:
    """Add the group."""
    privacy.add_typer(retention, name="retention")


@retention.callback()
def show(context: typer.Context, as_json: bool = Json) -> None:
    """Without a command: show the periods in force."""
    if context.invoked_subcommand is None:
        _show_periods(ask("retention_periods"), as_json)


@retention.command(name="set")
def set_days(
    rule: str = typer.Argument(help="visitors, known, quarantine, requests or audit."),
    days: str = typer.Argument(help="How many days, forever, or default: as without this period."),
    source: str = typer.Option("", help="Only for what came in by this event source."),
    as_json: bool = Json,
) -> None:
    """Set how long something is kept. What is due by it goes the next night."""
    _show_periods(ask("retention_set", rule=rule, days=days, source=source, by="command line"), as_json)


@retention.command()
def preview(as_json: bool = Json) -> None:
    """Show what would go now, by rule and source. Nothing is taken away."""
    found = ask("retention_preview")
    if as_json:
        print_json(found)
    else:
        _show_due(found)


@retention.command()
def run(
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = Json,
) -> None:
    """Take away now what is due. Returns when its bytes are gone, too."""
    if not yes:
        _show_due(ask("retention_preview"))
        typer.confirm("Take all of it away for good?", abort=True)
    done = carry_out("retention", {"by": "command line"}, "command line", "Taking away")
    if as_json:
        print_json(done)
        return
    console.print(f"Run {done['run']} is {done['state']}: {_taken(done)}.")


@retention.command()
def report(
    limit: int = typer.Option(20, min=1, help="How many of the newest."),
    as_json: bool = Json,
) -> None:
    """List past runs and what each took away: numbers only."""
    found = ask("retention_report", limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_rows(RUNS, [_run(each) for each in found])
    else:
        console.print("Retention has not run yet.")


def _show_periods(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_rows(PERIODS, [[row["rule"], row["title"], row["shown"], row["words"]] for row in found])


def _show_due(found: list[dict[str, Any]]) -> None:
    if not found:
        console.print("Nothing is due.")
        return
    rows = [[row["rule"], row["source"] or "-", f"{row['count']:,}", row["oldest"][:10]] for row in found]
    print_rows(DUE, rows)


def _run(row: dict[str, Any]) -> list[str]:
    state = f"{row['state']}: {row['trouble']}" if row["trouble"] else row["state"]
    return [str(row["run"]), row["started_at"][:16].replace("T", " "), row["by"], state, _taken(row)]


def _taken(row: dict[str, Any]) -> str:
    totals: dict[str, int] = {}
    for each in row["taken"]:
        totals[each["rule"]] = totals.get(each["rule"], 0) + each["count"]
    return ", ".join(counted(count, *NOUNS[rule]) for rule, count in totals.items()) or "nothing"
