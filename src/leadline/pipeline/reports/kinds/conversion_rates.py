"""Conversion rates: what share of visitors, and of those known, makes each conversion."""

from leadline.analytics.metrics import (
    CONVERSION,
    CONVERSION_PEOPLE,
    CONVERSION_RATE,
    CONVERSION_VALUE,
    conversion_label,
    told,
)
from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import known_measure, measure_many, measure_parts
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import NOT_TOLD, begun_buckets, figures, grain_of, series

QUESTION = "What share of visitors converts?"
DEFINITION = (
    "For each conversion of the ruleset: how many were made in the period, by how many people, and their value. "
    "The rates are shares of the people with a visit in the period who made it in the period: of all, and of "
    "those who are known today. People who made it without a visit in the period count in the former numbers, not "
    "in the rates. Conversions cancelled since are left out; an opportunity that was lost was one. Channels are "
    "those of a person's first visit."
)
ASKED = (CONVERSION_PEOPLE, CONVERSION, CONVERSION_VALUE, CONVERSION_RATE)
NUMBERS = (
    Column("people", "People", ValueKind.COUNT),
    Column("count", "Conversions", ValueKind.COUNT),
    Column("value", "Value", ValueKind.MONEY),
    Column("rate", "Of visitors", ValueKind.SHARE),
    Column("known_rate", "Of known visitors", ValueKind.SHARE),
)
CONVERSIONS = (Column("conversion", "Conversion"), *NUMBERS)
CHANNELS = (Column("channel", "Channel"), *CONVERSIONS)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a conversion; one row a channel and conversion; the rate over time."""
    names = [rule.name for rule in sources.ruleset.conversions]
    grain, segment = grain_of(wanted.period), wanted.text("segment")
    rate = figures(sources, ("visitors", "conversion-rate"), wanted.period, grain, segment)
    tables = (
        Table("conversions", "Conversions", CONVERSIONS, tuple(_rows(sources, wanted, names))),
        Table("channels", "By channel", CHANNELS, tuple(_by_channel(sources, wanted, names))),
        series(sources, "series", f"Each {grain.value}", rate, begun_buckets(sources, wanted.period, grain)),
    )
    charts = (
        ChartWish("bars", "conversions", "conversion", ("rate", "known_rate"), title=QUESTION),
        ChartWish("lines", "series", "day", ("conversion_rate",), title="Any conversion, over time"),
    )
    return Report(
        KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, rate, tables, charts, (), sources.currency
    )


def _rows(sources: Sources, wanted: Wanted, names: list[str]) -> list[tuple[Value, ...]]:
    segment = wanted.text("segment")
    found = measure_many(sources, _metrics(names), [wanted.period], segment)
    known = measure_many(sources, [CONVERSION_RATE + name for name in names], [wanted.period], _known(segment))
    return [
        (
            conversion_label(name),
            *(told(known_measure(sources.ruleset, prefix + name), found[prefix + name][0]) for prefix in ASKED),
            known[CONVERSION_RATE + name][0].value,
        )
        for name in names
    ]


def _by_channel(sources: Sources, wanted: Wanted, names: list[str]) -> list[tuple[Value, ...]]:
    segment = wanted.text("segment")
    found = measure_parts(sources, _metrics(names), [wanted.period], "channel", segment)
    rates = [CONVERSION_RATE + name for name in names]
    known = measure_parts(sources, rates, [wanted.period], "channel", _known(segment))
    parts = sorted({part for by_part in found.values() for part in by_part})
    rows: list[tuple[Value, ...]] = []
    for part in parts:
        for name in names:
            numbers = [found[prefix + name].get(part) for prefix in ASKED]
            people, count, value, rate = (each[0].value if each else None for each in numbers)
            among = known[CONVERSION_RATE + name].get(part)
            counts = (int(people or 0), int(count or 0), value or 0.0)
            known_rate = among[0].value if among else None
            rows.append((part or NOT_TOLD, conversion_label(name), *counts, rate, known_rate))
    return rows


def _metrics(names: list[str]) -> list[str]:
    return [prefix + name for prefix in ASKED for name in names]


def _known(segment: str) -> str:
    return ",".join(filter(None, (segment, "known=yes")))


KIND = ReportKind("conversion-rates", "Conversion rates", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
