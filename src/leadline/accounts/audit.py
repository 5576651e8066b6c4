"""The audit trail: who saw, changed, exported or erased what. Append-only, each entry chained to the one before it.

An entry holds numbers, states and keyed digests, never personal data. Several processes may write at once: each write
holds the end of the chain, which is SQLite's write lock, or an advisory lock on PostgreSQL.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from leadline.accounts.audit_chain import BEGINNING, Fields, Known, Verdict, check, hash_of
from leadline.accounts.audit_verbs import AUDIT_TRIMMED, VERBS
from leadline.accounts.models import AuditEntry
from leadline.kernel.errors import TerminalError

Numbers = Mapping[str, int | str]
END_OF_CHAIN = 0x6C656164_61756469
"""The advisory lock on PostgreSQL: "leadaudi"."""
NAME = re.compile(r"[a-z][a-z_.]{0,39}")
PLAIN = re.compile(r"[\w./<>:|,=*-]{0,120}", re.ASCII)
"""Routes, states and digests look so; what a person has typed mostly does not: no blank, no @, no +, no accent."""
LARGEST = 2**63 - 1
CHUNK = 2_000


class Via(StrEnum):
    """By which way somebody came."""

    PAGE = "page"
    API = "api"
    CLI = "cli"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: a user's number; none for somebody unknown, the command line and the server itself."""

    user: int | None = None
    via: Via = Via.SERVER
    request: str = ""


@dataclass(frozen=True, slots=True)
class What:
    """What it is about: a kind of thing ("lead") and its number."""

    kind: str = ""
    number: int | None = None


NOTHING = What()


class NotPlainError(TerminalError):
    """What should be recorded might be somebody's personal data."""

    code = "not_plain"


def record(who: Who, verb: str, what: What, numbers: Numbers, at: datetime) -> AuditEntry:
    """Append an entry. It is on disk when this returns, or with the transaction around it.

    Args:
        verb: one of `audit_verbs.VERBS`.
        numbers: counts, and words that are no person's: see `PLAIN`.

    Raises:
        NotPlainError: the verb is unknown, or a word might be personal.
    """
    _check_plain(verb, what, numbers)
    with transaction.atomic():
        last = _end_of_chain()
        entry = AuditEntry(
            number=last[0] + 1,
            at=at,
            user=who.user,
            via=who.via.value,
            verb=verb,
            about=what.kind,
            about_number=_stored(what.number),
            numbers={name: _stored(value) for name, value in numbers.items()},
            request=who.request,
            previous=last[1],
        )
        entry.hash = hash_of(fields_of(entry))
        entry.save(force_insert=True)
    return entry


def fields_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry as its hash, exports and programs have it."""
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "user": entry.user,
        "via": entry.via,
        "verb": entry.verb,
        "about": entry.about,
        "about_number": entry.about_number,
        "numbers": entry.numbers,
        "request": entry.request,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def fields_in_order(entries: QuerySet[AuditEntry]) -> Iterator[Fields]:
    """Entries, the oldest first, a few thousand in memory at a time."""
    return map(fields_of, entries.order_by("number").iterator(chunk_size=CHUNK))


def verify(known: Known | None = None) -> Verdict:
    """Check the whole trail; the verdict names the first entry that is not as it was written."""
    return check(fields_in_order(AuditEntry.objects.all()), known)


def trim(who: Who, before: datetime, at: datetime) -> int:
    """Remove the entries from before a moment. Returns how many.

    This is the only way: an entry of its own says what was removed and the hash of the last one, so that `verify`
    goes on from there.
    """
    with transaction.atomic():
        _end_of_chain()
        last = AuditEntry.objects.filter(at__lt=before).order_by("-number").first()
        if last is None:
            return 0
        old = AuditEntry.objects.filter(number__lte=last.number)
        count = old.count()
        record(who, AUDIT_TRIMMED, What("entry", last.number), {"entries": count, "hash": last.hash}, at)
        old.delete()
    return count


def _end_of_chain() -> tuple[int, str]:
    """Number and hash of the last entry, which stays the last one until this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [END_OF_CHAIN])
    return AuditEntry.objects.order_by("-number").values_list("number", "hash").first() or (0, BEGINNING)


def _check_plain(verb: str, what: What, numbers: Numbers) -> None:
    words = [what.kind, *(value for value in numbers.values() if isinstance(value, str))]
    plain = all(PLAIN.fullmatch(word) for word in words) and all(NAME.fullmatch(name) for name in numbers)
    if verb not in VERBS or not plain:
        raise NotPlainError(
            f"{verb!r} can't be recorded so.", advice="Record numbers, words of our own, or a keyed digest."
        )


def _stored(value: Any) -> Any:
    """No number that the database can't hold: such a one names nothing that there is."""
    return None if isinstance(value, int) and abs(value) > LARGEST else value
