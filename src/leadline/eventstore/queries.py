"""What pages and commands ask of the event store."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leadline.eventstore.database import Cursor, fetch_int
from leadline.kernel.clock import to_micros
from leadline.tracking.events import Event, TraitChange

EVENT_COLUMNS = "message_hash, kind, name, identity, occurred_at, properties"
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages by what became of them."""

    stored: int
    duplicates: int
    quarantined: int


def status_counts(cursor: Cursor) -> Counts:
    """Over all loads."""
    row = cursor.execute("SELECT sum(events), sum(duplicates), sum(quarantined) FROM segments").fetchone()
    return Counts(*(int(number or 0) for number in row)) if row else Counts(0, 0, 0)


def count_events(cursor: Cursor) -> int:
    """How many events there are."""
    return fetch_int(cursor, "SELECT count(*) FROM events")


def loaded_names(cursor: Cursor) -> frozenset[str]:
    """The names of all loaded segments."""
    return frozenset(name for (name,) in cursor.execute("SELECT name FROM segments").fetchall())


def identities_after(cursor: Cursor, load_seq: int) -> list[int]:
    """The identities that loads after this one brought events or traits of."""
    query = "SELECT identity FROM events WHERE load_seq > $1 UNION SELECT identity FROM traits WHERE load_seq > $1"
    return [identity for (identity,) in cursor.execute(query, [load_seq]).fetchall()]


def events_of(cursor: Cursor, identities: Sequence[int]) -> list[Event]:
    """Every event of these identities, in order of time."""
    query = f"SELECT {EVENT_COLUMNS} FROM events WHERE {_AMONG} ORDER BY occurred_at, message_hash"
    return [_event(row) for row in _rows(cursor.execute(query, [list(identities)]))]


def latest_events(cursor: Cursor, identities: Sequence[int], limit: int) -> list[Event]:
    """The newest events of these identities, the newest first."""
    query = f"SELECT {EVENT_COLUMNS} FROM events WHERE {_AMONG} ORDER BY occurred_at DESC, message_hash DESC LIMIT ?"
    return [_event(row) for row in _rows(cursor.execute(query, [list(identities), limit]))]


def traits_of(cursor: Cursor, identities: Sequence[int]) -> list[TraitChange]:
    """Every change of a trait of these identities."""
    query = f"SELECT identity, key, value, present, occurred_at, message_hash FROM traits WHERE {_AMONG}"
    rows = _rows(cursor.execute(query, [list(identities)]))
    return [
        TraitChange(identity, key, value, present, _micros(at), tie) for identity, key, value, present, at, tie in rows
    ]


_AMONG = "identity IN (SELECT unnest(?::BIGINT[]))"


def _event(row: tuple[Any, ...]) -> Event:
    message_hash, kind, name, identity, occurred_at, properties = row
    return Event(message_hash, kind, name, identity, _micros(occurred_at), json.loads(properties) if properties else {})


def _micros(moment: datetime) -> int:
    return to_micros(moment.replace(tzinfo=UTC))


def _rows(result: Cursor) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(BATCH):
        yield from rows
