"""What pages, the command line and the plain-Python executor ask of the event store."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from duckdb import DuckDBPyConnection

from leadline.eventstore.database import fetch_int
from leadline.eventstore.identity_rows import with_theirs
from leadline.eventstore.schema import sql
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.noise import BOT, INTERNAL


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as pages show it. Times are aware UTC."""

    source: int
    kind: str
    name: str
    identity: int
    occurred_at: datetime
    received_at: datetime
    properties: Mapping[str, Any]
    path: str | None
    referrer_domain: str | None
    bot: bool
    internal: bool

    @property
    def noise(self) -> str:
        """ "bot" or "internal", when it counts in no score; else empty."""
        return noise_named(self.bot, self.internal)


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """What was loaded so far."""

    stored: int
    duplicates: int
    quarantined: int
    segments: int


def latest_events(cursor: DuckDBPyConnection, limit: int) -> list[StoredEvent]:
    """The events that came in last, newest first, at most `limit`: of the newest loads that hold so many."""
    since = fetch_int(cursor, sql("loads_of_latest"), [limit])
    cursor.execute(sql("latest_events"), {"since": since, "most": limit})
    return [stored(row) for row in cursor.fetchall()]


def status_counts(cursor: DuckDBPyConnection) -> StatusCounts:
    """Sums over all segments."""
    row = cursor.execute(sql("status_counts")).fetchone()
    if row is None:
        return StatusCounts(0, 0, 0, 0)
    return StatusCounts(*row)


def noise_counts(cursor: DuckDBPyConnection) -> dict[str, int]:
    """How many events are flagged, by "bot" and "internal"."""
    row = cursor.execute("SELECT count(*) FILTER (bot), count(*) FILTER (internal) FROM events").fetchone()
    return dict(zip((BOT, INTERNAL), row or (0, 0), strict=True))


def count_events(cursor: DuckDBPyConnection) -> int:
    """How many events the store has."""
    return fetch_int(cursor, "SELECT count(*) FROM events")


def events_of(cursor: DuckDBPyConnection, identities: Sequence[int]) -> list[Event]:
    """All events of these identities, for the plain-Python executor."""
    rows = cursor.execute(with_theirs("events", identities, sql("events_of"))).fetchall()
    return [event_of(row) for row in rows]


def event_of(row: tuple[Any, ...]) -> Event:
    """An event for the plain-Python executor, from the columns of `events_of.sql`."""
    message_hash, kind, name, identity, micros, properties, bot, internal, source = row
    noise = noise_named(bot, internal)
    return Event(message_hash, kind, name, identity, micros, properties_of(properties), noise, source)


def properties_of(text: str | None) -> dict[str, Any]:
    """What `json.loads` reads, several times as fast; infinities and lone surrogates are left to it."""
    try:
        found: dict[str, Any] = msgspec.json.decode(text or "{}")
    except msgspec.DecodeError:
        found = json.loads(text or "{}")
    return found


def traits_of(cursor: DuckDBPyConnection, identities: Sequence[int]) -> list[TraitChange]:
    """All trait changes of these identities, for the plain-Python executor."""
    rows = cursor.execute(with_theirs("traits", identities, sql("traits_of"))).fetchall()
    return [TraitChange(*row) for row in rows]


def identities_of(cursor: DuckDBPyConnection, lead: int) -> list[int]:
    """The identities that point to a lead."""
    rows = cursor.execute("SELECT identity FROM identity_lead WHERE lead = ? ORDER BY 1", [lead]).fetchall()
    return [identity for (identity,) in rows]


def noise_named(bot: bool, internal: bool) -> str:
    """The two columns as the word that events carry."""
    return INTERNAL if internal else BOT if bot else ""


def stored(row: tuple[Any, ...]) -> StoredEvent:
    """A row of the columns of `timeline_page.sql`."""
    source, kind, name, identity, occurred, received, properties, path, referrer_domain, bot, internal = row
    return StoredEvent(
        source=source,
        kind=kind,
        name=name,
        identity=identity,
        occurred_at=_aware(occurred),
        received_at=_aware(received),
        properties=json.loads(properties or "{}"),
        path=path,
        referrer_domain=referrer_domain,
        bot=bot,
        internal=internal,
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
