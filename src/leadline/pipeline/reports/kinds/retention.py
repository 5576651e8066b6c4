"""Retention: who comes back."""

from datetime import date, timedelta

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind, Wanted, grain
from leadline.analytics.periods import DAY, Grain, Period, begin_bucket, next_bucket
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.retention import Cohort, Counting, Retention, RetentionClock, Tally, is_complete, means
from leadline.analytics.segments import parse_segment
from leadline.analytics.steps import parse_step
from leadline.eventstore.retention import RetentionQuery, retention_of
from leadline.kernel.clock import to_micros
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.sources import Sources

QUESTION = "Who comes back?"
DEFINITION = (
    "People by the day, week or month in which they began, and the share that returned later; the first is the cohort "
    "itself. The period is widened to whole buckets of the zone, weeks from Monday. On: returned in that bucket; "
    "onwards: in it or later; brackets: between two edges. Rolling counts from each person's own start in spans of 24 "
    "hours, 7 or 30 days. What is not over yet is empty. Robots and our own people are left out."
)
MOST_BUCKETS = 120
SPANS = {Grain.DAY: timedelta(days=1), Grain.WEEK: timedelta(days=7), Grain.MONTH: timedelta(days=30)}
MICRO = timedelta(microseconds=1)
PARAMETERS = (
    Parameter("period", ParameterKind.PERIOD, "12w", "over", "30d, 12w, 6m or 2026-05-01..2026-05-31."),
    grain("week"),
    Parameter("start", ParameterKind.TEXT, "any", "who did", "An event, Page /path, stage:NAME or any.", (), "events"),
    Parameter("back", ParameterKind.TEXT, "any", "and came back for", "The same, for the return.", (), "events"),
    Parameter("cohort", ParameterKind.CHOICE, "first", "for the", "first: the first start ever; recurring: any.",
              (("first", "first time"), ("recurring", "first or a later time"))),
    Parameter("count", ParameterKind.CHOICE, "on", "counted", "on that bucket, onwards, or between edges.",
              (("on", "on it"), ("onwards", "on it or later"), ("brackets", "between edges"))),
    Parameter("edges", ParameterKind.TEXT, "1,3,7,14", "edges", "Of brackets: 1,3,7 is 1 to 2 and 3 to 6."),
    Parameter("clock", ParameterKind.CHOICE, "calendar", "by", "calendar buckets, or rolling from each start.",
              (("calendar", "the calendar"), ("rolling", "each person's clock"))),
    SEGMENT,
)  # fmt: skip
CELLS = (
    Column("cohort", "Began", ValueKind.DAY),
    Column("offset", "After"),
    Column("people", "People", ValueKind.COUNT),
    Column("returned", "Returned", ValueKind.COUNT),
    Column("share", "Returned, share", ValueKind.SHARE),
)
MEANS = (
    Column("offset", "After"),
    Column("people", "People who could", ValueKind.COUNT),
    Column("weighted", "Weighted by people", ValueKind.SHARE),
    Column("simple", "Mean of cohorts", ValueKind.SHARE),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """The grid of cells, and their means."""
    period = _whole(wanted.period, wanted.grain)
    retention = _retention(wanted, period)
    back, start = parse_step(wanted.text("back")), parse_step(wanted.text("start"))
    segment = parse_segment(wanted.text("segment"), wanted.zone)
    found = retention_of(sources.cursor, RetentionQuery(retention, start, back, segment), sources.now)
    days = [bucket.first for bucket in period.buckets(wanted.grain)]
    grid = _Grid(retention, found, days, wanted.grain, to_micros(sources.now))
    tables = (Table("cells", QUESTION, CELLS, grid.rows()), Table("means", "All cohorts", MEANS, grid.means()))
    charts = (ChartWish("grid", "cells", "offset", ("cohort", "share"), title=QUESTION),)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, grid.figures(), tables, charts)


class _Grid:
    """The cells as tables tell them."""

    def __init__(self, retention: Retention, found: Tally, days: list[date], each: Grain, now: int) -> None:
        self._retention, self._found, self._days, self._now = retention, found, days, now
        self._labels = [_label(each, span, retention.counting) for span in retention.spans]
        self._unit = each

    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """By cohort the cohort itself, then its columns; what is not over yet is None."""
        return tuple(row for cohort, day in enumerate(self._days) for row in self._of(cohort, day))

    def means(self) -> tuple[tuple[Value, ...], ...]:
        """By column, over the cohorts for which it is over."""
        rows: list[tuple[Value, ...]] = []
        for column, label in enumerate(self._labels):
            cells = self._complete(column)
            rows.append((label, sum(people for people, _ in cells), *means(cells)))
        return tuple(rows)

    def figures(self) -> tuple[Figure, ...]:
        """How many began, and the first offset's weighted mean."""
        began = Figure("people", "Began", int(self._found.people.sum()), ValueKind.COUNT)
        if not self._labels:
            return (began,)
        label = f"Returned, {self._labels[0].lower()}"
        return (began, Figure("returned", label, means(self._complete(0))[0], ValueKind.SHARE, "Weighted by people."))

    def _of(self, cohort: int, day: date) -> list[tuple[Value, ...]]:
        people = int(self._found.people[cohort])
        rows: list[tuple[Value, ...]] = [(day, f"{self._unit.title()} 0", people, people, 1.0 if people else None)]
        for column, label in enumerate(self._labels):
            if cohort + self._retention.spans[column][0] < self._retention.buckets:
                over = is_complete(self._retention, cohort, column, self._now)
                returned = int(self._found.returned[cohort, column]) if over else None
                told = returned / people if people and returned is not None else None
                rows.append((day, label, people, returned, told))
        return rows

    def _complete(self, column: int) -> list[tuple[int, int]]:
        return [
            (int(self._found.people[cohort]), int(self._found.returned[cohort, column]))
            for cohort in range(len(self._days))
            if is_complete(self._retention, cohort, column, self._now)
        ]


def _label(each: Grain, span: tuple[int, int], counting: Counting) -> str:
    first, last = span[0], span[1] - 1
    if counting is Counting.ONWARDS:
        return f"{each.title()} {first} on"
    return f"{each.title()} {first}" if first == last else f"{each.title()}s {first} to {last}"


def _whole(period: Period, each: Grain) -> Period:
    return Period(begin_bucket(period.first, each), next_bucket(period.last, each) - DAY, period.zone)


def _retention(wanted: Wanted, period: Period) -> Retention:
    buckets = period.buckets(wanted.grain)
    if len(buckets) > MOST_BUCKETS:
        advice = "Take a shorter period, or weeks or months."
        raise ParameterError(f"Retention has at most {MOST_BUCKETS} buckets, not {len(buckets)}.", advice=advice)
    bounds = (*(to_micros(bucket.start) for bucket in buckets), to_micros(period.end))
    counting = Counting(wanted.text("count"))
    edges = _edges(wanted.text("edges")) if counting is Counting.BRACKETS else ()
    span = SPANS[wanted.grain] // MICRO
    return Retention(bounds, span, Cohort(wanted.text("cohort")), counting, RetentionClock(wanted.text("clock")), edges)


def _edges(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    edges = tuple(int(part) for part in parts if part.isdecimal() and len(part) < 6)
    if len(edges) < 2 or len(edges) != len(parts) or list(edges) != sorted(set(edges)) or edges[0] < 1:
        raise ParameterError(f"{text!r} are no edges.", advice="Write ascending numbers from 1, such as 1,3,7,14.")
    return edges


KIND = ReportKind("retention", "Retention", QUESTION, DEFINITION, compute, PARAMETERS, reads_doings=True)
