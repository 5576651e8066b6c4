"""Stickiness: how often people come back."""

from dataclasses import replace

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.periods import DAY, Grain, local_today
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.stickiness import MONTH, WEEK, active_within
from leadline.eventstore.stickiness import activity_gaps, days_each
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import share

QUESTION = "How often do people come back?"
DEFINITION = (
    "A person is active on a day of the zone on which a visit of theirs began. For each day: how many were active "
    "on it, in the 7 days and in the 30 days that end with it, and the first as a share of the others. The "
    "figures are means over the days of the period that have any. Robots and our own people are left out."
)
DAILY = (
    Column("day", "Day", ValueKind.DAY),
    Column("active_day", "Active that day", ValueKind.COUNT),
    Column("active_week", "In 7 days", ValueKind.COUNT),
    Column("active_month", "In 30 days", ValueKind.COUNT),
    Column("day_of_week", "Day of 7 days", ValueKind.SHARE),
    Column("day_of_month", "Day of 30 days", ValueKind.SHARE),
)
EACH = (
    Column("active_days", "Active days", ValueKind.COUNT),
    Column("people", "People", ValueKind.COUNT),
    Column("share", "Share", ValueKind.SHARE),
)
Row = tuple[Value, ...]


def compute(sources: Sources, wanted: Wanted) -> Report:
    """Ratios as figures; active days; how many people had how many."""
    daily, each = _daily(sources, wanted), _each(sources, wanted)
    tables = (
        Table("days", "Active people each day", DAILY, tuple(daily)),
        Table("active_days", "Active days in the period", EACH, tuple(each), "People with a visit in the period."),
    )
    charts = (
        ChartWish("lines", "days", "day", ("active_day", "active_week", "active_month"), title="Active people"),
        ChartWish("histogram", "active_days", "active_days", ("people",), title="Active days in the period"),
    )
    told = (_mean("day-of-week", "Daily of weekly", daily, 4), _mean("day-of-month", "Daily of monthly", daily, 5))
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, told, tables, charts)


def _daily(sources: Sources, wanted: Wanted) -> list[Row]:
    period = wanted.period
    span = replace(period, first=period.first - (MONTH - 1) * DAY)
    who = who_is_in(sources, wanted.text("segment"))
    gaps = activity_gaps(sources.cursor, span, sources.now, who)
    days, weeks, months = (active_within(gaps, window, span.days)[MONTH - 1 :] for window in (1, WEEK, MONTH))
    begun = local_today(sources.now, period.zone)
    rows = zip((each.first for each in period.buckets(Grain.DAY)), days, weeks, months, strict=True)
    return [(day, *counts, share(counts[0], counts[1]), share(counts[0], counts[2]))
            for day, *counts in rows if day <= begun]  # fmt: skip


def _each(sources: Sources, wanted: Wanted) -> list[Row]:
    found = days_each(sources.cursor, wanted.period, sources.now, who_is_in(sources, wanted.text("segment")))
    people = sum(count for _, count in found)
    return [(days, count, share(count, people)) for days, count in found]


def _mean(name: str, label: str, daily: list[Row], place: int) -> Figure:
    values = [row[place] for row in daily]
    told = [value for value in values if isinstance(value, float)]
    trend = tuple(value if isinstance(value, float) else None for value in values)
    return Figure(name, label, sum(told) / len(told) if told else None, ValueKind.SHARE, DEFINITION, trend=trend)


KIND = ReportKind("stickiness", "Stickiness", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
