"""Any metric over time, whole or by channel, campaign, country or grade."""

from leadline.analytics.metrics import Measure, told
from leadline.analytics.parameters import PERIOD, SEGMENT, Parameter, ParameterKind, Wanted, grain
from leadline.analytics.periods import Period
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.measured import PARTS
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import known_measure, measure_parts
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import DAYS, NOT_TOLD, begun_buckets, column_of, figures

QUESTION = "How does a metric go over time?"
DEFINITION = (
    "The metric over each day, week or month of the period; the first and the last may be cut short by the period's "
    "ends. Channel and campaign are those of a person's first visit; for metrics of visits, of the visit itself. "
    "Country and grade are those of today."
)
METRIC = Parameter("metric", ParameterKind.TEXT, "qualified-leads", "of", "A metric's name.", suggests="metrics")
NAMES = (("", "nothing"), *((part, part) for part in PARTS))
BY = Parameter("by", ParameterKind.CHOICE, "", "by", "Broken down by channel, campaign, country or grade.", NAMES)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """The metric as a figure; a row a bucket, or a row a bucket and part."""
    measure = known_measure(sources.ruleset, wanted.text("metric"))
    told_figures = figures(sources, (measure.name,), wanted.period, wanted.grain, wanted.text("segment"))
    buckets = begun_buckets(sources, wanted.period, wanted.grain)
    by = wanted.text("by")
    table = _broken(sources, wanted, measure, buckets) if by else _whole(measure, told_figures[0].trend, buckets)
    chart = ChartWish("lines", "trend", "day", (column_of(measure).name,), by, measure.label)
    texts, question = wanted.texts, f"{measure.label}, each {wanted.grain.value}"
    definition = f"{measure.definition} {DEFINITION}"
    return Report(
        KIND.name, question, definition, texts, sources.now, told_figures, (table,), (chart,), (), sources.currency
    )


def _whole(measure: Measure, values: tuple[float | None, ...], buckets: list[Period]) -> Table:
    whole = measure.kind is ValueKind.COUNT
    rows = ((bucket.first, int(value) if whole and value is not None else value)
            for bucket, value in zip(buckets, values, strict=True))  # fmt: skip
    return Table("trend", measure.label, (DAYS, column_of(measure)), tuple(rows))


def _broken(sources: Sources, wanted: Wanted, measure: Measure, buckets: list[Period]) -> Table:
    by = wanted.text("by")
    found = measure_parts(sources, (measure.name,), buckets, by, wanted.text("segment"))[measure.name]
    order = sorted(found, key=lambda part: (-sum(each.cases for each in found[part]), part))
    rows: list[tuple[Value, ...]] = [
        (bucket.first, part or NOT_TOLD, told(measure, found[part][place]))
        for place, bucket in enumerate(buckets)
        for part in order
    ]
    columns = (DAYS, Column(by, by.capitalize()), column_of(measure))
    return Table("trend", f"{measure.label} by {by}", columns, tuple(rows))


KIND = ReportKind("trend", "Trend", QUESTION, DEFINITION, compute, (PERIOD, METRIC, grain(), BY, SEGMENT))
