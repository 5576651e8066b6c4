"""`leadline leads accept|reject|...`: what sales says about a lead, from the command line."""

import getpass
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

Lead = typer.Argument(help="A lead's number, user id or e-mail address.")
As = typer.Option("", "--as", help="Speak as this user (e-mail address): they own what they accept.")
Note = typer.Option("", "--note", help="For whoever reads the history.")
Until = typer.Option(..., "--until", help="3d, 2w, a day (2026-12-01, as it begins in UTC) or a moment in ISO 8601.")


def add_to(group: typer.Typer) -> None:
    """Add the commands to `leadline leads`."""
    for command in (accept, reject, requalify, snooze, wake, contact, override, release, assign, events):
        group.command()(command)


def accept(lead: str = Lead, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """Take a lead: from now on nothing demotes it by itself."""
    _say("lead_accept", as_json, lead=lead, user=user, note=note)


def reject(
    lead: str = Lead,
    reason: str = typer.Option(..., "--reason", help="One of the ruleset's, such as not_hiring or vendor."),
    user: str = As,
    note: str = Note,
    as_json: bool = Json,
) -> None:
    """Turn a lead down; the reason says whether it may come back."""
    _say("lead_reject", as_json, lead=lead, reason=reason, user=user, note=note)


def requalify(lead: str = Lead, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """Take a rejection back."""
    _say("lead_requalify", as_json, lead=lead, user=user, note=note)


def snooze(lead: str = Lead, until: str = Until, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """Leave a lead out of Call next for a while."""
    _say("lead_snooze", as_json, lead=lead, until=until, user=user, note=note)


def wake(lead: str = Lead, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """End a snooze."""
    _say("lead_wake", as_json, lead=lead, user=user, note=note)


def contact(lead: str = Lead, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """Note that somebody spoke to the person."""
    _say("lead_contact", as_json, lead=lead, user=user, note=note)


def override(
    lead: str = Lead,
    stage: str = typer.Option(..., "--stage", help="Where it is to be, whatever the rules say."),
    reason: str = typer.Option(..., "--reason", help="Why, in words."),
    until: str = Until,
    user: str = As,
    as_json: bool = Json,
) -> None:
    """Put a lead into a stage by hand, for a year at most."""
    _say("lead_override", as_json, lead=lead, stage=stage, reason=reason, until=until, user=user)


def release(lead: str = Lead, user: str = As, note: str = Note, as_json: bool = Json) -> None:
    """End an override: the rules place the lead again."""
    _say("lead_release", as_json, lead=lead, user=user, note=note)


def assign(
    lead: str = Lead,
    owner: str = typer.Argument("", help="A user's e-mail address; `auto` asks the rules; without one: nobody."),
    user: str = As,
    note: str = Note,
    as_json: bool = Json,
) -> None:
    """Give a lead to somebody."""
    _say("lead_assign", as_json, lead=lead, owner=owner, user=user, note=note)


def events(
    after: int = typer.Option(0, "--after", min=0, help="The number of the last event that was seen."),
    limit: int = typer.Option(100, min=1, max=1000, help="How many at most."),
    as_json: bool = Json,
) -> None:
    """Show what happened to leads, the oldest first."""
    rows = ask("qualification_events", after=after, limit=limit)
    if as_json:
        print_json(rows)
        return
    table = Table("Number", "When", "Lead", "What")
    for row in rows:
        detail = row["detail"]
        moved = f": {detail['from']} → {detail['to']}" if row["kind"] == "stage_changed" else ""
        table.add_row(str(row["number"]), row["at"][:16], str(row["lead"]), f"{row['kind']}{moved}")
    console.print(table)


def _say(command: str, as_json: bool, **arguments: Any) -> None:
    told = ask(command, by=f"cli:{getpass.getuser()}", **arguments)
    if as_json:
        print_json(told)
        return
    owner = f", owner {told['owner']}" if told["owner"] else ", nobody owns it"
    said = "" if told["changed"] else "Nothing new. "
    console.print(f"{said}Lead {told['lead']}: {told['stage'].replace('_', ' ')}{owner}.{_ends(told)}")


def _ends(told: dict[str, Any]) -> str:
    words = (("Snoozed", told["snoozed_until"]), (f"Held in {told['override_stage']}", told["override_until"]))
    return "".join(f" {word} until {until[:16].replace('T', ' ')} UTC." for word, until in words if until)
