"""Archives as commands: who fits, and a person's archive as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import ARCHIVE_MADE
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.exporting import replacing
from leadline.pipeline.privacy.archive import Archive, archive_file, archive_of, portable_file, portable_of
from leadline.pipeline.privacy.subjects import find_subjects, subject_of_user, the_subject
from leadline.privacy.kinds import Subject


def privacy_access(engine: Engine, whom: str, path: str, portable: bool = False, user: bool = False) -> dict[str, Any]:
    """Write a person's archive to a new file that only its owner may read.

    Args:
        whom: a lead's number, a user id or an e-mail address; that of somebody who signs in with `user`.
        path: of the zip file.
        portable: only what the person gave themselves, as JSON and CSV.

    Raises:
        NotFoundError: nobody fits.
        TerminalError: it may mean several people, or the path is no file that can be made.
    """
    subject = subject_of_user(whom) if user else the_subject(whom)
    target = checked_target(path)
    archive, packed = packed_archive(engine, subject, portable=portable)
    with replacing(target) as file:
        file.write(packed)
    note_archive(Who(via=Via.CLI), subject, archive, portable=portable)
    return {"file": str(target), **told(subject, archive)}


def checked_target(path: str) -> Path:
    """Where an archive's file goes.

    Raises:
        TerminalError: there is no file that can be made.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise TerminalError(f"There is no folder {target.parent}.", advice="Make it first, or name another file.")
    if target.is_dir():
        raise TerminalError(f"{target} is a folder.", advice="Name a file in it.")
    return target


def privacy_find(engine: Engine, email: str) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Everybody who is known by an e-mail address."""
    return [_found(subject) for subject in find_subjects(email)]


def packed_archive(engine: Engine, subject: Subject, *, portable: bool = False) -> tuple[Archive, bytes]:
    """What is held, or was given, and the zip file of it."""
    if portable:
        given = portable_of(engine, subject, utc_now())
        return given, portable_file(given)
    archive = archive_of(engine, subject, utc_now())
    return archive, archive_file(archive)


def note_archive(who: Who, subject: Subject, archive: Archive, *, portable: bool) -> None:
    """In the audit trail: of whom an archive was made, and how many records are in it."""
    about = What("lead", subject.leads[0]) if subject.leads else What("user", next(iter(subject.users), None))
    numbers: dict[str, int | str] = {"records": archive.records, "kind": "portable" if portable else "access"}
    record(who, ARCHIVE_MADE, about, numbers, archive.made_at)


def told(subject: Subject, archive: Archive) -> dict[str, Any]:
    """What is in an archive, in numbers."""
    return {
        "lead": next(iter(subject.leads), None),
        "records": archive.records,
        "kinds": {each.kind.name: len(each.records) for each in archive.held},
        "sent_to": [each.name for each in archive.recipients],
    }


def _found(subject: Subject) -> dict[str, Any]:
    lead = next(iter(subject.leads), None)
    return {"lead": lead, "merged": list(subject.leads[1:]), "names": _shown(subject.names)}


def _shown(names: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": kind, "value": value} for kind, value in names]


ARCHIVE_COMMANDS = (privacy_access, privacy_find)
