"""Filling an installation with the demonstration platform, and keeping it up to date: through the spool, like any
other client's events, in segments as the days would have made them."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import msgspec

from leadline.accounts.service import ensure_demo_users
from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform
from leadline.kernel.clock import to_micros
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import TickReport, tick
from leadline.tracking.models import EventSource, Lead
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.writer import SpoolWriter

STATE = "demo.json"
SOURCES = ("website", "platform", "crm")
LIVELY = timedelta(days=2)
"""The last days come in segments of a few hours, so that recent changes of stage have their time."""
HOURS = 4
encode = msgspec.msgpack.Encoder().encode
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoState:
    """What the demonstration of a data folder is, and how far it is in the spool. Times are ISO 8601."""

    seed: int
    people: int
    days: int
    origin: str
    until: str

    def platform(self) -> Platform:
        """The simulated platform."""
        return Platform(self.seed, datetime.fromisoformat(self.origin), self.people, self.days)


def read_state(data: Path) -> DemoState | None:
    """The demonstration of a data folder, if it has one."""
    path = data / STATE
    return DemoState(**json.loads(path.read_text())) if path.exists() else None


def begin(data: Path, now: datetime, people: int = 2000, days: int = 120, seed: int = 7) -> DemoState:
    """Make an empty installation a demonstration.

    Raises:
        TerminalError: it holds somebody's events already.
    """
    if Lead.objects.exists():
        raise TerminalError(
            f"{data} holds events already.", advice="Give the demonstration a folder of its own: LEADLINE_DATA."
        )
    hour = now.replace(minute=0, second=0, microsecond=0)
    origin = hour - timedelta(days=days)
    ensure_demo_users(data)
    for name in SOURCES:
        EventSource.objects.get_or_create(name=name)
    state = DemoState(seed, people, days, origin.isoformat(), origin.isoformat())
    _write_state(data, state)
    return state


def catch_up(engine: Engine, state: DemoState, now: datetime, advance: Advance) -> TickReport:
    """Bring what the simulated people did since the last time. Adds nothing twice: its message ids are its own."""
    began = datetime.fromisoformat(state.until)
    spool(engine, state.platform().requests(began, now), now)
    _write_state(engine.data, DemoState(**{**asdict(state), "until": now.isoformat()}))
    span = max((now - began).days, 1)
    return tick(engine, now, lambda report: advance(report.midnights, span))


def spool(engine: Engine, requests: Iterable[SimulatedRequest], now: datetime) -> None:
    """Write simulated requests into segments, each named after the time of its first."""
    sources = dict(EventSource.objects.values_list("name", "pk"))
    for _, group in groupby(requests, key=lambda request: _cut(request.received_at, now)):
        batch = list(group)
        began = batch[0].received_at
        with SpoolWriter(engine.spool, engine.spool_keys[0], clock=lambda began=began: began) as writer:  # type: ignore[misc]  # a Clock with a default
            writer.append_all(_records(batch, sources))


def _cut(received_at: datetime, now: datetime) -> tuple[int, ...]:
    day = received_at.toordinal()
    return (day, received_at.hour // HOURS) if now - received_at < LIVELY else (day,)


def _records(requests: Iterable[SimulatedRequest], sources: dict[str, int]) -> Iterator[bytes]:
    for request in requests:
        body = msgspec.json.encode(request.message)
        route = str(request.message["type"])
        received = to_micros(request.received_at)
        yield encode(SpoolRecord(sources[request.source], received, route, body, dict(request.headers)))


def _write_state(data: Path, state: DemoState) -> None:
    draft = data / f".{STATE}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(data / STATE)
