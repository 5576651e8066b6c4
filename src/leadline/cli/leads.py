"""`leadline leads`: who scores how."""

import typer
from rich.table import Table

from leadline.cli import sales_words
from leadline.cli.session import Json, ask, console, print_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="leads")


group = typer.Typer(help="List leads; say what sales says about one: accept, reject, snooze, and the rest.")
sales_words.add_to(group)


@group.callback(invoke_without_command=True)
def leads(
    context: typer.Context,
    limit: int = typer.Option(20, min=1, help="How many at most."),
    as_json: bool = Json,
) -> None:
    """List leads, the highest total first; or say something about one, with a command."""
    if context.invoked_subcommand:
        return
    rows = ask("leads", limit=limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No lead has a score yet. Send an event, or run: leadline demo")
        return
    table = Table("Lead", "User", "Total", "Grade", "Stage", "Engagement", "Readiness", "Conversion")
    for row in rows:
        numbers = [f"{row[name]:.1f}" for name in ("engagement", "readiness", "conversion")]
        table.add_row(
            str(row["id"]),
            row["user_id"] or "visitor",
            f"{row['total']:.1f}",
            f"{row['grade']}{row['fit'] or ''}",
            row["stage"],
            *numbers,
        )
    console.print(table)
