"""`leadline accounts`: which companies score how."""

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(accounts)


def accounts(
    limit: int = typer.Option(20, min=1, help="How many at most."),
    as_json: bool = Json,
) -> None:
    """List companies by the score of their people, the highest first."""
    rows = ask("accounts", limit=limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("Nobody who belongs to a company has a score yet.")
        return
    table = Table("Account", "Name", "Domain", "Total", "Grade", "People", "Qualified", "Best lead")
    for row in rows:
        numbers = [str(row[name]) for name in ("people", "qualified", "best")]
        table.add_row(str(row["id"]), row["name"], row["domain"], f"{row['total']:.1f}", row["grade"], *numbers)
    console.print(table)
