"""Tool usage: who uses which tool, and who finishes."""

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.usage import tool_rows
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import begun_buckets, figures, grain_of, series, share

QUESTION = "Which tools do people use, and who finishes?"
DEFINITION = (
    "A use is a Tool Used event; it is completed when the event says so. A person counts once for each tool; who "
    "used it more than once in the period is a repeat user. Robots and our own people are left out."
)
METRICS = ("tool-uses", "completed-tool-uses")
COLUMNS = (
    Column("tool", "Tool"),
    Column("people", "People", ValueKind.COUNT),
    Column("uses", "Uses", ValueKind.COUNT),
    Column("completed", "Completed uses", ValueKind.COUNT),
    Column("completion", "Completed, share", ValueKind.SHARE),
    Column("qualified", "Of them qualified", ValueKind.COUNT),
    Column("repeat", "Repeat users", ValueKind.COUNT),
    Column("repeat_share", "Repeat users, share", ValueKind.SHARE),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a tool, the most used first; uses over time."""
    grain, segment = grain_of(wanted.period), wanted.text("segment")
    told = figures(sources, METRICS, wanted.period, grain, segment)
    trend = series(sources, "series", f"Each {grain.value}", told, begun_buckets(sources, wanted.period, grain))
    charts = (
        ChartWish("bars", "tools", "tool", ("people",), title=QUESTION),
        ChartWish("lines", "series", "day", ("tool_uses", "completed_tool_uses"), title="Uses over time"),
    )
    tables = (Table("tools", "Tools", COLUMNS, tuple(_rows(sources, wanted))), trend)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, told, tables, charts)


def _rows(sources: Sources, wanted: Wanted) -> list[tuple[Value, ...]]:
    who = who_is_in(sources, wanted.text("segment"))
    rows = tool_rows(sources.cursor, wanted.period, sources.now, who)
    return [(*row, share(row[-1], row[1])) for row in rows]


KIND = ReportKind("tool-usage", "Tool usage", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
