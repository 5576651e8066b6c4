"""A ruleset of every metric kind, every way that days combine, and every condition; made without a document."""

from itertools import product

from leadline.engagement.metrics import ACTIVITY_KINDS, TRAIT_KINDS, Condition, Metric, MetricKind
from leadline.scoring.arithmetic import Curve
from leadline.scoring.ruleset import (
    DIMENSIONS,
    FIT,
    Across,
    Factor,
    Fit,
    Gate,
    GradeBand,
    Measure,
    Penalty,
    Ruleset,
)

CONDITIONS = {
    "one_of": Condition("p", ("a", 1, True)),
    "at_least": Condition("p", at_least=2.5),
    "at_most": Condition("p", at_most=2.5),
    "above": Condition("p", above=2.5),
    "below": Condition("p", below=2.5),
    "between": Condition("p", above=-1, at_most=100),
    "excluded": Condition("p", excluded=("a", 1, False)),
    "a_number_but": Condition("p", at_least=0, excluded=(3, "x")),
    "there": Condition("p", exists=True),
    "missing": Condition("p", exists=False),
    "text_there": Condition("p", excluded=("b",), exists=True),
}
PROPERTY = {
    kind: "engaged_ms" if kind is MetricKind.ENGAGED_SECONDS else "p"
    for kind in MetricKind
    if kind not in {*TRAIT_KINDS, *ACTIVITY_KINDS, MetricKind.COUNT, MetricKind.DISTINCT_DAYS}
}
EVENTS = ("E", "F")


def _metric(kind: MetricKind) -> Metric:
    unless = ("U",) if kind is MetricKind.DISTINCT else ()
    events = () if kind in ACTIVITY_KINDS else EVENTS
    return Metric(kind.value, kind, events=events, property=PROPERTY.get(kind, ""), unless=unless)


DAILY = [_metric(kind) for kind in MetricKind if kind not in TRAIT_KINDS and kind is not MetricKind.DISTINCT]
FILTERED = [Metric(name, MetricKind.COUNT, events=EVENTS, where=(each,)) for name, each in CONDITIONS.items()]
TRAITS = [
    Metric("completeness", MetricKind.COMPLETENESS, traits=("title", "employees", "country")),
    Metric("trait", MetricKind.TRAIT, traits=("country",), values=("NL", "1e3")),
    Metric("trait_value", MetricKind.TRAIT_VALUE, traits=("employees",)),
    Metric("trait_value_too", MetricKind.TRAIT_VALUE, traits=("country",)),
]


def _measures() -> list[Measure]:
    days = [
        Measure(metric, across, 90, half_life, cap if across is Across.SUM else None)
        for metric, across, (half_life, cap) in product(
            DAILY, (Across.SUM, Across.MAX, Across.MIN, Across.LAST), ((None, None), (7.5, 2_500))
        )
        if across is not Across.MIN or half_life is None
    ]
    keys = [Measure(_metric(MetricKind.DISTINCT), Across.DISTINCT, 30, 9, cap) for cap in (None, 1_000)]
    filtered = [Measure(metric, Across.SUM, 200) for metric in FILTERED]
    return [*days, *keys, *filtered, *_states()]


def _states() -> list[Measure]:
    return [Measure(metric, Across.STATE, 0) for metric in TRAITS]


def _factor(place: int, measure: Measure, dimension: str) -> Factor:
    curve = list(Curve)[place % 3]
    return Factor(f"f{place}", dimension, measure, 1_000 + place * 7, 1_300 * (1 + place % 9), curve, "a", "a")


FITTING = tuple(_factor(place, measure, FIT) for place, measure in enumerate(_states()))
ALL_KINDS = Ruleset(
    name="all kinds",
    number=3,
    metrics={metric.name: metric for metric in (*DAILY, *FILTERED, *TRAITS, _metric(MetricKind.DISTINCT))},
    dimension_weights={"engagement": 7_000, "readiness": 1_001, "conversion": 333},
    factors=tuple(_factor(place, measure, DIMENSIONS[place % 3]) for place, measure in enumerate(_measures())),
    penalties=(Penalty(Gate("many", Measure(FILTERED[0], Across.SUM, 14), 2_000, "a"), "readiness", 40_000),),
    grades=(GradeBand("A", 55_000), GradeBand("B", 20_000)),
    lowest_grade="D",
    conversions=(),
    stages=(),
    disqualifications=(Gate("abroad", Measure(TRAITS[1], Across.STATE, 0), 1_000, "a"),),
    fit=Fit(FITTING, ((1, 60_000), (2, 25_000)), 3),
)
