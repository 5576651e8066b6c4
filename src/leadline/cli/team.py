"""`leadline team`: who sells, how much each takes on, and which countries are whose."""

from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json

team = typer.Typer(help="The sales team: sellers, their capacity, and territories.", no_args_is_help=True)

SELLERS = ("Seller", "E-mail", "Open", "Capacity", "Available", "Territories")
TERRITORIES = ("Territory", "Position", "Countries", "Sellers")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(team, name="team")


@team.command(name="list")
def list_team(as_json: bool = Json) -> None:
    """List sellers with their open leads, and territories in the order in which they are tried."""
    _show(ask("team_list"), as_json)


@team.command(name="set")
def set_seller(
    user: str = typer.Argument(help="A user's e-mail address."),
    capacity: int = typer.Option(None, min=-1, help="How many open leads at most; -1: any number."),
    available: bool = typer.Option(None, "--available/--away", help="Whether new leads are assigned."),
    remove: bool = typer.Option(False, "--remove", help="Take out of the team; their leads stay theirs."),
    as_json: bool = Json,
) -> None:
    """Make a user a seller, or change what one takes on."""
    _show(ask("team_set", user=user, capacity=capacity, available=available, remove=remove), as_json)


@team.command()
def territory(
    name: str = typer.Argument(help='Such as "Nordics".'),
    country: list[str] = typer.Option(None, help="Germany or DE; give it again for more. `any`: every country."),
    seller: list[str] = typer.Option(None, help="A seller's e-mail address; give it again for more. `none`: nobody."),
    position: int = typer.Option(None, min=0, help="The first territory that has a lead's country counts."),
    remove: bool = typer.Option(False, "--remove", help="Remove the territory."),
    as_json: bool = Json,
) -> None:
    """Make, change or remove a territory; what is not given stays as it is."""
    countries, sellers = _listed(country, "any"), _listed(seller, "none")
    told = ask("territory_set", name=name, countries=countries, sellers=sellers, position=position, remove=remove)
    _show(told, as_json)


def _listed(words: list[str] | None, nothing: str) -> list[str] | None:
    """What was given; the word for nothing clears the list."""
    if not words:
        return None
    return [word for word in words if word != nothing]


def _show(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    if not told["sellers"]:
        console.print("Nobody sells yet, so no lead is assigned. Make a user a seller: leadline team set EMAIL")
    else:
        print_rows(SELLERS, [_seller(row) for row in told["sellers"]])
    if told["territories"]:
        print_rows(TERRITORIES, [_territory(row) for row in told["territories"]])


def _seller(row: dict[str, Any]) -> list[str]:
    capacity = "any" if row["capacity"] is None else str(row["capacity"])
    available = "yes" if row["available"] else "away"
    return [row["name"], row["user"], str(row["open"]), capacity, available, ", ".join(row["territories"])]


def _territory(row: dict[str, Any]) -> list[str]:
    countries = ", ".join(row["country_names"]) or "every country"
    return [row["name"], str(row["position"]), countries, ", ".join(row["sellers"]) or "nobody"]
