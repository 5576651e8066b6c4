"""`leadline audit`: who saw, changed, exported or erased what."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.kernel.figures import counted

if TYPE_CHECKING:
    from leadline.accounts.audit_chain import Known, Verdict
    from leadline.accounts.audit_find import AuditFilter

audit = typer.Typer(help="Who saw, changed, exported or erased what.", no_args_is_help=True)
FORMS = {".jsonl": "jsonl", ".csv": "csv"}
Verb = typer.Option("", "--verb", help="Only this, such as lead.seen or exported.")
User = typer.Option("", "--user", help="Only what this user did (e-mail address).")
Number = typer.Option("", "--user-number", help="The same by number, for a user who is gone.")
Lead = typer.Option("", "--lead", help="Only what is about the lead of this number.")
Since = typer.Option("", "--since", help="From this day on, in UTC (2026-11-23).")
Until = typer.Option("", "--until", help="Up to the end of this day, in UTC.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(audit, name="audit")


@audit.command(name="list")
def list_entries(
    verb: str = Verb,
    user: str = User,
    user_number: str = Number,
    lead: str = Lead,
    since: str = Since,
    until: str = Until,
    limit: int = typer.Option(50, "--limit", min=1, help="How many at most."),
    as_json: bool = Json,
) -> None:
    """List entries, the latest first."""
    _ready()
    from leadline.accounts.audit import fields_of
    from leadline.accounts.audit_words import further_words, names_of, what_about, what_was_done, who_did

    wanted = _wanted(verb, user, user_number, lead, since, until)
    entries = list(wanted.entries().order_by("-number")[:limit])
    if as_json:
        print_json([fields_of(entry) for entry in entries])
        return
    if not entries:
        console.print("There is no such entry.")
        return
    names, rows = names_of(entries), list[list[str]]()
    for entry in entries:
        further = ", ".join(f"{name} {text}" for name, text in further_words(entry))
        did = (who_did(entry, names), what_was_done(entry), what_about(entry), further)
        rows.append([str(entry.number), f"{entry.at:%Y-%m-%d %H:%M:%S}", *did])
    print_rows(("Number", "When (UTC)", "Who", "Did", "About", "Further"), rows, folded=("Further",))


@audit.command()
def verify(
    known: str = typer.Option("", "--known", help="NUMBER:HASH of an entry, noted earlier: it must still be there."),
    as_json: bool = Json,
) -> None:
    """Check that no entry was changed, removed or put in between; exit code 1 names the first that was."""
    _ready()
    from django.db import connection

    from leadline.accounts.audit import verify as verified
    from leadline.accounts.audit_guard import is_guarded

    verdict, guarded = verified(_known(known)), is_guarded(connection)
    if as_json:
        print_json(_as_fields(verdict, guarded))
    else:
        _tell(verdict, guarded)
    if not (verdict.whole and guarded):
        raise typer.Exit(1)


@audit.command()
def export(
    file: Path = typer.Option(Path("audit.jsonl"), "--out", "-o", help="The file, .jsonl or .csv."),
    verb: str = Verb,
    user: str = User,
    user_number: str = Number,
    lead: str = Lead,
    since: str = Since,
    until: str = Until,
    as_json: bool = Json,
) -> None:
    """Write entries to a file that only you may read, the oldest first."""
    _ready()
    from leadline.accounts.audit import fields_in_order
    from leadline.accounts.audit_export import write
    from leadline.pipeline.exports.exporting import replacing

    if (form := FORMS.get(file.suffix)) is None:
        raise TerminalError(f"{file.name} has no known ending.", advice=f"Use {', '.join(FORMS)}.")
    if file.is_dir() or not file.parent.is_dir():
        raise TerminalError(f"{file} is no file that can be made.", advice="Name a file in a folder that is there.")
    wanted = _wanted(verb, user, user_number, lead, since, until)
    with replacing(file) as target:
        count = write(fields_in_order(wanted.entries()), form, target)
    _note_export(count, form)
    if as_json:
        print_json({"file": str(file), "entries": count})
    else:
        console.print(f"{counted(count, 'entry', 'entries')} in {file}")


@audit.command()
def trim(
    before: str = typer.Option(..., "--before", help="Remove what is older than this day (2025-11-23), in UTC."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without, tell how many entries it would remove."),
    as_json: bool = Json,
) -> None:
    """Remove old entries. The trail says that it was shortened, and up to where."""
    _ready()
    from leadline.accounts.audit import Via, Who
    from leadline.accounts.audit import trim as trimmed
    from leadline.accounts.models import AuditEntry

    moment = _midnight(before)
    if not yes:
        count = AuditEntry.objects.filter(at__lt=moment).count()
        if as_json:
            print_json({"removed": 0, "would_remove": count})
        else:
            console.print(f"{counted(count, 'entry', 'entries')} would be removed. Add --yes.")
        return
    count = trimmed(Who(via=Via.CLI), moment, utc_now())
    if as_json:
        print_json({"removed": count})
    else:
        console.print(f"Removed {counted(count, 'entry', 'entries')}.")


def _ready() -> None:
    start_django()
    migrate()


def _wanted(verb: str, user: str, user_number: str, lead: str, since: str, until: str) -> "AuditFilter":
    from leadline.accounts import audit_find

    number = audit_find.user_number(user) if user else user_number
    about = {"about": "lead", "number": lead} if lead else {}
    return audit_find.AuditFilter.of({"verb": verb, "user": number, "since": since, "until": until, **about})


def _known(text: str) -> "Known | None":
    from leadline.accounts.audit_chain import Known

    if not text:
        return None
    number, _, found = text.strip().partition(":")
    if not number.isdecimal() or len(found) != 64:
        raise TerminalError(f"{text[:100]!r} is no entry.", advice="Write NUMBER:HASH, as verify does.")
    return Known(int(number), found.lower())


def _as_fields(verdict: "Verdict", guarded: bool) -> dict[str, Any]:
    fault = {"number": verdict.fault.number, "why": verdict.fault.why} if verdict.fault else None
    return {
        "whole": verdict.whole,
        "guarded": guarded,
        "entries": verdict.entries,
        "first": verdict.first,
        "last": verdict.last,
        "head": verdict.head,
        "fault": fault,
    }


def _tell(verdict: "Verdict", guarded: bool) -> None:
    if verdict.fault:
        console.print(f"Entry {verdict.fault.number} is not as it was written. {verdict.fault.why}")
    else:
        console.print(f"{counted(verdict.entries, 'entry', 'entries')}, each as it was written.")
        console.print(f"Note this elsewhere, and check it later with --known:\n\n  {verdict.last}:{verdict.head}\n")
    if not guarded:
        console.print("The database does not refuse to change the trail: its triggers are gone.")


def _note_export(count: int, form: str) -> None:
    from leadline.accounts.audit import NOTHING, Via, Who, record
    from leadline.accounts.audit_verbs import AUDIT_EXPORTED

    record(Who(via=Via.CLI), AUDIT_EXPORTED, NOTHING, {"rows": count, "form": form, "uid": os.getuid()}, utc_now())


def _midnight(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise TerminalError(f"{text!r} is no day.", advice="Write 2025-11-23.") from error
