"""A small installation for the tests of the pipeline: segments at given instants, ticks, and everything that is
stored, as plain values that two runs can be compared by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.db.models import Model

from leadline.eventstore import scores
from leadline.kernel.clock import to_micros
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import PipelineMark
from leadline.pipeline.tick import TickReport, tick
from leadline.qualification.models import AccountStanding, SalesAction, Standing, Transition
from leadline.tracking.models import (
    Account,
    Conversion,
    EventSource,
    Identity,
    IdentityClaim,
    IdentityEdge,
    Lead,
    Profile,
    QuarantinedMessage,
    SourceHour,
    TakenSegment,
    ViolationTally,
)
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.segments import closed_segments
from leadline.tracking.spool.writer import SpoolWriter

MONDAY = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
Message = dict[str, Any]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def track(who: Mapping[str, str], event: str, at: datetime, **properties: object) -> Message:
    """A track message; its message id is made of what it says, so that made twice it is the same message."""
    named = {"type": "track", "event": event, "timestamp": at.isoformat(), "properties": properties, **who}
    return {**named, "messageId": f"{who}-{event}-{at.isoformat()}-{sorted(properties.items())}"}


def page(who: Mapping[str, str], at: datetime, path: str = "/pricing") -> Message:
    context = {"page": {"path": path}}
    return {
        "type": "page",
        "timestamp": at.isoformat(),
        "context": context,
        **who,
        "messageId": f"{who}-{path}-{at.isoformat()}",
    }


def identify(who: Mapping[str, str], at: datetime, **traits: object) -> Message:
    return {
        "type": "identify",
        "timestamp": at.isoformat(),
        "traits": traits,
        **who,
        "messageId": f"{who}-identify-{at.isoformat()}",
    }


def visitor(name: str) -> dict[str, str]:
    return {"anonymousId": f"browser-{name}"}


def user(name: str, browser: str = "") -> dict[str, str]:
    return {"userId": f"user-{name}", **(visitor(browser) if browser else {})}


@dataclass
class Installation:
    """One data folder with an open engine. `restart` opens it anew, as a new process would."""

    data: Path
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine.open(self.data)
        self.source = EventSource.objects.get_or_create(name="website")[0].pk

    def restart(self) -> None:
        self.engine.close()
        self.engine = Engine.open(self.data)

    def send(self, at: datetime, *messages: Message | bytes) -> Path:
        """Put messages into a closed segment of their own that came in at `at`."""
        return self.send_records((at, list(messages)))

    def send_records(self, *records: tuple[datetime, list[Message | bytes]]) -> Path:
        """Put records, each with the instant it came in, into one closed segment."""
        keys, first = self.engine.spool_keys, records[0][0]
        with SpoolWriter(self.engine.spool, keys[0], clock=lambda: first, free_bytes=0) as writer:
            writer.append_all([self._record(at, messages) for at, messages in records])
        return closed_segments(self.engine.spool)[-1]

    def use_source(self, name: str) -> None:
        """Send as another event source from now on."""
        self.source = EventSource.objects.get_or_create(name=name)[0].pk

    def standing(self, name: str) -> Standing:
        """Where whoever has this id stands."""
        return Standing.objects.get(lead=self.lead(name))

    def said(self, name: str, at: datetime, *kinds: str, owner: str = "") -> None:
        """Somebody from sales said so, before anything was evaluated again."""
        for kind in kinds:
            SalesAction.objects.create(lead=self.lead(name), kind=kind, at=at, by=owner)
        Standing.objects.filter(lead=self.lead(name)).update(owner=owner)

    def tick(self, now: datetime) -> TickReport:
        return tick(self.engine, now)

    def receive(self, at: datetime, *messages: Message | bytes) -> TickReport:
        """Send and tick at the same instant."""
        self.send(at, *messages)
        return self.tick(at)

    def total(self, name: str) -> int | None:
        """The current total of whoever has this user id or anonymous id, micro points."""
        with self.engine.store.cursor() as cursor:
            row = scores.current_of(cursor, self.lead(name).pk)
        return None if row is None else int(row["total"])

    def lead(self, name: str) -> Lead:
        """The lead that an id belongs to."""
        return next(i.lead for i in Identity.objects.select_related("lead") if i.value == name and i.lead)

    def home(self, name: str) -> Lead:
        """The lead that was made with an id."""
        return next(i.home for i in Identity.objects.select_related("home") if i.value == name and i.home)

    def identity(self, name: str) -> int:
        return next(i.pk for i in Identity.objects.all() if i.value == name)

    def stages(self, name: str) -> list[str]:
        """The stages that a lead went through, the first included."""
        moves = Transition.objects.filter(lead=self.lead(name)).order_by("at")
        return ["initial_engagement", *(move.to_stage for move in moves)]

    def stored(self) -> dict[str, Any]:
        """Everything that either store holds, other than when it was written and how segments are called."""
        tables = {table: self._rows(query) for table, query in EVENT_TABLES.items()}
        records = {model.__name__: _records(model, left_out) for model, left_out in RECORDS.items()}
        return {**tables, **records, "spool": sorted(path.name for path in self.engine.spool.iterdir())}

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.store.cursor() as cursor:
            return sorted(cursor.execute(query).fetchall(), key=repr)

    def _record(self, at: datetime, messages: list[Message | bytes]) -> bytes:
        texts = [each if isinstance(each, bytes) else msgspec.json.encode(each) for each in messages]
        body = b'{"batch":[' + b",".join(texts) + b"]}"
        return msgspec.msgpack.encode(SpoolRecord(self.source, to_micros(at), "import", body, {}))


EVENT_TABLES = {
    "events": "FROM events",
    "traits": "FROM traits",
    "cells": "FROM cells",
    "edges": "FROM edges",
    "scores": "FROM scores",
    "current_scores": "FROM current_scores",
    "sessions": "FROM sessions",
    "evaluations": "FROM evaluations",
    "segments": "SELECT load_seq, events, duplicates, quarantined, first_received_at, last_received_at FROM segments",
}
RECORDS: dict[type[Model], frozenset[str]] = {
    Account: frozenset(),
    AccountStanding: frozenset(),
    Conversion: frozenset(),
    Identity: frozenset(),
    IdentityClaim: frozenset(),
    IdentityEdge: frozenset(),
    Lead: frozenset(),
    PipelineMark: frozenset(),
    Profile: frozenset(),
    QuarantinedMessage: frozenset({"id", "segment"}),
    SourceHour: frozenset({"id"}),
    Standing: frozenset(),
    TakenSegment: frozenset(),
    Transition: frozenset({"id"}),
    ViolationTally: frozenset({"id"}),
}


def _records(model: type[Model], left_out: Iterable[str]) -> list[str]:
    names = [f.attname for f in model._meta.concrete_fields if f.name not in left_out]
    return sorted(repr([getattr(row, name) for name in names]) for row in model._default_manager.all())
