"""`leadline quarantine`: messages that could not become events; repairing and replaying them."""

import json
from enum import StrEnum
from typing import Any

import typer
from rich.table import Column, Table

from leadline.cli.session import Json, ask, console, print_json

quarantine = typer.Typer(help="Messages that could not become events; repair and replay them.", no_args_is_help=True)

Reason = typer.Option("", help="Only those held for this reason, such as Required-Missing.")
Source = typer.Option("", help="Only those of this event source.")
Event = typer.Option("", help="Only those of this event.")
Days = typer.Option(0, min=0, help="Only those received in the last so many days; 0 means whenever.")


class Replayed(StrEnum):
    """Whether messages were replayed."""

    NO = "no"
    YES = "yes"
    ANY = "any"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(quarantine, name="quarantine")


@quarantine.command(name="list")
def list_messages(
    reason: str = Reason,
    source: str = Source,
    event: str = Event,
    days: int = Days,
    replayed: Replayed = typer.Option(Replayed.NO, help="Whether they were replayed."),
    limit: int = typer.Option(50, min=1, help="How many, the latest first."),
    as_json: bool = Json,
) -> None:
    """List what is held, the latest first."""
    wanted: dict[str, Any] = {"reason": reason, "source": source, "event": event, "days": days}
    rows = ask("quarantine_list", limit=limit, replayed=replayed.value, **wanted)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No message is held.")
        return
    console.print(_table(rows, with_replayed=replayed is not Replayed.NO))


def _table(rows: list[dict[str, Any]], *, with_replayed: bool) -> Table:
    table = Table("Number", "Event", "Source", Column("Reason", no_wrap=True), "What is wrong", "Received")
    times = ["received_at"]
    if with_replayed:
        table.add_column("Replayed")
        times.append("replayed_at")
    for row in rows:
        moments = [(row[name] or "-")[:16].replace("T", " ") for name in times]
        table.add_row(str(row["id"]), row["event"] or "-", row["source"] or "-", row["code"], row["reason"], *moments)
    return table


@quarantine.command()
def show(number: int = typer.Argument(help="The message's number in the list."), as_json: bool = Json) -> None:
    """Show one message whole: it holds personal data."""
    row = ask("quarantine_show", number=number)
    if as_json:
        print_json(row)
        return
    console.print(f"{row['event'] or 'A message'} of {row['source'] or 'an unknown source'}, {row['reason']}")
    console.print(f"Now: {row['now']['reason']}")
    if row["replayed_at"]:
        console.print(f"Replayed {row['replayed_at'][:16]}")
    console.print_json(json.dumps(row["body"]))


@quarantine.command()
def replay(
    reason: str = Reason,
    source: str = Source,
    event: str = Event,
    days: int = Days,
    ids: list[int] = typer.Option([], "--id", help="Only this message, replayed before or not; may be repeated."),
    renames: list[str] = typer.Option([], "--rename", help="properties.seat=properties.seats"),
    casts: list[str] = typer.Option([], "--cast", help="properties.seats:integer (string, number, integer, boolean)"),
    sets: list[str] = typer.Option([], "--set", help="event=Quote Requested; JSON, or else text."),
    removals: list[str] = typer.Option([], "--remove", help="properties.note"),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would happen."),
    as_json: bool = Json,
) -> None:
    """Repair messages and send those that are valid now through the pipeline again.

    All renames come first, then casts, sets and removals. Each option may be repeated.
    """
    wanted: dict[str, Any] = {"reason": reason, "source": source, "event": event, "days": days}
    if ids:
        wanted |= {"ids": ids, "replayed": "any"}
    steps = [
        *(_step("rename", text, "=") for text in renames),
        *(_step("cast", text, ":") for text in casts),
        *(_step("set", text, "=") for text in sets),
        *({"do": "remove", "path": text} for text in removals),
    ]
    done = ask("quarantine_replay", "Replaying", steps=steps, dry_run=dry_run, **wanted)
    if as_json:
        print_json(done)
    else:
        _tell(done, dry_run)


def _step(kind: str, text: str, sign: str) -> dict[str, Any]:
    path, found, to = text.rpartition(sign) if kind == "cast" else text.partition(sign)
    if not found:
        raise typer.BadParameter(f"{text!r} needs a {sign} between the path and what to {kind} it to.")
    return {"do": kind, "path": path, **({"value": _value(to)} if kind == "set" else {"to": to})}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _tell(done: dict[str, Any], dry_run: bool) -> None:
    count = done["valid"] if dry_run else done["replayed"]
    verb = "would be replayed" if dry_run else "replayed"
    console.print(f"{count:,} of {done['messages']:,} messages {verb}.")
    if done["refused"]:
        table = Table("Still held", "Why", "Example")
        for code, number in done["refused"].items():
            table.add_row(f"{number:,}", code, done["examples"].get(code, ""))
        console.print(table)
    if done["more"]:
        console.print("More messages match; these are the oldest of them.")
