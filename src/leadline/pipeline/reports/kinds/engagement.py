"""Engagement: how many are active, and how much attention visits get."""

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted, grain
from leadline.analytics.report import ChartWish, Column, Report
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import measure_parts
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import begun_buckets, figures, parts_table, series

QUESTION = "How many people are active, and how engaged are their visits?"
DEFINITION = (
    "A visit ends after thirty minutes without anything. It is engaged when it held attention for ten seconds, "
    "had two pages, or a conversion was made during it; the rest bounced. Channels are those of the visits "
    "themselves, so a person may count in several. Robots and our own people are left out."
)
METRICS = ("visitors", "active-people", "sessions", "engagement-rate", "bounce-rate", "engaged-seconds-per-session")
CHANNEL = Column("channel", "Channel")


def compute(sources: Sources, wanted: Wanted) -> Report:
    """Figures, their trends, and one row a channel."""
    segment, buckets = wanted.text("segment"), begun_buckets(sources, wanted.period, wanted.grain)
    told = figures(sources, METRICS, wanted.period, wanted.grain, segment)
    by_channel = measure_parts(sources, METRICS, [wanted.period], "channel", segment)
    tables = (
        parts_table(sources, "channels", "By channel", CHANNEL, {name: by_channel[name] for name in METRICS}),
        series(sources, "series", f"Each {wanted.grain.value}", told, buckets),
    )
    charts = (
        ChartWish("lines", "series", "day", ("visitors", "active_people"), title="Visitors and active people"),
        ChartWish("lines", "series", "day", ("engagement_rate",), title="Engagement rate"),
        ChartWish("bars", "channels", "channel", ("sessions",), title="Visits by channel", options={"horizontal": "1"}),
    )
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, told, tables, charts)


KIND = ReportKind("engagement", "Engagement", QUESTION, DEFINITION, compute, (PERIOD, grain("day"), SEGMENT))
