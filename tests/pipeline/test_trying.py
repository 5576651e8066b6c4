"""Rules that are tried: the same as a publish would do, and nothing is measured twice."""

from dataclasses import replace

import pytest
from pipeline_cast import MONDAY, Installation, days, track, user

from leadline.pipeline.impact import impact
from leadline.pipeline.trying import OutdatedError, try_rules
from leadline.scoring.ruleset import Ruleset

pytestmark = pytest.mark.django_db(transaction=True)
NOW = MONDAY + days(2)


@pytest.fixture
def filled(place: Installation) -> Installation:
    for number in range(1, 8):
        who = user(f"p{number}")
        uses = [
            track(who, "Tool Used", MONDAY + days(day / number), tool="quote", completed=True) for day in range(number)
        ]
        place.send(
            NOW, *uses, *([track(who, "Quote Requested", MONDAY, quote_id=f"q{number}", seats=2)] * (number % 2))
        )
    place.tick(NOW)
    return place


def with_factor(ruleset: Ruleset, **change: object) -> Ruleset:
    first, *rest = ruleset.factors
    return replace(ruleset, number=0, factors=(replace(first, **change), *rest))


def with_half_life(ruleset: Ruleset) -> Ruleset:
    measure = replace(ruleset.factors[0].measure, half_life_days=2.0)
    return with_factor(ruleset, measure=measure)


def test_the_rules_in_force_change_nothing(filled: Installation) -> None:
    tried = try_rules(filled.engine, filled.engine.ruleset, NOW)
    assert tried.leads == tried.of == 7
    assert tried.movers == []
    assert sum(before for before, _ in tried.stages.values()) == tried.leads
    assert all(before == after for before, after in [*tried.grades.values(), *tried.stages.values()])
    assert tried.flow.now == tried.flow.then


def test_it_says_what_a_publish_would_do(filled: Installation) -> None:
    kept = filled.engine.ruleset
    for ruleset in (with_factor(kept, weight=90_000), with_factor(kept, full_at=1_000), with_half_life(kept)):
        tried, found = try_rules(filled.engine, ruleset, NOW), impact(filled.engine, ruleset, NOW)
        moved = [each for each in tried.movers if (each.grade, each.stage) != (each.new_grade, each.new_stage)]
        assert moved == found.examples
        assert len(moved) == found.moved
        assert tried.movers, "every one of these changes moves somebody"


def test_other_weights_measure_nothing_again(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    try_rules(filled.engine, filled.engine.ruleset, NOW)
    monkeypatch.setattr("leadline.eventstore.tried_raws.measure_into_table", None)
    assert try_rules(filled.engine, with_factor(filled.engine.ruleset, weight=1_000), NOW).movers
    with pytest.raises(TypeError):
        try_rules(filled.engine, with_half_life(filled.engine.ruleset), NOW)


def test_many_leads_are_sampled_the_same_way_each_time(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.pipeline.trying.MOST_LEADS", 3)
    tried = try_rules(filled.engine, filled.engine.ruleset, NOW)
    assert (tried.leads, tried.of) == (3, 7)
    assert sum(before for before, _ in tried.grades.values()) == 3


def test_a_question_that_nobody_asks_any_more_is_not_answered(filled: Installation) -> None:
    with pytest.raises(OutdatedError):
        try_rules(filled.engine, filled.engine.ruleset, NOW, lambda: False)
