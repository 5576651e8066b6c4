"""`leadline leads` and `leadline explain`: who scores how, and why."""

from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

NOT_COUNTED = {
    "internal": "This is one of our own people: nothing they do counts. The rules: leadline traffic list",
    "bot": "Only robots were seen under this name: nothing of it counts.",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(leads)
    app.command()(explain)


def leads(
    limit: int = typer.Option(20, min=1, help="How many at most."),
    as_json: bool = Json,
) -> None:
    """List leads, the highest total first."""
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
            str(row["id"]), row["user_id"] or "visitor", f"{row['total']:.1f}", row["grade"], row["stage"], *numbers
        )
    console.print(table)


def explain(
    lead: str = typer.Argument(help="A lead's number, user id or e-mail address."),
    as_of: str = typer.Option("", help="A day (2026-05-14) or a moment in ISO 8601; default: now."),
    as_json: bool = Json,
) -> None:
    """Show every point of a lead's score."""
    result = ask("explain", lead=lead, as_of=as_of)
    if as_json:
        print_json(result)
        return
    if result["noise"]:
        console.print(NOT_COUNTED[result["noise"]])
    console.print(_ledger(result))


def _ledger(result: dict[str, Any]) -> Table:
    table = Table(
        "Dimension", "Factor", "From", "Score", "Points", title=f"Lead {result['lead']}, as of {result['as_of']}"
    )
    for line in result["ledger"]:
        table.add_row(
            line["dimension"], line["label"], line["sentence"], f"{line['score']:.1f}", f"{line['points']:+.3f}"
        )
    table.add_row("", "Total", "", "", f"{result['total']:.6f}", style="bold")
    return table
