"""Metrics over periods, for whoever asks: reports, alerts, boards. The one way to a number that is told over time."""

from collections.abc import Iterable, Sequence

from leadline.analytics.metrics import Measure, Measured, measure_of, measures
from leadline.analytics.periods import Period
from leadline.analytics.segments import parse_segment
from leadline.eventstore.measured import Asked, ByPart, measured
from leadline.eventstore.segments import segment_sql
from leadline.pipeline.reports.sources import Sources
from leadline.scoring.ruleset import Ruleset


def measure(sources: Sources, name: str, periods: Sequence[Period], segment: str = "") -> list[Measured]:
    """A metric over each of the periods, in their order.

    Args:
        segment: only these people; see `analytics/segments.py`.

    Raises:
        NotFoundError: there is no such metric.
        SegmentError: the segment can't be read.
    """
    return measure_many(sources, (name,), periods, segment)[name]


def measure_many(
    sources: Sources, names: Iterable[str], periods: Sequence[Period], segment: str = ""
) -> dict[str, list[Measured]]:
    """Several metrics at once: those that are made of the same facts cost one query. Raises as `measure` does."""
    found = measured(sources.cursor, _checked(sources.ruleset, names), _asked(sources, periods, segment))
    return {name: parts[""] for name, parts in found.items()}


def measure_parts(
    sources: Sources,
    names: Iterable[str],
    periods: Sequence[Period],
    by: str,
    segment: str = "",
) -> dict[str, ByPart]:
    """Several metrics broken down by "channel", "campaign", "country" or "grade": by metric and part. Parts without
    anything are left out; people of whom it is not known are the part "". Raises as `measure` does."""
    return measured(sources.cursor, _checked(sources.ruleset, names), _asked(sources, periods, segment, by))


def all_measures(ruleset: Ruleset) -> tuple[Measure, ...]:
    """Every metric that there is under a ruleset."""
    return measures(rule.name for rule in ruleset.conversions)


def known_measure(ruleset: Ruleset, name: str) -> Measure:
    """A metric by its name.

    Raises:
        NotFoundError: there is none of that name.
    """
    return measure_of(name, (rule.name for rule in ruleset.conversions))


def who_is_in(sources: Sources, segment: str) -> tuple[str, dict[str, object]]:
    """A segment as a condition on people, with its named parameters.

    Raises:
        SegmentError: it can't be read.
    """
    return segment_sql(parse_segment(segment, sources.zone), now=sources.now)


def _checked(ruleset: Ruleset, names: Iterable[str]) -> list[str]:
    return [known_measure(ruleset, name).name for name in names]


def _asked(sources: Sources, periods: Sequence[Period], segment: str, by: str = "") -> Asked:
    return Asked(periods, sources.now, *who_is_in(sources, segment), by=by)
