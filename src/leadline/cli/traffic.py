"""`leadline traffic`: whose traffic is our own."""

from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.figures import counted

traffic = typer.Typer(help="Mark our own people's traffic, which is kept and never scored.", no_args_is_help=True)

Kind = typer.Argument(help="network, host, email-domain or user-agent.")
Value = typer.Argument(help="203.0.113.0/24, staging.example.com, *.example.com, example.com, OurMonitor/.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(traffic, name="traffic")


@traffic.command(name="list")
def list_rules(as_json: bool = Json) -> None:
    """List the rules."""
    rows = ask("traffic")
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("There is no rule. Add one: leadline traffic add email-domain example.com")
        return
    table = Table("Kind", "Value", "Note", "Since")
    for row in rows:
        table.add_row(row["kind"], row["value"], row["note"], row["created_at"][:10])
    console.print(table)


@traffic.command()
def add(
    kind: str = Kind,
    value: str = Value,
    note: str = typer.Option("", help="Why, for whoever reads the list."),
    as_json: bool = Json,
) -> None:
    """Add a rule. By e-mail domain it also marks people who are there already; the others judge events that arrive."""
    row = ask("traffic_add", kind=kind, value=value, note=note)
    if as_json:
        print_json(row)
        return
    console.print(f"Internal from now on: {row['kind']} {row['value']}. {_people(row)} became internal.")


@traffic.command()
def remove(kind: str = Kind, value: str = Value, as_json: bool = Json) -> None:
    """Remove a rule. Events that it marked stay marked; people count again."""
    row = ask("traffic_remove", kind=kind, value=value)
    if as_json:
        print_json(row)
        return
    console.print(f"No longer internal: {row['kind']} {row['value']}; counted again: {_people(row)}.")


def _people(row: dict[str, Any]) -> str:
    return counted(row["people"], "person", "people")
