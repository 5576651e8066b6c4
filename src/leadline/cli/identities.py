"""`leadline identities`: which names a person has, merging people by hand, and taking back a merge that was wrong."""

from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

identities = typer.Typer(help="Which names a person has; merge people, take back a wrong merge.", no_args_is_help=True)

Yes = typer.Option(False, "--yes", "-y", help="Do not show a preview and ask.")
DryRun = typer.Option(False, "--dry-run", help="Show what it would make of them, and do nothing.")
Person = "A lead's number, user id or e-mail address."


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(identities, name="identities")


@identities.command(name="list")
def list_identities(lead: str = typer.Argument(help=Person), as_json: bool = Json) -> None:
    """List a person's user ids, e-mail addresses and anonymous ids, and whose claim made them theirs."""
    rows = ask("identities", lead=lead)
    if as_json:
        print_json(rows)
        return
    table = Table("Kind", "Value", "First seen", "Claimed by")
    for row in rows:
        claimed = ", ".join(row["claimed_by"]) or "-"
        by_hand = " (by hand)" if row["by_hand"] else ""
        table.add_row(row["kind"].replace("_", " "), row["value"], row["first_seen_at"][:10], claimed + by_hand)
    console.print(table)


@identities.command()
def merge(
    lead: str = typer.Argument(help=f"Who is somebody else. {Person}"),
    into: str = typer.Argument(help="Who they are; given like the first."),
    dry_run: bool = DryRun,
    yes: bool = Yes,
    as_json: bool = Json,
) -> None:
    """Make two people one: everything of the first is the second's, and they are scored as one."""
    _preview_and_do("merge", {"lead": lead, "into": into}, dry_run=dry_run, yes=yes, as_json=as_json)


@identities.command()
def unmerge(
    identity: str = typer.Argument(help="What is not the owner's: an anonymous id, an e-mail address, a user id."),
    owner: str = typer.Argument(help="Whose it is not: a user id, an e-mail address, an anonymous id."),
    dry_run: bool = DryRun,
    yes: bool = Yes,
    as_json: bool = Json,
) -> None:
    """Take back that an identity is its owner's; later events cannot join them again. `identities list` shows both."""
    _preview_and_do("unmerge", {"identity": identity, "owner": owner}, dry_run=dry_run, yes=yes, as_json=as_json)


@identities.command()
def warnings(
    everything: bool = typer.Option(False, "--all", help="Those that were dealt with too."), as_json: bool = Json
) -> None:
    """List the merges that were refused, and why."""
    rows = ask("merge_warnings", everything=everything)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No merge was refused.")
        return
    table = Table("Refused", "Lead", "Name", "Would be", "Lead", "Why")
    for row in rows:
        lead, into = (str(row[key] or "-") for key in ("lead", "into"))
        table.add_row(row["occurred_at"][:16], lead, row["identity"], row["owner"], into, row["reason"])
    console.print(table)


def _preview_and_do(command: str, arguments: dict[str, str], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Programs get what they ask for at once; people are shown what it means, and asked."""
    if dry_run and as_json:
        print_json(ask(f"{command}_preview", **arguments))
        return
    if dry_run or not (yes or as_json):
        _show(ask(f"{command}_preview", **arguments))
    if dry_run or not (yes or as_json or typer.confirm("Do it?")):
        return
    result = ask(command, **arguments)
    if as_json:
        print_json(result)
        return
    for origin, target in sorted({(move["from_lead"], move["to_lead"]) for move in result["moved"]}, key=str):
        console.print(f"Moved from lead {origin} to lead {target}; both are scored again.")


def _show(preview: dict[str, Any]) -> None:
    for title, people in (("As it is", preview["before"]), ("As it would be", preview["after"])):
        table = Table("Lead", "Names", "Events", "Total", "Grade", "Stage", title=title)
        for person in people:
            names = ", ".join(name["value"] for name in person["names"])
            stage = person["stage"].replace("_", " ") or "-"
            table.add_row(
                str(person["lead"]), names, str(person["events"]), f"{person['total']:.1f}", person["grade"], stage
            )
        console.print(table)
