"""`leadline identities`: which names a person has, and taking back a merge that was wrong."""

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

identities = typer.Typer(help="Which names a person has; take back a wrong merge.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(identities, name="identities")


@identities.command(name="list")
def list_identities(
    lead: str = typer.Argument(help="A lead's number, user id or e-mail address."), as_json: bool = Json
) -> None:
    """List a person's user ids, e-mail addresses and anonymous ids, and whose claim made them theirs."""
    rows = ask("identities", lead=lead)
    if as_json:
        print_json(rows)
        return
    table = Table("Kind", "Value", "First seen", "Claimed by")
    for row in rows:
        claimed = ", ".join(row["claimed_by"]) or "-"
        table.add_row(row["kind"].replace("_", " "), row["value"], row["first_seen_at"][:10], claimed)
    console.print(table)


@identities.command()
def unmerge(
    identity: str = typer.Argument(help="What does not belong to the owner: an anonymous id or an e-mail address."),
    owner: str = typer.Argument(help="Whose it is not: a user id or an e-mail address."),
    as_json: bool = Json,
) -> None:
    """Take back that an identity is its owner's; later events cannot join them again. `identities list` shows both."""
    result = ask("unmerge", identity=identity, owner=owner)
    if as_json:
        print_json(result)
        return
    for move in result["moved"]:
        console.print(f"Moved from lead {move['from_lead']} to lead {move['to_lead']}; both are scored again.")
