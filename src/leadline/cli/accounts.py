"""`leadline accounts`: which companies score how."""

from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json
from leadline.qualification.account_wishes import CONDITIONS

HEADINGS = ("Account", "Name", "Domain", "Total", "Grade", "People", "Qualified", "Best lead")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(accounts)


def accounts(
    limit: int = typer.Option(20, min=1, help="How many at most."),
    search: str = typer.Option("", "--search", help="A part of the name or the domain."),
    where: list[str] = typer.Option(None, "--where", help="grade=A, total.min=50, country=DE; again for more."),
    sort: str = typer.Option("total", "--sort", help="total, people, qualified, employees or name."),
    as_json: bool = Json,
) -> None:
    """List companies by the score of their people, the highest first, or as it is asked."""
    rows = ask("accounts", limit=limit, words={**_conditions(where or []), "q": search, "sort": sort})
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No company fits, or nobody who belongs to one has a score yet.")
        return
    print_rows(HEADINGS, [_row(row) for row in rows], folded=("Name", "Domain"))


def _row(row: dict[str, Any]) -> list[str]:
    numbers = [str(row[name]) for name in ("people", "qualified", "best")]
    return [str(row["id"]), row["name"], row["domain"], f"{row['total']:.1f}", row["grade"], *numbers]


def _conditions(given: list[str]) -> dict[str, str]:
    found = dict[str, str]()
    for each in given:
        name, equals, value = each.partition("=")
        if name.strip() not in CONDITIONS or not equals:
            raise typer.BadParameter(f"--where {each}: there are {', '.join(CONDITIONS)}, each with = and a value.")
        found[name.strip()] = value
    return found
