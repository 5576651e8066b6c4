"""The leakage guard: what the outcome makes may not foretell it."""

from dataclasses import replace

import pytest
from score_cast import DEFAULT

from leadline.engagement.metrics import Metric, MetricKind
from leadline.kernel.errors import LeakError
from leadline.scoring.leakage import conversion_named, leaks, refuse_leaks
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import ConversionRule


def outcome(name: str) -> ConversionRule:
    found = conversion_named(DEFAULT, name)
    assert found is not None
    return found


def reading(metric: Metric) -> Ruleset:
    """The default ruleset with one factor that reads this metric."""
    first, *others = DEFAULT.factors
    return replace(DEFAULT, factors=(replace(first, measure=replace(first.measure, metric=metric)), *others))


def counting(event: str, because_of: tuple[str, ...] = ()) -> Ruleset:
    return reading(Metric("suspicious", MetricKind.COUNT, (event,), because_of=because_of))


@pytest.mark.parametrize("name", ["opportunity", "won_deal"])
def test_the_default_ruleset_foretells_what_sales_makes_of_leads(name: str) -> None:
    assert leaks(DEFAULT, outcome(name)) == []


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("opportunity", "Opportunity Opened"),  # the outcome itself
        ("opportunity", "Opportunity Lost"),  # ends it
        ("opportunity", "Deal Won"),  # comes after it
        ("opportunity", "Lead Contacted"),  # sales works it
        ("won_deal", "Deal Won"),
        ("strategy_call", "Strategy Call Cancelled"),
    ],
)
def test_a_metric_that_reads_what_the_outcome_makes_is_refused_by_name(name: str, event: str) -> None:
    with pytest.raises(LeakError) as refused:
        refuse_leaks(counting(event), outcome(name), "draft 7")
    assert "draft 7" in str(refused.value)
    assert "'suspicious'" in str(refused.value)
    assert event in str(refused.value)


def test_a_metric_that_says_it_is_because_of_the_outcome_is_refused() -> None:
    ruleset = counting("Invoice Sent", because_of=("won_deal",))
    assert [leak.metric for leak in leaks(ruleset, outcome("won_deal"))] == ["suspicious"]
    assert leaks(ruleset, outcome("opportunity")) == []


def test_a_quote_may_foretell_an_opportunity_and_not_itself() -> None:
    assert {leak.metric for leak in leaks(DEFAULT, outcome("quote_requested"))} >= {"requested_quotes"}
