"""The ruleset: metrics, factors, weights, grades and fit, immutable once published.

Frozen dataclasses only; `document.py` reads them from YAML. What later stages need is data too, because one document
holds all of it: `stage_terms` has what decides stages, `sales_terms` what is agreed with sales.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from leadline.engagement.metrics import SCALE, Metric
from leadline.scoring.arithmetic import Curve
from leadline.scoring.sales_terms import REJECTIONS, AccountRule, ContactPromise, Rejection
from leadline.scoring.stage_terms import ConversionRule, Recycling, StageRule

DIMENSIONS = ("engagement", "readiness", "conversion")
FIT = "fit"
"""The dimension of fit factors, which is no part of the total."""


class Across(StrEnum):
    """How the days of a window combine."""

    SUM = "sum"  # sum of min(cell, daily cap) * weight
    MAX = "max"  # the greatest cell * weight
    MIN = "min"  # the smallest cell
    LAST = "last"  # the latest cell * weight
    DISTINCT = "distinct"  # each value once, weighted from its latest day
    STATE = "state"  # traits as they are


@dataclass(frozen=True, slots=True)
class Measure:
    """One number per lead that the executors compute: a metric over a window.

    Attributes:
        window_days: how many UTC dates up to the as-of date; ignored for `state`.
        daily_cap: thousandths a day (for `distinct`: new keys a day, in thousandths); none without a cap.
    """

    metric: Metric
    across: Across
    window_days: int
    half_life_days: float | None = None
    daily_cap: int | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """One measure turned into 0 to 100 points.

    Attributes:
        weight: thousandths, relative to the other factors of its dimension.
        full_at: thousandths of the metric's unit; reaching it gives 100.
        label: its name on pages.
        reason: the sentence it becomes. Placeholders: {count}, {value}, and properties of its latest event.
        action: what somebody would do to raise it, for counterfactuals ("a strategy call"); the label without one.
    """

    name: str
    dimension: str
    measure: Measure
    weight: int
    full_at: int
    curve: Curve
    label: str
    reason: str
    unit: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A yes or no: the measure reaches `at_least` thousandths."""

    name: str
    measure: Measure
    at_least: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points taken from a dimension while its gate is open."""

    gate: Gate
    dimension: str
    points: int  # thousandths of a point, positive


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade from so many points on."""

    grade: str
    from_points: int  # thousandths of a point


@dataclass(frozen=True, slots=True)
class Domains:
    """E-mail domains with a meaning here: they decide a lead's `email_class`."""

    own: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """Who a person and their company are, beside what they do: 1 fits best. Outside the total.

    Attributes:
        factors: of dimension "fit", over traits; their weighted mean is the fit points.
        bands: (fit, from thousandths of a point), best first.
        lowest: the fit below all bands.
        matrix: for a grade and a fit ("A1") what to do, in words; may lack some.
    """

    factors: tuple[Factor, ...]
    bands: tuple[tuple[int, int], ...]
    lowest: int = 3
    matrix: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A named person and what must come out; a failing one blocks publishing.

    Attributes:
        history: `events` and `traits` as `LeadScorer` takes them; an event's `days_ago` stands for its timestamp.
        expect: any of total, grade, fit, stage, disqualified, engagement, readiness, conversion, and factor names.
            Numbers are exact to six decimals, or {at_least, at_most}.
    """

    name: str
    history: Mapping[str, object]
    expect: Mapping[str, object]


@dataclass(frozen=True)
class Ruleset:
    """Everything that decides a score and a stage."""

    name: str
    number: int
    metrics: Mapping[str, Metric]
    dimension_weights: Mapping[str, int]
    factors: tuple[Factor, ...]
    penalties: tuple[Penalty, ...]
    grades: tuple[GradeBand, ...]
    lowest_grade: str
    conversions: tuple[ConversionRule, ...]
    stages: tuple[StageRule, ...]
    disqualifications: tuple[Gate, ...]
    recycling: Recycling = field(default_factory=Recycling)
    domains: Domains = field(default_factory=Domains)
    fit: Fit | None = None
    accounts: AccountRule = field(default_factory=AccountRule)
    promise: ContactPromise = field(default_factory=ContactPromise)
    rejections: tuple[Rejection, ...] = REJECTIONS
    examples: tuple[Example, ...] = ()

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What the executors compute for each lead, in order: factors, penalties, disqualifications, fit."""
        return tuple(self._measures())

    def _measures(self) -> Iterator[Measure]:
        yield from (factor.measure for factor in self.factors)
        yield from (penalty.gate.measure for penalty in self.penalties)
        yield from (gate.measure for gate in self.disqualifications)
        yield from (factor.measure for factor in self.fit_factors)

    @property
    def fit_factors(self) -> tuple[Factor, ...]:
        """The factors of fit, in order; none without fit rules."""
        return self.fit.factors if self.fit else ()

    @cached_property
    def metrics_read(self) -> tuple[Metric, ...]:
        """The metrics that some measure reads, without repeats, by digest."""
        return tuple({m.metric.digest: m.metric for m in self.measures}.values())

    def factors_of(self, dimension: str) -> tuple[Factor, ...]:
        """The factors of one dimension, in order."""
        return tuple(factor for factor in self.factors if factor.dimension == dimension)

    def factor_index(self, name: str) -> int:
        """The place of a factor among `measures`."""
        return next(i for i, factor in enumerate(self.factors) if factor.name == name)

    @cached_property
    def worth(self) -> Mapping[str, float]:
        """What a point of each factor is worth in the total, by factor name."""
        total = sum(self.dimension_weights.values())
        sums = {name: sum(factor.weight for factor in self.factors_of(name)) for name in self.dimension_weights}
        return {
            factor.name: self.dimension_weights[factor.dimension] / total * factor.weight / sums[factor.dimension]
            for factor in self.factors
        }

    def grade_of(self, total_micro: int) -> str:
        """The band that a total (millionths of a point) falls into."""
        for band in self.grades:
            if total_micro >= band.from_points * 1_000_000 // SCALE:
                return band.grade
        return self.lowest_grade

    def fit_of(self, points_micro: int) -> int:
        """The band that fit points (millionths) fall into, 1 fits best; 0 without fit rules."""
        if self.fit is None:
            return 0
        reached = (fit for fit, points in self.fit.bands if points_micro >= points * 1_000_000 // SCALE)
        return next(reached, self.fit.lowest)

    @cached_property
    def properties_read(self) -> Mapping[str, frozenset[str]]:
        """Per event name, the properties that rules read: these are kept in the event store."""
        read: dict[str, set[str]] = {}
        for metric in self.metrics.values():
            for event in (*metric.events, *metric.unless):
                read.setdefault(event, set()).update(metric.properties_read)
        for rule in self.conversions:
            wanted = {rule.key, rule.amount, rule.currency, *rule.facts} - {""}
            wanted |= {condition.property for condition in (*rule.where, *rule.trigger_where)}
            for event in (rule.event, *rule.unless):
                read.setdefault(event, set()).update(wanted)
        return {event: frozenset(names) for event, names in read.items()}
