"""What is behind a line: parts that make up the measure, the points and what decay took, to the millionth."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score_cast import AS_OF, DEFAULT, ONE, PROFILE, change, counted, event, metric

from leadline.engagement.metrics import Condition, MetricKind
from leadline.scoring.contributions import (
    Contribution,
    closes_on,
    contributions,
    lead_history,
    parts_of,
    split,
    without_decay,
)
from leadline.scoring.document import load_ruleset
from leadline.scoring.engine import LeadScoringEngine, score_raws
from leadline.scoring.ledger import LedgerLine, ledger
from leadline.scoring.measuring import measure_all
from leadline.scoring.ruleset import Across, Factor, Measure, Ruleset
from leadline.tracking.events import Event, TraitChange

EXTREME = load_ruleset((Path(__file__).parent / "extreme.yaml").read_text(), 2)
NAMES = ("Done", "Undone", "Tool Used", "Quote Requested", "Page Engaged", "Strategy Call Missed", "Content Completed")
VALUES: Sequence[object] = (0, 1, 2, 2.5, -3, 40, 1e9, "a", "b", True, None, 600_000)
KEYS = ("value", "completed", "engaged_ms", "quote_id", "seats", "content_id", "score")


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  # not a secret
    return [_one(chance) for _ in range(draw(st.sampled_from([0, 3, 30])))]


def _one(chance: random.Random) -> Event:
    given = {key: chance.choice(VALUES) for key in chance.sample(KEYS, 4)}
    name, kind = chance.choice(NAMES), chance.choice(["track", "track", "page", "identify"])
    noise = chance.choice(["", "", "", "bot"])
    made = event(chance.choice([-1, 0, 0, 1, 3, 13, 14, 29, 60]), name, kind=kind, identity=chance.choice([1, 2]),
                 hour=chance.randrange(24), **given)  # fmt: skip
    return replace(made, noise=noise)


def traits() -> st.SearchStrategy[list[TraitChange]]:
    one = st.builds(
        change,
        st.integers(-1, 40),
        st.sampled_from([*PROFILE, "email_class"]),
        st.sampled_from([None, "x", "free", "12", "-3"]),
        present=st.booleans(),
    )
    return st.lists(one, max_size=12)


PROPERTY = {MetricKind.SUM, MetricKind.MAX, MetricKind.MIN, MetricKind.LAST, MetricKind.DISTINCT}
TRAIT_ONLY = {MetricKind.COMPLETENESS, MetricKind.TRAIT, MetricKind.TRAIT_VALUE}
MEASURED = [kind for kind in MetricKind if kind not in TRAIT_ONLY]


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    kind = draw(st.sampled_from(MEASURED))
    fields: dict[str, Any] = {"property": "value"} if kind in PROPERTY else {}
    fields |= {"unless": ("Undone",)} if kind is MetricKind.DISTINCT else {}
    fields |= {"where": draw(st.sampled_from([(), (Condition("score", at_least=2),)]))}
    days = [Across.SUM, Across.MAX, Across.MIN, Across.LAST]
    across = Across.DISTINCT if kind is MetricKind.DISTINCT else draw(st.sampled_from(days))
    cap = draw(st.sampled_from([None, 1000, 2500]))
    half_life = draw(st.sampled_from([None, 0.5, 7, 1000]))
    return Measure(
        metric(kind, "Done", "Tool Used", **fields), across, draw(st.sampled_from([1, 14, 60])), half_life, cap
    )


TRAITED = [
    Measure(metric(MetricKind.COMPLETENESS, traits=("title", "phone", "country", "nickname")), Across.STATE, 1),
    Measure(metric(MetricKind.TRAIT, traits=("email_class",), values=("free", "own")), Across.STATE, 1),
    Measure(metric(MetricKind.TRAIT_VALUE, traits=("employees",)), Across.STATE, 1),
]
relaxed = settings(deadline=None, max_examples=150)


def ruleset_of(measure: Measure) -> Ruleset:
    """The default ruleset with this measure as its first factor's."""
    first = replace(DEFAULT.factors[0], measure=measure)
    return replace(DEFAULT, factors=(first, *DEFAULT.factors[1:]))


@given(events(), traits(), measures() | st.sampled_from(TRAITED))
@relaxed
def test_the_parts_make_up_the_measure(found: list[Event], known: list[TraitChange], measure: Measure) -> None:
    history = lead_history(ruleset_of(measure), found, known, AS_OF)
    (whole,) = measure_all([measure], found, known, AS_OF)
    (plain,) = measure_all([replace(measure, half_life_days=None)], found, known, AS_OF)
    parts = parts_of(measure, history)
    assert sum(part.raw_units for part in parts) == whole
    if measure.across not in (Across.MAX, Across.LAST, Across.MIN):
        assert sum(part.plain_units for part in parts) == plain


def explained(
    ruleset: Ruleset, found: Sequence[Event], known: Sequence[TraitChange]
) -> tuple[dict[str, LedgerLine], dict[str, list[Contribution]]]:
    history = lead_history(ruleset, found, known, AS_OF)
    score = LeadScoringEngine(ruleset).score_history(found, known, AS_OF)
    lines = ledger(score, ruleset, without_decay(ruleset, history))
    assert sum(line.points_micro for line in lines) == score.total_micro
    return {line.factor: line for line in lines}, contributions(ruleset, lines, history)


@given(events(), traits(), measures(), st.sampled_from([DEFAULT, EXTREME]))
@relaxed
def test_points_and_decay_of_the_parts_add_up_to_the_line(
    found: list[Event], known: list[TraitChange], measure: Measure, ruleset: Ruleset
) -> None:
    for each in (ruleset, ruleset_of(measure)):
        lines, parts = explained(each, found, known)
        for name, behind in parts.items():
            assert sum(part.points_micro for part in behind) == lines[name].points_micro
            assert sum(part.decay_micro for part in behind) == (lines[name].decay_micro if behind else 0)
            assert all(part.count >= len(part.events) for part in behind)


@given(events(), traits())
@relaxed
def test_points_and_decay_together_are_the_line_without_decay(found: list[Event], known: list[TraitChange]) -> None:
    lines, _ = explained(DEFAULT, found, known)
    plain = replace(DEFAULT, factors=tuple(_undecaying(factor) for factor in DEFAULT.factors))
    exact = LeadScoringEngine(plain).score_history(found, known, AS_OF)
    for factor in plain.factors:
        undecayed = plain.worth[factor.name] * exact.factor(factor).score
        assert lines[factor.name].points + lines[factor.name].decay == pytest.approx(undecayed, abs=4e-6)
        assert (
            lines[factor.name].decay_micro == 0
            or DEFAULT.factors[DEFAULT.factor_index(factor.name)].measure.half_life_days
        )


def _undecaying(factor: Factor) -> Factor:
    return replace(factor, measure=replace(factor.measure, half_life_days=None))


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-50, 10**12), min_size=1))
def test_a_split_leaves_nothing_over(whole: int, shares: list[int]) -> None:
    assert sum(split(whole, shares)) == whole


def parts(measure: Measure, *found: Event, known: tuple[TraitChange, ...] = ()) -> list[Contribution]:
    return explained(ruleset_of(measure), found, known)[1]["tool_usage"]


def test_each_day_of_a_sum_tells_its_events_and_what_the_cap_turned_away() -> None:
    today, before = parts(counted(daily_cap=2000), *(event(0, "Done") for _ in range(7)), event(3, "Done"))
    assert (today.day, today.count, len(today.events), today.raw, today.capped) == (AS_OF, 7, 5, 2.0, 5000)
    assert (before.count, before.raw, before.capped, before.weight) == (1, 1.0, 0, 1.0)


def test_decay_is_told_for_each_day() -> None:
    new, old = parts(counted(half_life_days=7), event(0, "Done"), event(7, "Done"))
    assert (new.weight, new.decay_micro) == (1.0, 0)
    assert old.weight == 0.5
    assert old.decay_micro > 0


def test_the_day_that_decided_stands_for_a_maximum() -> None:
    seats = Measure(metric(MetricKind.MAX, "Done", property="value"), Across.MAX, 30)
    (part,) = parts(seats, event(1, "Done", value=2), event(3, "Done", value=9), event(9, "Done", value=9))
    assert (part.raw, part.count) == (9.0, 1)
    assert (AS_OF - (part.day or AS_OF)).days == 3


def test_a_value_has_all_its_events_and_its_latest_day() -> None:
    keys = Measure(
        metric(MetricKind.DISTINCT, "Done", property="value", unless=("Undone",)), Across.DISTINCT, 30, 7, 1000
    )
    told = [
        event(8, "Done", value="a"),
        event(1, "Done", value="a"),
        event(8, "Done", value="b"),
        event(2, "Done", value="c"),
    ]
    found = parts(keys, *told, event(1, "Undone", value="c"))
    assert [(part.key, part.count, part.capped) for part in found] == [("a", 2, 0), ("b", 1, 1000)]
    assert [part.points_micro > 0 for part in found] == [True, False]


def test_traits_are_parts_without_a_day() -> None:
    found = parts(TRAITED[0], known=(change(9, "title", "x"), change(3, "phone", None)))
    assert [(part.key, part.day, part.count) for part in found] == [("title", None, 0), ("phone", None, 0)]


def test_a_penalty_tells_what_opened_it_and_when_it_ends() -> None:
    found = [event(6, "Strategy Call Missed", call_id="c")]
    history = lead_history(DEFAULT, found, [], AS_OF)
    gates = {penalty.gate.name: penalty.gate for penalty in DEFAULT.penalties}
    ends = closes_on(gates["missed_call"], history)
    assert ends is not None
    assert (ends - AS_OF).days == 14 - 6
    raws = list(measure_all(DEFAULT.measures, found, [], AS_OF))
    (line,) = [each for each in ledger(score_raws(raws, DEFAULT), DEFAULT) if each.kind == "penalty"]
    (part,) = contributions(DEFAULT, [line], history)["missed_call"]
    assert [behind.name for behind in part.events] == ["Strategy Call Missed"]
    assert part.points_micro == line.points_micro
    assert raws[len(DEFAULT.factors)] == ONE


def test_a_trait_never_ends_a_penalty_by_itself() -> None:
    gates = {penalty.gate.name: penalty.gate for penalty in DEFAULT.penalties}
    assert (
        closes_on(gates["free_mail_address"], lead_history(DEFAULT, [], [change(3, "email_class", "free")], AS_OF))
        is None
    )
