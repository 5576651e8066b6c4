"""Time in stage: how long leads stay where, and who stands there now."""

from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.ladder import Stays, standing_now, stays_ended
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.qualification.stages import Stage

QUESTION = "How long do leads stay in each stage?"
DEFINITION = (
    "A stay begins when somebody enters a stage, the first when they are first seen, and ends when they leave it. "
    "The times are of stays that ended in the period: the median, and what three quarters and nine tenths of them "
    "took at most. Stays that still last have no length yet; they are counted beside, with the median of how long "
    "they have lasted."
)
COLUMNS = (
    Column("stage", "Stage", ValueKind.STAGE),
    Column("ended", "Stays that ended", ValueKind.COUNT),
    Column("median", "Median", ValueKind.SECONDS),
    Column("p75", "Three quarters", ValueKind.SECONDS),
    Column("p90", "Nine tenths", ValueKind.SECONDS),
    Column("now", "In it now", ValueKind.COUNT),
    Column("since", "For, median", ValueKind.SECONDS),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a stage, from first to last."""
    who = who_is_in(sources, wanted.text("segment"))
    ended = stays_ended(sources.cursor, wanted.period, sources.now, who)
    now = standing_now(sources.cursor, sources.now, who)
    rows = tuple(_row(stage.value, ended.get(stage.value), now.get(stage.value, (0, None))) for stage in Stage)
    table = Table("stages", "Time in each stage", COLUMNS, rows)
    chart = ChartWish("bars", "stages", "stage", ("median",), title="Median time in a stage")
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, (), (table,), (chart,))


def _row(stage: str, stays: Stays | None, now: tuple[int, float | None]) -> tuple[Value, ...]:
    times = (stays.count, stays.median, stays.p75, stays.p90) if stays else (0, None, None, None)
    return (stage, *times, *now)


KIND = ReportKind("time-in-stage", "Time in stage", QUESTION, DEFINITION, compute, (PERIOD, SEGMENT))
