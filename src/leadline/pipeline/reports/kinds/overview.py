"""The overview: the few numbers that tell how it goes, each with its trend, and the way from visit to customer."""

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.ladder import steps_reached
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import begun_buckets, figures, grain_of, series, share, unvalued

QUESTION = "How many leads come, how many qualify, and what do they bring?"
DEFINITION = (
    "Each figure says what it counts; beside it stands the period before, which is as long. Today counts as far "
    "as it has come. Robots and our own people are left out."
)
METRICS = ("new-leads", "qualified-leads", "qualification-rate", "median-time-to-qualify", "revenue")
STEPS = ("Visitors", "Known", "Profile development", "Conversion signals", "Qualified", "Customers")
FUNNEL_NOTE = (
    "People first seen in the period, and how far they have come until now. Who skipped a step of the ladder has "
    "climbed it; a customer need not have been qualified, since deals are won beside the ladder too."
)
FUNNEL = (
    Column("step", "Step"),
    Column("people", "People", ValueKind.COUNT),
    Column("share", "Of the step before", ValueKind.SHARE),
    Column("share_of_first", "Of all", ValueKind.SHARE),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """Figures with trends; the funnel of stages; the trends as a table."""
    grain, segment = grain_of(wanted.period), wanted.text("segment")
    told = figures(sources, METRICS, wanted.period, grain, segment)
    buckets = begun_buckets(sources, wanted.period, grain)
    tables = (_funnel(sources, wanted), series(sources, "series", f"Each {grain.value}", told, buckets))
    charts = (
        ChartWish("funnel", "funnel", "step", ("people",), title="From first visit to customer"),
        ChartWish("lines", "series", "day", ("new_leads", "qualified_leads"), title="New and qualified leads"),
        ChartWish("bars", "series", "day", ("revenue",), title="Revenue"),
    )
    notes = unvalued(sources, wanted.period, segment)
    return Report(
        KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, told, tables, charts, notes, sources.currency
    )


def _funnel(sources: Sources, wanted: Wanted) -> Table:
    who = who_is_in(sources, wanted.text("segment"))
    counts = steps_reached(sources.cursor, wanted.period, sources.now, who)
    rows = tuple(_step(place, counts) for place in range(len(STEPS)))
    return Table("funnel", "From first visit to customer", FUNNEL, rows, FUNNEL_NOTE)


def _step(place: int, counts: tuple[int, ...]) -> tuple[Value, ...]:
    before = counts[place - 1] if place else counts[0]
    return STEPS[place], counts[place], share(counts[place], before), share(counts[place], counts[0])


KIND = ReportKind("overview", "Overview", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
