"""Content completion: what people begin, and what they finish."""

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.content import ContentRow, content_rows
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import NOT_TOLD, begun_buckets, figures, grain_of, series, share

QUESTION = "Which content do people finish?"
DEFINITION = (
    "Started and completed are the Content Started and Content Completed events of the period. The completion "
    "rate is, of the people who started a piece in the period, the share that completed it afterwards, until now; "
    "the time is the median from a person's first start in the period to the first completion after it. Qualified "
    "are those of the people who have ever qualified. Robots and our own people are left out."
)
METRICS = ("content-starts", "content-completions")
COLUMNS = (
    Column("content", "Content"),
    Column("kind", "Kind"),
    Column("people", "People", ValueKind.COUNT),
    Column("started", "Started", ValueKind.COUNT),
    Column("completed", "Completed", ValueKind.COUNT),
    Column("starters", "People who started", ValueKind.COUNT),
    Column("finishers", "Of them completed", ValueKind.COUNT),
    Column("completion", "Completion rate", ValueKind.SHARE),
    Column("seconds", "Median time", ValueKind.SECONDS),
    Column("qualified", "Qualified", ValueKind.COUNT),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a piece of content, that with most people first; starts and completions over time."""
    grain, segment = grain_of(wanted.period), wanted.text("segment")
    told = figures(sources, METRICS, wanted.period, grain, segment)
    trend = series(sources, "series", f"Each {grain.value}", told, begun_buckets(sources, wanted.period, grain))
    rows = content_rows(sources.cursor, wanted.period, sources.now, who_is_in(sources, segment))
    table = Table("content", "Content", COLUMNS, tuple(map(_row, rows)))
    charts = (
        ChartWish("bars", "content", "content", ("completion",), title=QUESTION, options={"horizontal": "1"}),
        ChartWish("lines", "series", "day", ("content_starts", "content_completions"), title="Over time"),
    )
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, told, (table, trend), charts)


def _row(row: ContentRow) -> tuple[Value, ...]:
    content, kind, people, starts, completions, starters, finishers, seconds, qualified = row
    told = (content or NOT_TOLD, kind or NOT_TOLD, people, starts, completions, starters, finishers)
    return (*told, share(finishers, starters), seconds, qualified)


KIND = ReportKind("content-completion", "Content completion", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
