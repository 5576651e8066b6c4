"""The ruleset: metrics, factors, weights, stages, conversions and thresholds, immutable once published.

Frozen dataclasses only; `document.py` reads them from YAML. What a later stage needs (stages, conversions) stands here
as data, because one document holds all of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from leadline.engagement.metrics import SCALE, Condition, Metric
from leadline.scoring.arithmetic import Curve

DIMENSIONS = ("engagement", "readiness", "conversion")


class Across(StrEnum):
    """How the days of a window combine."""

    SUM = "sum"  # sum of min(cell, daily cap) * weight
    MAX = "max"  # the greatest cell * weight
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
class ConversionRule:
    """An event that counts as a conversion, once per key.

    Attributes:
        key: the property that tells one conversion from another; without one, each message is one.
        unless: events that cancel a conversion when they carry the same key.
        triggers: the stages that it fast-tracks to.
        trigger_where: conditions for that, beyond `where`.
        facts: the properties that are kept with it for the sentence on the page.
        sentence: for pages; placeholders are facts.
    """

    name: str
    event: str
    where: tuple[Condition, ...] = ()
    key: str = ""
    amount: str = ""
    currency: str = "currency"
    unless: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    trigger_where: tuple[Condition, ...] = ()
    facts: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """So many of these factors at or above these points (thousandths)."""

    count: int
    factors: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StageRule:
    """When a stage is entered and left. Thresholds are in thousandths of a point.

    Attributes:
        enter: factor thresholds; on top of those of the stage below it.
        stay: the same with the exit values; below it the stage is left.
        enter_total, enter_total_hours: or the total has been this high for so long.
        stay_total: left when the total is below it.
        trigger_days: a conversion trigger for this stage counts for so long.
        dwell_days: not left before.
        needs: "known" (e-mail or user id), "reachable" (e-mail or telephone), "permitted" (profiling).
    """

    name: str
    enter: Threshold | None = None
    stay: Threshold | None = None
    enter_total: int | None = None
    enter_total_hours: int = 0
    stay_total: int | None = None
    trigger_days: int = 30
    dwell_days: int = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recycling:
    """Stages that silence turns into `recycled`."""

    after_silent_days: int = 60
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domains:
    """E-mail domains with a meaning here: they decide a lead's `email_class`."""

    own: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()


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

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What the executors compute for each lead, in order: factors, penalties, disqualifications."""
        return tuple(self._measures())

    def _measures(self) -> Iterator[Measure]:
        yield from (factor.measure for factor in self.factors)
        yield from (penalty.gate.measure for penalty in self.penalties)
        yield from (gate.measure for gate in self.disqualifications)

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
