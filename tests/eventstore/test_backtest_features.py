"""A backtest's features are those of plain scoring on a history that ends at the cutoff, with identities as they were;
whatever happens after the cutoff changes none of them."""

import json
import random
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from event_cast import KEYS

from leadline.engagement.metrics import Metric, MetricKind
from leadline.eventstore import backtest as past
from leadline.eventstore.backtest_conversions import conversion_table
from leadline.eventstore.backtest_rows import at_cutoffs
from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.columns import EDGES, EVENTS, TRAITS, arrow_table
from leadline.eventstore.database import EventStore
from leadline.eventstore.edges import append_edges
from leadline.eventstore.loading import SegmentLoad, load_segment
from leadline.kernel.clock import from_micros, midnight, to_micros
from leadline.scoring.backtest_rows import AtCutoff
from leadline.scoring.backtesting import Cutoff, cutoff
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.leakage import conversion_named
from leadline.scoring.ruleset import Across, Factor, Measure, Ruleset
from leadline.tracking.events import Event, TraitChange

SHIPPED = read_ruleset(bundled_ruleset("offshore-staffing"), 1)
KNOWN_AT_ONCE = {name: replace(metric, available_at="occurred") for name, metric in SHIPPED.metrics.items()}
DEFAULT = replace(
    SHIPPED,
    penalties=tuple(
        replace(
            p, gate=replace(p.gate, measure=replace(p.gate.measure, metric=KNOWN_AT_ONCE[p.gate.measure.metric.name]))
        )
        for p in SHIPPED.penalties
    ),
)
"""With no metric that is only known when its events are received."""
DAY = 86_400_000_000
CUTOFF = cutoff(date(2026, 6, 10), 30)
IDENTITIES = range(1, 13)
Edge = tuple[int, int, int, datetime]
NAMES = {
    "Tool Used": {"completed": True},
    "Content Completed": {"content_id": "a"},
    "Page Engaged": {"engaged_ms": 90_000},
    "Quiz Completed": {"score": 66},
    "Role Progressed": {"progress": 40},
    "Quote Requested": {"quote_id": "q", "seats": 3},
    "Strategy Call Booked": {"call_id": "c"},
    "Strategy Call Cancelled": {"call_id": "c"},
    "Strategy Call Missed": {},
    "Opportunity Opened": {},
    "Deal Won": {},
}


class History:
    """Random lives of a few identities, around the cutoff."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  # not a secret
        self.events = [self._event(chance, number) for number in range(1, 160)]
        self.received = [each.occurred_micros + chance.choice([0, 0, 20 * DAY]) for each in self.events]
        self.traits = [self._trait(chance, number) for number in range(200, 240)]
        start = midnight(CUTOFF.day) - timedelta(days=100)
        edges: list[Edge] = [(n, identity, identity % 8 + 1, start) for n, identity in enumerate(IDENTITIES, 1)]
        for number in range(20, 32):  # moves, some before and some after the cutoff
            moved = CUTOFF.moment + timedelta(days=chance.randint(-40, 20))
            edges.append((number, chance.choice(IDENTITIES), chance.randint(1, 8), moved))
        self.edges = edges

    def _event(self, chance: random.Random, number: int) -> Event:
        name = chance.choice(list(NAMES))
        given = {key: _varied(chance, value) for key, value in NAMES[name].items()}
        noise = chance.choice(["", "", "", "", "bot"])
        at = to_micros(CUTOFF.moment) + chance.randint(-60, 40) * DAY + chance.choice([0, -1, 1, DAY // 3])
        return Event(number, "track", name, chance.choice(IDENTITIES), at, given, noise, 1)

    def _trait(self, chance: random.Random, number: int) -> TraitChange:
        key = chance.choice(["title", "country", "employees", "email_class", "industry"])
        value = "free" if key == "email_class" else "x"
        at = to_micros(CUTOFF.moment) + chance.randint(-60, 40) * DAY
        return TraitChange(chance.choice(IDENTITIES), key, value, chance.random() < 0.8, at, number)

    def lead_then(self, identity: int, until: datetime = CUTOFF.moment) -> int:
        """Where an identity pointed at the cutoff, by its newest edge of then."""
        return max(each for each in self.edges if each[1] == identity and each[3] < until)[2]

    def lead_now(self, identity: int) -> int:
        return max(each for each in self.edges if each[1] == identity)[2]

    def without_the_future(self) -> "History":
        """The same up to the cutoff, and nothing after it."""
        own = History.__new__(History)
        end = to_micros(CUTOFF.moment)
        kept = [(e, r) for e, r in zip(self.events, self.received, strict=True) if e.occurred_micros < end]
        own.events, own.received = [e for e, _ in kept], [r for _, r in kept]
        own.traits = [each for each in self.traits if each.occurred_micros < end]
        own.edges = [each for each in self.edges if each[3] < CUTOFF.moment]
        return own

    def stored(self, folder: Path, rulesets: Iterable[Ruleset]) -> EventStore:
        """A store of its own that holds it."""
        store = EventStore.open(folder, KEYS, threads=1)
        cursor = store.cursor()
        events = [
            {
                "source": 1,
                "message_hash": e.message_hash,
                "message_key": uuid.UUID(int=e.message_hash).bytes,
                "kind": e.kind,
                "name": e.name,
                "identity": e.identity,
                "occurred_at": e.occurred_micros,
                "received_at": received,
                "properties": json.dumps(e.properties),
                "bot": e.noise == "bot",
            }
            for e, received in zip(self.events, self.received, strict=True)
        ]
        traits = [
            {
                "identity": t.identity,
                "key": t.key,
                "value": t.value,
                "present": t.present,
                "occurred_at": t.occurred_micros,
                "message_hash": t.message_hash,
            }
            for t in self.traits
        ]
        tables = arrow_table(EVENTS, _columns(events)), arrow_table(TRAITS, _columns(traits))
        load_segment(cursor, SegmentLoad("one", *tables))
        columns = zip(*[(n, i, lead, to_micros(at)) for n, i, lead, at in self.edges], strict=True)
        names = ("edge_id", "identity", "lead", "occurred_at")
        append_edges(cursor, arrow_table(EDGES, dict(zip(names, map(list, columns), strict=True))))
        ensure_metrics(cursor, [metric for ruleset in rulesets for metric in ruleset.metrics_read])
        return store


def _varied(chance: random.Random, value: object) -> object:
    if isinstance(value, bool):
        return chance.random() < 0.8
    return f"{value}{chance.randint(1, 9)}" if isinstance(value, str) else chance.randint(1, 120_000) / 1000


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def plainly_scored(history: History, ruleset: Ruleset) -> dict[int, tuple[int, ...]]:
    """Lead -> (total, factors...) of everybody there was at the cutoff, by the plain-Python executor."""
    end = to_micros(CUTOFF.moment)
    events = [e for e in history.events if e.occurred_micros < end]
    traits = [t for t in history.traits if t.occurred_micros < end]
    seen = {e.identity for e in events if not e.noise} | {t.identity for t in traits}
    engine, found = LeadScoringEngine(ruleset), {}
    for lead in {history.lead_then(identity) for identity in seen}:
        own = {identity for identity in IDENTITIES if history.lead_then(identity) == lead}
        score = engine.score_history(
            [e for e in events if e.identity in own], [t for t in traits if t.identity in own], CUTOFF.day
        )
        factors = tuple(score.factor(factor).score_micro for factor in ruleset.factors)
        found[lead] = (score.total_micro, *factors)
    return found


def measured(cursor: DuckDBPyConnection, ruleset: Ruleset, at: Cutoff = CUTOFF) -> dict[int, tuple[int, ...]]:
    """The same by the backtest, of everybody."""
    past.open_past(cursor, past.CONVERSIONS.empty_table(), [], [])
    pool = past.Pool.of([ruleset])
    past.go_to(cursor, at, pool)
    past.score(cursor, 0, ruleset, pool)
    rows = cursor.execute("SELECT lead, total, factors FROM scored_0").fetchall()
    return {lead: (total, *factors) for lead, total, factors in rows}


def known_by_receipt(ruleset: Ruleset) -> Ruleset:
    """The same ruleset, whose metrics are known only when their events came in."""
    factors = tuple(_received(factor) for factor in ruleset.factors)
    return replace(ruleset, factors=factors, penalties=(), disqualifications=(), fit=None)


def _received(factor: Factor) -> Factor:
    metric = replace(factor.measure.metric, available_at="received")
    return replace(factor, measure=replace(factor.measure, metric=metric))


@pytest.mark.parametrize("seed", range(6))
def test_features_are_those_of_a_history_that_ends_at_the_cutoff(tmp_path: Path, seed: int) -> None:
    history = History(seed)
    store = history.stored(tmp_path / "data", [DEFAULT])
    assert measured(store.cursor(), DEFAULT) == plainly_scored(history, DEFAULT)
    store.close()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_after_the_cutoff_changes_a_feature(tmp_path: Path, seed: int) -> None:
    history = History(seed)
    whole = history.stored(tmp_path / "whole", [DEFAULT])
    cut = history.without_the_future().stored(tmp_path / "cut", [DEFAULT])
    assert measured(whole.cursor(), DEFAULT) == measured(cut.cursor(), DEFAULT)
    whole.close()
    cut.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_metric_that_is_available_when_received_knows_no_late_event(tmp_path: Path, seed: int) -> None:
    history, ruleset = History(seed), known_by_receipt(DEFAULT)
    store = history.stored(tmp_path / "data", [ruleset])
    end = to_micros(CUTOFF.moment)
    in_time = [e for e, r in zip(history.events, history.received, strict=True) if r < end]
    found = measured(store.cursor(), ruleset)
    people = set(found)
    history.events, history.traits = in_time, []  # the one load's last event came after the cutoff: no trait is known
    expected = plainly_scored(history, ruleset)
    assert {lead: found[lead] for lead in expected} == expected
    assert all(found[lead][0] == 0 for lead in people - set(expected))
    store.close()


def test_a_measure_of_two_rulesets_is_computed_once() -> None:
    renamed = replace(DEFAULT.factors[0].measure.metric, name="another name")
    first = replace(DEFAULT.factors[0], measure=replace(DEFAULT.factors[0].measure, metric=renamed), weight=1)
    other = replace(DEFAULT, factors=(first, *DEFAULT.factors[1:]))
    assert past.Pool.of([DEFAULT, other]).places[0] == past.Pool.of([DEFAULT, other]).places[1]
    wider = Measure(Metric("days", MetricKind.ACTIVE_DAYS), Across.SUM, 7)
    more = replace(other, factors=(replace(first, measure=wider), *DEFAULT.factors[1:]))
    assert len(past.Pool.of([DEFAULT, more]).measures) == len(past.Pool.of([DEFAULT]).measures) + 1


@pytest.mark.parametrize("seed", range(4))
def test_outcomes_are_of_the_person_of_today_and_who_had_it_is_left_out(tmp_path: Path, seed: int) -> None:
    history = History(seed)
    store = history.stored(tmp_path / "data", [DEFAULT])
    [found] = backtested(store.cursor())
    expected, left_out = judged_plainly(history)
    rows = sorted(zip(found.rows.person.tolist(), found.rows.converted.tolist(), strict=True))
    assert rows == sorted(expected)
    assert found.left_out == left_out
    assert sum(leads for leads, _ in found.stages[0].values()) == len(expected)
    store.close()


def backtested(cursor: DuckDBPyConnection) -> list[AtCutoff]:
    outcome = conversion_named(DEFAULT, "opportunity")
    assert outcome is not None
    past.open_past(cursor, conversion_table(cursor, [DEFAULT], outcome), [], [])
    return list(at_cutoffs(cursor, [DEFAULT], [CUTOFF]))


def judged_plainly(history: History) -> tuple[list[tuple[int, bool]], int]:
    """(person, converted) of each lead of the cutoff that had no outcome before, and how many had."""
    told = [e for e in history.events if not e.noise and e.name in ("Opportunity Opened", "Deal Won")]
    rows, left_out = [], 0
    for lead in plainly_scored(history, DEFAULT):
        end = to_micros(CUTOFF.moment)
        seen = {e.identity for e in history.events if not e.noise and e.occurred_micros < end}
        seen |= {t.identity for t in history.traits if t.occurred_micros < end}
        people = {history.lead_now(i) for i in IDENTITIES if i in seen and history.lead_then(i) == lead}
        own = [e for e in told if history.lead_now(e.identity) in people]
        if any(from_micros(e.occurred_micros) < CUTOFF.moment for e in own):
            left_out += 1
            continue
        after = [e for e in own if e.name == "Opportunity Opened" and from_micros(e.occurred_micros) < CUTOFF.until]
        rows.append((min(people), bool(after)))
    return rows, left_out


def test_the_first_day_and_the_last_moment_ignore_robots(tmp_path: Path) -> None:
    history = History(1)
    store = history.stored(tmp_path / "data", [DEFAULT])
    cursor, counted = store.cursor(), [e.occurred_micros for e in history.events if not e.noise]
    assert past.first_day(cursor) == from_micros(min(counted)).date()
    assert past.last_moment(cursor) == from_micros(max(counted)).astimezone(UTC)
    store.close()
