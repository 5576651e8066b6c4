"""`leadline plan`: the tracking plan: checking one, making a first one, and how it is broken."""

from pathlib import Path

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import ConfigurationError, NotFoundError

plan = typer.Typer(help="The tracking plan: check one, make a first one, see how it is broken.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(plan, name="plan")


@plan.command()
def validate(
    file: str = typer.Argument(help="A YAML file, or the name of a bundled plan."), as_json: bool = Json
) -> None:
    """Check a plan. The first mistake is told with its place."""
    from leadline.tracking.plan_document import bundled_plan, read_plan

    found = read_plan(bundled_plan(file))
    properties = sum(len(rule.properties) for rule in found.events.values())
    report = {"name": found.name, "version": found.version, "events": len(found.events), "properties": properties}
    if as_json:
        print_json({**report, "includes": list(found.includes)})
        return
    included = f", with what it includes ({', '.join(found.includes)})" if found.includes else ""
    console.print(
        f"{found.name} {found.version} is valid: {report['events']} events, {properties} properties{included}."
    )


@plan.command()
def infer(
    source: str = typer.Option("", help="Only from this event source; left out: from all."),
    days: int = typer.Option(30, min=1, help="From the events that came in so many days."),
    out: Path | None = typer.Option(None, "-o", "--out", help="Write it to this file instead of the screen."),
    as_json: bool = Json,
) -> None:
    """Write a first plan from the events that have arrived. Read it before you use it."""
    if out is not None and not out.parent.is_dir():  # before the work, not after it
        raise NotFoundError(f"There is no folder {out.parent}.", advice="Make it first.")
    made = ask("plan_infer", "Reading events", source=source, days=days)
    if out is not None:
        _write(out, made["document"])
    if as_json:
        print_json(made)
    elif out is None:
        typer.echo(made["document"], nl=False)
    else:
        console.print(f"{out}: {made['names']} events, from {made['events']:,} that came in {days} days.")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error


@plan.command()
def violations(
    source: str = typer.Option("", help="Only of this event source."),
    as_json: bool = Json,
) -> None:
    """List the ways in which events broke the plan in 30 days, the most frequent of the week first."""
    rows = ask("plan_violations", source=source)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No event broke the plan in 30 days.")
        return
    table = Table("Source", "Event", "What is wrong", "7 days", "30 days", "Blocked", "Last seen")
    for row in rows:
        counts = [f"{row[name]:,}" for name in ("week", "month", "blocked")]
        seen = row["last_seen_at"][:10]
        table.add_row(row["source"], row["event"], row["text"], *counts, seen)
    console.print(table)
