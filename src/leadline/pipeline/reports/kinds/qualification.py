"""Qualification by stage and cohort: of those who became known together, how many came how far, and how soon."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leadline.analytics.parameters import PERIOD, SEGMENT, Parameter, ParameterKind, Wanted, grain
from leadline.analytics.periods import Period
from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.eventstore.ladder import Reached, cohorts_reached
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources
from leadline.pipeline.reports.telling import begun_buckets, share

QUESTION = "How many of the new leads reach each stage, and how soon?"
DEFINITION = (
    "A cohort is the people who became known in the same day, week or month. Ever counts those who reached the "
    "stage until now; within so many days those who did so by then since they became known. Who skipped a step of "
    "the ladder has climbed it; only who was in the stage qualified has qualified. A cohort some of whom have not "
    "had so many days yet has no number: it would look worse than it is. Over the whole period each person counts "
    "who had the days, so that qualified within 14 days is the qualification rate."
)
SPANS = (7, 14, 30, 60)
SPAN = replace(PERIOD, default="12w")
STAGES = ("profile_development", "conversion_signals", "qualified", "customer")
STAGE = Parameter(
    "stage", ParameterKind.CHOICE, "qualified", "reaching", "The stage that the chart shows.",
    tuple((stage, stage.replace("_", " ")) for stage in STAGES),
)  # fmt: skip
WITHIN = tuple(Column(f"within_{days}", f"Within {days} days", ValueKind.COUNT) for days in SPANS)
SHARES = tuple(Column(f"share_{days}", f"Within {days} days, share", ValueKind.SHARE) for days in SPANS)
COMMON = (
    Column("stage", "Stage", ValueKind.STAGE),
    Column("people", "People", ValueKind.COUNT),
    Column("ever", "Ever", ValueKind.COUNT),
    Column("share_ever", "Ever, share", ValueKind.SHARE),
)
COHORTS = (Column("cohort", "Known from", ValueKind.DAY), *COMMON, *WITHIN, *SHARES)
WHOLE = (*COMMON, *SHARES)
GRID = (
    Column("cohort", "Known from", ValueKind.DAY),
    Column("within", "Within"),
    Column("share", "Share", ValueKind.SHARE),
)
Row = tuple[Value, ...]
Found = Mapping[tuple[int, str, int], Reached]


def compute(sources: Sources, wanted: Wanted) -> Report:
    """By stage over the whole period; by cohort and stage; the chosen stage as a grid."""
    buckets = begun_buckets(sources, wanted.period, wanted.grain)
    who = who_is_in(sources, wanted.text("segment"))
    reached = cohorts_reached(sources.cursor, buckets, SPANS, sources.now, who)
    found = {(one.place, one.stage, one.days): one for one in reached}
    cohorts = [_cohort(found, place, bucket, stage) for place, bucket in enumerate(buckets) for stage in STAGES]
    stage = wanted.text("stage")
    tables = (
        Table("stages", "Over the whole period", WHOLE, tuple(_whole(reached, stage) for stage in STAGES)),
        Table("cohorts", "By cohort", COHORTS, tuple(cohorts)),
        Table("grid", stage.replace("_", " ").capitalize(), GRID, tuple(_grid(cohorts, stage))),
    )
    charts = (
        ChartWish("grid", "grid", "within", ("cohort", "share"), title=tables[2].title),
        ChartWish("bars", "stages", "stage", ("share_ever",), title="Ever reached"),
    )
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, (), tables, charts)


def _cohort(found: Found, place: int, bucket: Period, stage: str) -> Row:
    spans = [found.get((place, stage, days)) or Reached(place, stage, days, 0, 0, 0, 0) for days in SPANS]
    people, ever = spans[0].people, spans[0].ever
    within = [one.within if one.ripe == one.people else None for one in spans]
    shares = [None if count is None else share(count, people) for count in within]
    return (bucket.first, stage, people, ever, share(ever, people), *within, *shares)


def _whole(reached: Iterable[Reached], stage: str) -> Row:
    spans = {days: [one for one in reached if (one.stage, one.days) == (stage, days)] for days in SPANS}
    people, ever = (sum(getattr(one, name) for one in spans[SPANS[0]]) for name in ("people", "ever"))
    shares = [share(sum(one.within for one in ones), sum(one.ripe for one in ones)) for ones in spans.values()]
    return (stage, people, ever, share(ever, people), *shares)


def _grid(cohorts: Sequence[Row], stage: str) -> Iterable[Row]:
    labels = [*(f"{days} days" for days in SPANS), "ever"]
    for cohort, of, _, _, ever, *numbers in cohorts:
        if of == stage:
            values = [*numbers[len(SPANS) :], ever]
            yield from ((cohort, label, value) for label, value in zip(labels, values, strict=True))


KIND = ReportKind("qualification", "Qualification", QUESTION, DEFINITION, compute, (SPAN, grain(), STAGE, SEGMENT))
