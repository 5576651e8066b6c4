"""Metrics as figures and tables of a report."""

from collections.abc import Mapping, Sequence

from leadline.analytics.metrics import Measure, Measured, told
from leadline.analytics.periods import Grain, Period
from leadline.analytics.report import Column, Figure, Table, Value, ValueKind
from leadline.pipeline.reports.measuring import known_measure, measure_many
from leadline.pipeline.reports.sources import Sources

DAYS = Column("day", "From", ValueKind.DAY)
FEW_DAYS, FEW_WEEKS = 62, 400
NOT_TOLD = "(not told)"


def column_of(measure: Measure) -> Column:
    """The column that tells a metric, named like it with underscores."""
    return Column(column_name(measure.name), measure.label, measure.kind)


def column_name(metric: str) -> str:
    """A metric's name as a program's column has it."""
    return metric.replace("-", "_").replace(":", "_")


def grain_of(period: Period) -> Grain:
    """Buckets that make a trend of a period: days, weeks or months, some 60 at most."""
    if period.days <= FEW_DAYS:
        return Grain.DAY
    return Grain.WEEK if period.days <= FEW_WEEKS else Grain.MONTH


def begun_buckets(sources: Sources, period: Period, grain: Grain) -> list[Period]:
    """The buckets of a period that have begun; what lies ahead is no zero."""
    return [bucket for bucket in period.buckets(grain) if bucket.start <= sources.now]


def figures(
    sources: Sources,
    names: Sequence[str],
    period: Period,
    grain: Grain,
    segment: str = "",
) -> tuple[Figure, ...]:
    """Metrics over a period, each with the period before and a trend."""
    buckets = begun_buckets(sources, period, grain)
    found = measure_many(sources, names, [period, period.before, *buckets], segment)
    return tuple(figure(known_measure(sources.ruleset, name), found[name]) for name in names)


def figure(measure: Measure, found: Sequence[Measured]) -> Figure:
    """A metric as a figure, of its values over the period, the period before, and the buckets of its trend."""
    now, before, *trend = found
    return Figure(
        measure.name,
        measure.label,
        told(measure, now),
        measure.kind,
        measure.definition,
        told(measure, before),
        measure.better,
        tuple(each.value for each in trend),
    )


def series(sources: Sources, name: str, title: str, told_figures: Sequence[Figure], buckets: Sequence[Period]) -> Table:
    """The trends of figures as a table, one row a bucket."""
    measures = [known_measure(sources.ruleset, each.name) for each in told_figures]
    columns = (DAYS, *map(column_of, measures))
    rows = tuple((bucket.first, *_at(place, measures, told_figures)) for place, bucket in enumerate(buckets))
    return Table(name, title, columns, rows)


def _at(place: int, measures: Sequence[Measure], told_figures: Sequence[Figure]) -> list[Value]:
    each = zip(measures, told_figures, strict=True)
    return [told(measure, Measured(one.trend[place], 0)) for measure, one in each]


def parts_table(
    sources: Sources,
    name: str,
    title: str,
    by: Column,
    found: Mapping[str, Mapping[str, Sequence[Measured]]],
) -> Table:
    """Metrics by part, over one period: the part with the most of the first metric first."""
    measures = [known_measure(sources.ruleset, metric) for metric in found]
    first = found[measures[0].name]
    parts = sorted(
        {part for values in found.values() for part in values}, key=lambda part: (-_size(first.get(part)), part)
    )
    rows = ((part or NOT_TOLD, *(_of_part(each, found[each.name].get(part)) for each in measures)) for part in parts)
    return Table(name, title, (by, *map(column_of, measures)), tuple(rows))


def _size(values: Sequence[Measured] | None) -> float:
    return (values[0].value or 0.0) if values else 0.0


def _of_part(measure: Measure, values: Sequence[Measured] | None) -> Value:
    if values:
        return told(measure, values[0])
    return None if measure.kind in (ValueKind.SHARE, ValueKind.SECONDS) else 0


def share(part: int, whole: int) -> float | None:
    """A share, unless there is nothing to have one of."""
    return part / whole if whole else None


def unvalued(sources: Sources, period: Period, segment: str = "") -> tuple[str, ...]:
    """What to say of deals that revenue leaves out because they have no value in the reporting currency."""
    found = measure_many(sources, ("deals", "average-deal"), [period], segment)
    missing = found["deals"][0].cases - found["average-deal"][0].cases
    if not missing:
        return ()
    deals = "1 deal has" if missing == 1 else f"{missing} deals have"
    return (f"{deals} no amount or no rate into {sources.currency}: revenue leaves them out.",)
