"""Filling an installation with the demonstration platform, and keeping it up to date: through the spool, like any
other client's events, in segments as the days would have made them."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from leadline.accounts.service import ensure_demo_users
from leadline.analytics.boards import plant_weekly_review
from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform
from leadline.kernel.clock import to_micros
from leadline.kernel.errors import DocumentError, TerminalError
from leadline.pipeline.demonstration_alerts import plant_alerts
from leadline.pipeline.demonstration_crm import (
    bring_up,
    hear_people,
    others_answers,
    others_requests,
    plant_sandbox,
    users_of,
)
from leadline.pipeline.demonstration_money import keep_money
from leadline.pipeline.demonstration_notifications import plant_notifications
from leadline.pipeline.demonstration_sales import SalesDays, gather_team
from leadline.pipeline.engine import Engine
from leadline.pipeline.jobs import job_start
from leadline.pipeline.reports.catalogue import kinds
from leadline.pipeline.tick import TickReport, tick
from leadline.scoring.edits import with_values
from leadline.scoring.service import DRAFT, document_of, save_draft
from leadline.tracking.models import EventSource, Lead
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.writer import SpoolWriter

STATE = "demo.json"
SOURCES = ("website", "platform", "crm")
LIVELY = timedelta(days=2)
"""The last days come in segments of a few hours, so that recent changes of stage have their time."""
HOURS = 4
BETTER_VALUES = {
    "dimensions.engagement.weight": 40,
    "dimensions.readiness.weight": 20,
    "dimensions.conversion.weight": 40,
    "dimensions.engagement.factors.tool_usage.weight": 50,
    "dimensions.engagement.factors.content_completion.weight": 5,
    "dimensions.engagement.factors.tool_usage.half_life_days": 7,
    "dimensions.engagement.factors.time_spent.half_life_days": 7,
    "dimensions.engagement.factors.return_frequency.half_life_days": 7,
    "dimensions.readiness.factors.quiz_results.weight": 10,
    "dimensions.readiness.factors.course_completion.weight": 5,
    "dimensions.readiness.factors.role_builder_progress.half_life_days": 14,
    "dimensions.conversion.factors.quote_requests.half_life_days": 7,
    "dimensions.conversion.factors.strategy_calls.half_life_days": 10,
}
"""Reasoned from how the simulated people live, not tried on what became of them: those who mean to hire use calculators
and build roles, while content, quizzes and courses are what learners like; visits are three to six days apart, so that
two silent weeks are a goodbye; and sales opens an opportunity within days of a request, or never. Most who will have
one have not asked yet, so behaviour counts as much as requests."""
BETTER_NOTE = (
    "Somebody's idea: tools say more than content, and interest cools within a week or two. Test it on the past."
)
DEMONSTRATION = "demonstration"
BACKTEST: Mapping[str, Any] = {"cutoffs": 6, "outcome": "opportunity"}
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
    gather_team()
    for name in SOURCES:
        EventSource.objects.get_or_create(name=name)
    state = DemoState(seed, people, days, origin.isoformat(), origin.isoformat())
    _write_state(data, state)
    return state


def catch_up(engine: Engine, state: DemoState, now: datetime, advance: Advance) -> TickReport:
    """Bring what the simulated people did since the last time. Adds nothing twice: its message ids are its own."""
    began = datetime.fromisoformat(state.until)
    platform = state.platform()
    in_hand = hear_people(engine)
    users = users_of(in_hand)
    days = SalesDays(engine, others_answers(platform.answers(began, now), users))
    spool(engine, others_requests(platform.requests(began, now), users), now)
    _write_state(engine.data, DemoState(**{**asdict(state), "until": now.isoformat()}))
    keep_money(state.seed, platform.origin, now, state.people / state.days)
    span = max((now - began).days, 1)

    def after_segment(report: TickReport) -> None:
        days.work(now)
        advance(report.midnights, span)

    report = tick(engine, now, after_segment)
    days.work_until(now)
    if state.until == state.origin:
        plant_sandbox(engine, platform, now)
        _plant_draft(engine)
        plant_weekly_review(kinds())
        plant_alerts(engine, now)
        plant_notifications(engine, now)
    else:
        bring_up(engine, platform, began, now, in_hand)
    return report


def _plant_draft(engine: Engine) -> None:
    """Leave a draft to be found: it backtests better than the ruleset that the demonstration begins with."""
    document = document_of("")
    try:
        text = with_values(document, BETTER_VALUES)
    except DocumentError:  # LEADLINE_RULESET names another one
        return
    draft = save_draft(
        "Tools and fresh interest count more", text, by=DEMONSTRATION, note=BETTER_NOTE, base=engine.ruleset.number
    )
    _order_backtest(engine, f"{DRAFT}{draft.pk}")


def _order_backtest(engine: Engine, draft: str) -> None:
    """Let the draft be tested by the server once it runs, so that filling need not wait for it."""
    with suppress(TerminalError):  # too little history for a horizon to be over
        job_start(engine, "backtest", {**BACKTEST, "rulesets": ["", draft]}, by=DEMONSTRATION)


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
