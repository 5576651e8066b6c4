"""`leadline leads`: who scores how."""

from typing import Any

import typer

from leadline.cli import sales_words
from leadline.cli.consent import consent
from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json

HEADINGS = ("Lead", "User", "Total", "Grade", "Stage", "Engagement", "Readiness", "Conversion")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="leads")


group = typer.Typer(help="List leads; say what sales says about one: accept, reject, snooze, and the rest.")
sales_words.add_to(group)
group.command()(consent)


@group.callback(invoke_without_command=True)
def leads(
    context: typer.Context,
    limit: int = typer.Option(20, min=1, help="How many at most."),
    named: str = typer.Option("", "--named", help="Only people whose names have words that begin so: 'mar fern'."),
    as_json: bool = Json,
) -> None:
    """List leads, the highest total first; or say something about one, with a command."""
    if context.invoked_subcommand:
        return
    rows = ask("leads", limit=limit, named=named)
    if as_json:
        print_json(rows)
        return
    if not rows and named:
        console.print("Nobody with a score is called so.")
        return
    if not rows:
        console.print("No lead has a score yet. Send an event, or run: leadline demo")
        return
    print_rows(HEADINGS, [_row(row) for row in rows], folded=("User", "Stage"))


def _row(row: dict[str, Any]) -> list[str]:
    numbers = [f"{row[name]:.1f}" for name in ("engagement", "readiness", "conversion")]
    grade = f"{row['grade']}{row['fit'] or ''}"
    user = row["user_id"] or "visitor"
    return [str(row["id"]), user, f"{row['total']:.1f}", grade, row["stage"].replace("_", " "), *numbers]
