"""`leadline privacy requests` and `leadline privacy request`: what people ask about their data, and answering it."""

from pathlib import Path
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.long_work import carry_out as carry_out_job
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import TerminalError
from leadline.kernel.figures import counted

request = typer.Typer(help="Answer what somebody asks about their data.", no_args_is_help=True)
Number = typer.Argument(help="The request's number.")
Because = typer.Option(..., "--because", help="Why; the person is told.")
READY = "ready"
HEADINGS = ("Number", "Kind", "State", "Lead", "Received", "Due")


def add_requests(privacy: typer.Typer) -> None:
    """Add the commands to the group."""
    privacy.command(name="requests")(list_requests)
    privacy.add_typer(request, name="request")


def list_requests(
    state: str = typer.Option("open", help="open, overdue, received, verified, working, ready, done, refused or all."),
    kind: str = typer.Option("", help="access, portability, rectification, erasure, restriction, objection, opt_out."),
    limit: int = typer.Option(50, min=1, help="How many."),
    as_json: bool = Json,
) -> None:
    """List what people asked about their data, the first due first."""
    found = ask("privacy_requests", state="" if state == "all" else state, kind=kind, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_rows(HEADINGS, [_row(each) for each in found])
    else:
        console.print("There is no such request.")


@request.command()
def show(number: int = Number, as_json: bool = Json) -> None:
    """Show a request: what is asked, whom it may be about, its steps and proof."""
    _told(ask("privacy_request_show", number=number), as_json)


@request.command()
def new(
    kind: str = typer.Argument(help="access, portability, rectification, erasure, restriction, objection or opt_out."),
    email: str = typer.Argument(help="The e-mail address of who asks."),
    name: str = typer.Option("", help="Their name."),
    text: str = typer.Option("", help="What they said."),
    as_json: bool = Json,
) -> None:
    """Write down a request that came by letter or telephone."""
    _told(ask("privacy_request_new", kind=kind, email=email, name=name, text=text), as_json)


@request.command()
def verify(
    number: int = Number,
    how: str = typer.Option(..., "--how", help="How it was checked that it is them."),
    as_json: bool = Json,
) -> None:
    """Say that it was checked who asks, and how."""
    _told(ask("privacy_request_verify", number=number, how=how), as_json)


@request.command(name="carry-out")
def carry_out(
    number: int = Number,
    lead: str = typer.Option("", "--lead", help="Which of several people: a lead's number."),
    crm: str = typer.Option("delete", "--crm", help="Erasure: records in CRM systems: delete, anonymise or keep."),
    corrected: list[str] = typer.Option([], "--set", help="Rectification: trait=value; without a value it is removed."),
    outcome: str = typer.Option("stopped", help="Objection: stopped, kept or corrected."),
    because: str = typer.Option("", "--because", help="Objection: what whoever looked at the score found."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before an erasure."),
    as_json: bool = Json,
) -> None:
    """Do what is asked, once it was checked who asks. Returns when it is done, or an answer is ready to hand over."""
    shown = ask("privacy_request_show", number=number)
    if shown["kind"] == "erasure" and not yes:
        typer.confirm(f"Erase who is meant by request {number} for good? It can't be undone.", abort=True)
    wish: dict[str, Any] = {
        "lead": lead,
        "crm": crm,
        "changes": _changes(corrected),
        "outcome": outcome,
        "because": because,
    }
    done = ask("privacy_request_carry_out", number=number, **wish)
    if done["state"] == "working":
        carry_out_job("erasure", {}, "command line", "Erasing")
        done = ask("privacy_request_show", number=number)
    _told(done, as_json)


@request.command()
def archive(
    number: int = Number,
    out: Path = typer.Option(..., "--out", "-o", help="The zip file to write."),
    as_json: bool = Json,
) -> None:
    """Write the archive that is ready, to hand it over."""
    done = ask("privacy_request_archive", number=number, path=str(out.resolve()))
    if as_json:
        print_json(done)
        return
    console.print(f"{counted(done['records'], 'record')} in {done['file']}. Only you may read it.")
    if done["state"] == READY:
        console.print(f"When they have it: leadline privacy request hand-over {number} --how ...")


@request.command(name="hand-over")
def hand_over(
    number: int = Number,
    how: str = typer.Option(..., "--how", help="How they got the answer."),
    as_json: bool = Json,
) -> None:
    """Say that whoever asked has the answer, and how they got it. The request is done with it."""
    _told(ask("privacy_request_hand_over", number=number, how=how), as_json)


@request.command()
def refuse(number: int = Number, because: str = Because, as_json: bool = Json) -> None:
    """Refuse a request. The person is told why, and where they may complain."""
    _told(ask("privacy_request_refuse", number=number, because=because), as_json)


@request.command()
def extend(number: int = Number, because: str = Because, as_json: bool = Json) -> None:
    """Take two months longer. The person is told why."""
    _told(ask("privacy_request_extend", number=number, because=because), as_json)


def _changes(corrected: list[str]) -> dict[str, str]:
    for each in corrected:
        if "=" not in each:
            raise TerminalError(f"{each[:40]!r} is no correction.", advice='Write it like --set "first_name=Ada".')
    return {name.strip(): value for name, _, value in (each.partition("=") for each in corrected)}


def _row(each: dict[str, Any]) -> list[str]:
    due = f"{each['due_at'][:10]}{' overdue' if each['overdue'] else ''}" if not each["finished_at"] else "-"
    return [str(each["request"]), each["kind"], each["state"], str(each["lead"] or "-"), each["received_at"][:10], due]


def _told(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    console.print(f"Request {shown['request']}, {shown['kind']}: {shown['state']}, due {shown['due_at'][:10]}.")
    for name, value in (shown["asked"] or {}).items():
        if value:
            console.print(f"  {name}: {value}")
    for person in shown["people"]:
        names = ", ".join(each["value"] for each in person["names"])
        console.print(f"  about lead {person['lead'] or '-'}: {names}")
    for step in shown["steps"]:
        console.print(f"  {step['at'][:16].replace('T', ' ')} {step['what']} {step.get('how', '')}".rstrip())
    if shown["proof"]:
        print_json({"proof": shown["proof"]})
    if shown["state"] == READY:
        _tell_what_is_left(shown)


def _tell_what_is_left(shown: dict[str, Any]) -> None:
    """Of an answer that is ready: who does what until it is done."""
    number = shown["request"]
    if shown["mail_leaves"]:
        console.print("A mail that leads them to the answer is about to leave: the request is done when it has.")
        return
    if shown["proof"].get("found") == 0:
        console.print("Nothing is held about them. Tell them so; the request is open until then.")
    else:
        console.print("They do not have it yet: hand it over, the request is open until then.")
        console.print(f"The archive: leadline privacy request archive {number} --out FILE")
    console.print(f"When they have it: leadline privacy request hand-over {number} --how ...")
