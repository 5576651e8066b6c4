"""Revenue by cohort: what people who came in a month bring in the months after."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.periods import Grain, Period, begin_bucket, local_today
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.analytics.written import write
from leadline.eventstore.revenue_cohorts import BEFORE, CohortRow, revenue_cohorts
from leadline.kernel.figures import counted
from leadline.pipeline.reports.attributing import WON, money_notes
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources

QUESTION = "How much do people bring, by the month they came in?"
DEFINITION = (
    "People by the calendar month of their first visit ever; the value of their won deals by how many calendar months "
    "after it the deal was won (0: the same month). A month that is not over is told as it stands. "
    "Deals won before the month of the first visit are in no row; a note counts them."
)
COLUMNS = (
    Column("cohort", "First visit in"),
    Column("month", "Months after", ValueKind.COUNT),
    Column("people", "People", ValueKind.COUNT),
    Column("deals", "Deals", ValueKind.COUNT),
    Column("revenue", "Revenue", ValueKind.MONEY),
    Column("so_far", "Revenue so far", ValueKind.MONEY),
    Column("per_person", "So far, per person", ValueKind.MONEY),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a cohort and month that has begun."""
    months = _months(sources, wanted)
    who, chosen = who_is_in(sources, wanted.text("segment"))
    found = revenue_cohorts(sources.cursor, WON, months, sources.now, who, chosen)
    cohorts = sum(month.first <= wanted.period.last for month in months)
    rows = tuple(row for place in range(cohorts) for row in _cohort(months, place, found))
    table = Table("cohorts", "Revenue by cohort", COLUMNS, rows)
    charts = (
        ChartWish("grid", "cohorts", "month", ("cohort", "revenue"), title="Revenue by cohort and month"),
        ChartWish("lines", "cohorts", "month", ("per_person",), "cohort", "Revenue per person so far"),
    )
    notes = (*_early(found, cohorts, sources.currency), *money_notes(sources, wanted, WON))
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, (), (table,), charts, notes,
                  sources.currency)  # fmt: skip


def _early(found: Sequence[CohortRow], cohorts: int, currency: str) -> tuple[str, ...]:
    """What to say of deals that were won before their people's first visit: they belong to no month after it."""
    early = [(deals, revenue) for cohort, month, _, deals, revenue in found if month == BEFORE and cohort < cohorts]
    if not early:
        return ()
    deals, worth = sum(count for count, _ in early), write(sum(money for _, money in early), ValueKind.MONEY, currency)
    told = f"{counted(deals, 'deal')} {'was' if deals == 1 else 'were'} won"
    return (f"{told} before the month of the first visit, for {worth}, and {'is' if deals == 1 else 'are'} in no row.",)


def _months(sources: Sources, wanted: Wanted) -> list[Period]:
    """Whole months from the first of the period to this one."""
    period, today = wanted.period, local_today(sources.now, wanted.zone)
    first = begin_bucket(period.first, Grain.MONTH)
    return Period(first, max(first, today), period.zone).buckets(Grain.MONTH)


def _cohort(months: Sequence[Period], place: int, found: Sequence[CohortRow]) -> Iterator[tuple[Value, ...]]:
    own = {month: (people, deals, revenue) for cohort, month, people, deals, revenue in found if cohort == place}
    people = own.get(None, (0, 0, 0.0))[0]
    if not people:
        return
    so_far = 0.0
    for month in range(place, len(months)):
        _, deals, revenue = own.get(month, (0, 0, 0.0))
        so_far += revenue
        label = months[place].first.strftime("%Y-%m")
        yield label, month - place, people, deals, revenue, so_far, so_far / people


KIND = ReportKind(
    "cohorts-revenue",
    "Revenue by cohort",
    QUESTION,
    DEFINITION,
    compute,
    (replace(PERIOD, default="6m"), SEGMENT),
)
