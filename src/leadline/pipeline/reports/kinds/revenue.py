"""Revenue: what won deals are worth, by month, and by the channels, campaigns and contents that brought them."""

from dataclasses import replace

import numpy as np

from leadline.analytics.attribution import LABELS, Model, Paths
from leadline.analytics.crediting import credits_of
from leadline.analytics.metrics import told
from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted, grain
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, ValueKind
from leadline.eventstore.paths import Dimension, PathsFound
from leadline.pipeline.reports.attributing import (
    HALF_LIFE,
    LOOKBACK,
    ORDER,
    POSITION,
    WON,
    credit_rows,
    model_parameter,
    money_notes,
    options_of,
    paths_of,
    ratio,
)
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import known_measure, measure_many
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import begun_buckets

QUESTION = "What are the won deals worth, and what brought them?"
DEFINITION = (
    "The value of deals won in the period, in the reporting currency at the rate of the day; a deal that was cancelled "
    "leaves it from then on. By channel, campaign and content it is credited by the model that is named."
)
METRICS = ("revenue", "deals", "average-deal")
DIMENSIONS = (
    (Dimension.CHANNEL, "channels", "Channel"),
    (Dimension.CAMPAIGN, "campaigns", "Campaign"),
    (Dimension.CONTENT, "contents", "Content"),
)
NUMBERS = (
    Column("deals", "Deals", ValueKind.NUMBER),
    Column("share", "Share of deals", ValueKind.SHARE),
    Column("revenue", "Revenue", ValueKind.MONEY),
    Column("average", "Average deal", ValueKind.MONEY),
)
OVER_TIME = (
    Column("day", "From", ValueKind.DAY),
    Column("deals", "Deals", ValueKind.COUNT),
    Column("revenue", "Revenue", ValueKind.MONEY),
    Column("average", "Average deal", ValueKind.MONEY),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """Figures and buckets are the metrics of these names; the rest is credit."""
    model = Model(wanted.text("model"))
    tables = [
        _credited(name, label, wanted, model, paths_of(sources, wanted, WON, dimension))
        for dimension, name, label in DIMENSIONS
    ]
    charts = [
        ChartWish("bars", name, "key", ("revenue",), title=f"Revenue by {label.lower()}", options={"horizontal": "1"})
        for _, name, label in DIMENSIONS
    ]
    over_time = ChartWish("bars", "months", "day", ("revenue",), title=f"Revenue by {wanted.grain.value}")
    notes = money_notes(sources, wanted, WON)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, _figures(sources, wanted),
                  (_months(sources, wanted), *tables), (over_time, *charts), notes, sources.currency)  # fmt: skip


def _figures(sources: Sources, wanted: Wanted) -> tuple[Figure, ...]:
    found = measure_many(sources, METRICS, (wanted.period, wanted.period.before), wanted.text("segment"))
    kinds = [known_measure(sources.ruleset, name) for name in METRICS]
    return tuple(
        Figure(each.name, each.label, told(each, found[each.name][0]), each.kind, each.definition,
               told(each, found[each.name][1]), each.better)
        for each in kinds
    )  # fmt: skip


def _months(sources: Sources, wanted: Wanted) -> Table:
    buckets = begun_buckets(sources, wanted.period, wanted.grain)
    found = measure_many(sources, METRICS, buckets, wanted.text("segment"))
    kinds = [known_measure(sources.ruleset, name) for name in ("deals", "revenue", "average-deal")]
    rows = tuple(
        (bucket.first, *(told(each, found[each.name][place]) for each in kinds)) for place, bucket in enumerate(buckets)
    )
    return Table("months", f"By {wanted.grain.value}", OVER_TIME, rows)


def _credited(name: str, label: str, wanted: Wanted, model: Model, found: PathsFound) -> Table:
    options = options_of(wanted)
    given_credits = credits_of(model, found.reached, found.lost, options)
    valued = credits_of(model, _counting_valued(found.reached), found.lost, options)
    with_value = dict(zip(found.reached.names, valued.value.tolist(), strict=True))
    rows = tuple(
        (*row, ratio(row[3], with_value.get(row[0], valued.nobody_value)))
        for row in credit_rows(found.reached.names, given_credits, found.reached.count)
    )
    title = f"By {label.lower()}, {LABELS[model][0].lower()}{LABELS[model][1:]}"
    return Table(name, title, (Column("key", label), *NUMBERS), rows)


def _counting_valued(paths: Paths) -> Paths:
    """The same paths, where a deal with a value is worth 1."""
    return replace(paths, value=np.where(paths.value > 0, 1.0, 0.0))


KIND = ReportKind(
    "revenue",
    "Revenue",
    QUESTION,
    DEFINITION,
    compute,
    (replace(PERIOD, default="6m"), grain("month"), model_parameter(Model.LINEAR), LOOKBACK, HALF_LIFE, POSITION, ORDER,
     SEGMENT),
)  # fmt: skip
