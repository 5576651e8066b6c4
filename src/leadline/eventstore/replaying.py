"""What was known: events, traits and edges by the load that they came with, for replays."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.edges import max_edge_id
from leadline.eventstore.identity_rows import with_theirs
from leadline.eventstore.loading import last_load_seq
from leadline.eventstore.queries import event_of
from leadline.eventstore.schema import sql
from leadline.tracking.events import Event, TraitChange


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How much was known: every load and every identity edge up to these."""

    load_seq: int
    edge_id: int


@dataclass(frozen=True, slots=True)
class Edge:
    """From here on `identity` belonged to `lead`; 0 is nobody."""

    edge_id: int
    identity: int
    lead: int
    occurred_micros: int
    load_seq: int


@dataclass(frozen=True, slots=True)
class LoadedEvent:
    """An event and the load that it came with."""

    event: Event
    load_seq: int


@dataclass(frozen=True, slots=True)
class LoadedTrait:
    """A trait change and the load that it came with."""

    change: TraitChange
    load_seq: int


def knowledge_now(cursor: Cursor) -> Knowledge:
    """Everything."""
    return Knowledge(last_load_seq(cursor), max_edge_id(cursor))


def knowledge_by_segments(cursor: Cursor, moment: datetime) -> Knowledge:
    """What segments up to a moment brought: for times of which there is no journal. Edges are those that were copied
    with these loads, so that what was moved by hand after one counts with it."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    load_seq = fetch_int(cursor, "SELECT max(load_seq) FROM segments WHERE last_received_at <= ?", [naive])
    return Knowledge(load_seq, fetch_int(cursor, "SELECT max(edge_id) FROM edges WHERE load_seq <= ?", [load_seq]))


def identities_known(cursor: Cursor, lead: int, edge_id: int) -> list[int]:
    """The identities that were a lead's when the edges up to this one were known."""
    rows = cursor.execute(sql("replay_identities"), {"lead": lead, "edge_id": edge_id}).fetchall()
    return [identity for (identity,) in rows]


def relatives(cursor: Cursor, lead: int) -> list[int]:
    """Every identity that ever had something to do with a lead, directly or through others."""
    return [identity for (identity,) in cursor.execute(sql("replay_relatives"), {"lead": lead}).fetchall()]


def history_known(cursor: Cursor, identities: Sequence[int], load_seq: int) -> tuple[list[Event], list[TraitChange]]:
    """The events and trait changes of these identities that loads up to this one brought."""
    events = [each.event for each in loaded_events(cursor, identities) if each.load_seq <= load_seq]
    traits = [each.change for each in loaded_traits(cursor, identities) if each.load_seq <= load_seq]
    return events, traits


def edges(cursor: Cursor, identities: Collection[int] | None = None) -> list[Edge]:
    """The edges of these identities, or all, in their order."""
    rows = cursor.execute(sql("replay_edges"), _scope(identities)).fetchall()
    return [Edge(*row) for row in rows]


def loaded_events(cursor: Cursor, identities: Sequence[int]) -> list[LoadedEvent]:
    """The events of these identities, by load and time."""
    return _loaded(cursor.execute(with_theirs("events", identities, sql("replay_events"))).fetchall())


def namesakes(
    cursor: Cursor,
    names: Collection[str],
    identities: Collection[int],
    properties: Collection[str],
    keys: Iterable[str],
) -> list[LoadedEvent]:
    """Track events of others with one of these names, that have one of these keys in one of the properties."""
    paths = [f"/{name.replace('~', '~0').replace('/', '~1')}" for name in sorted(properties)]  # JSON pointers
    given = {"names": sorted(names), "paths": paths, "keys": sorted(keys), **_scope(identities)}
    return _loaded(cursor.execute(sql("replay_namesakes"), given).fetchall())


def events_named(cursor: Cursor, names: Collection[str]) -> list[LoadedEvent]:
    """All track events with one of these names, by load and time."""
    given = {"names": sorted(names), "paths": [], "keys": [], **_scope(None)}
    return _loaded(cursor.execute(sql("replay_namesakes"), given).fetchall())


def loaded_traits(
    cursor: Cursor, identities: Collection[int] | None = None, keys: Collection[str] = ()
) -> list[LoadedTrait]:
    """The trait changes of these identities (or of all) under these names (or under any), by load and time."""
    rows = cursor.execute(sql("replay_traits"), {"keys": sorted(keys), **_scope(identities)}).fetchall()
    return [LoadedTrait(TraitChange(*row[:-1]), row[-1]) for row in rows]


def seen_by_load(cursor: Cursor) -> dict[int, dict[int, int]]:
    """Load -> identity -> its latest event of that load, microseconds since 1970."""
    seen: dict[int, dict[int, int]] = {}
    for load_seq, identity, micros in cursor.execute(sql("replay_seen")).fetchall():
        seen.setdefault(load_seq, {})[identity] = micros
    return seen


def _scope(identities: Collection[int] | None) -> dict[str, Any]:
    return {"everyone": identities is None, "identities": sorted(identities or ())}


def _loaded(rows: Iterable[tuple[Any, ...]]) -> list[LoadedEvent]:
    return [LoadedEvent(event_of(row[:-1]), row[-1]) for row in rows]
