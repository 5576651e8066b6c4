"""What changed: the metrics that moved most, and what else happened meanwhile."""

from collections.abc import Iterator
from datetime import datetime

from leadline.analytics.changes import Change, change, clearest
from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind, Wanted
from leadline.analytics.periods import DAY, Period, local_today
from leadline.analytics.report import Column, Report, Table, Value, ValueKind
from leadline.eventstore.campaigns import first_seen
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import all_measures, measure_many
from leadline.pipeline.reports.sources import Sources
from leadline.scoring.models import PublishedRuleset, RulesetActivation

QUESTION = "What changed?"
DEFINITION = (
    "Metrics over the last whole days against as many days right before them. Counts and shares are told when "
    "they moved by two standard errors and a tenth, money and times by a fifth; at least ten cases must stand "
    "behind. The clearest come first. Besides: rulesets that were published, put in force or archived, and "
    "campaigns whose first visit ever came."
)
SPAN = Parameter("period", ParameterKind.PERIOD, "7d", "over", "7d, 4w or 2026-05-01..2026-05-07; today is left out.")
CHANGES = (
    Column("sentence", "What moved"),
    Column("metric", "Metric"),
    Column("now", "Now", ValueKind.NUMBER),
    Column("before", "Before", ValueKind.NUMBER),
    Column("change", "Change", ValueKind.SHARE),
    Column("cases", "Rests on", ValueKind.COUNT),
    Column("good", "Good or bad"),
)
HAPPENINGS = (Column("happened_at", "When", ValueKind.MOMENT), Column("sentence", "What happened"))
MOST = 12


def compute(sources: Sources, wanted: Wanted) -> Report:
    """Sentences on metrics, and on rulesets and campaigns."""
    period = whole_days(wanted.period, sources.now)
    told = _changes(sources, period, wanted.text("segment"))[:MOST]
    rows, kinds = tuple(_row(each, sources.currency) for each in told), tuple(each.measure.kind for each in told)
    note = f"{_days(period)} against {_days(period.before)}."
    moved = Table("changes", "What moved", CHANGES, rows, note, row_kinds=kinds)
    happened = sorted(_happenings(sources, period), reverse=True)
    tables = (moved, Table("happenings", "What happened", HAPPENINGS, tuple(happened)))
    notes = () if rows else ("No metric moved enough to be told.",)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, (), tables, (), notes, sources.currency)


def whole_days(period: Period, now: datetime) -> Period:
    """The period, moved back until its last day is over: half a day is no match for a whole one."""
    ahead = max(0, (period.last - local_today(now, period.zone)).days + 1)
    return Period(period.first - ahead * DAY, period.last - ahead * DAY, period.zone)


def _days(period: Period) -> str:
    return f"{period.first.isoformat()} to {period.last.isoformat()}"


def _changes(sources: Sources, period: Period, segment: str) -> list[Change]:
    known = {measure.name: measure for measure in all_measures(sources.ruleset)}
    found = measure_many(sources, known, [period, period.before], segment)
    return clearest(change(known[name], *values) for name, values in found.items() if name not in SAME)


SAME = frozenset({"bounce-rate", "conversion:opportunity", "conversion:won_deal", "conversion-value:won_deal"})
"""What others tell as well."""


def _row(one: Change, currency: str) -> tuple[Value, ...]:
    good = "" if not one.measure.better else "good" if _good(one) else "bad"
    numbers = (one.now.value, one.before.value, one.share, one.now.cases)
    return (one.sentence(currency), one.measure.name, *numbers, good)


def _good(one: Change) -> bool:
    return ((one.now.value or 0) > (one.before.value or 0)) == (one.measure.better == "up")


def _happenings(sources: Sources, period: Period) -> Iterator[tuple[datetime, str]]:
    within = (period.start, period.end)
    for published in PublishedRuleset.objects.filter(published_at__gte=within[0], published_at__lt=within[1]):
        yield published.published_at, f"{published} was published"
    for archived in PublishedRuleset.objects.filter(archived_at__gte=within[0], archived_at__lt=within[1]):
        yield archived.archived_at or within[0], f"{archived} was archived"
    for activation in RulesetActivation.objects.filter(at__gte=within[0], at__lt=within[1]).select_related("ruleset"):
        how = "rolled back to" if activation.kind == RulesetActivation.Kind.ROLLBACK else "put in force"
        yield activation.at, f"{activation.ruleset} was {how}"
    for campaign, at, people, visits in first_seen(sources.cursor, period, sources.now):
        yield at, f"The campaign {campaign} brought its first visit; until now {visits} visits of {people} people"


KIND = ReportKind("what-changed", "What changed", QUESTION, DEFINITION, compute, (SPAN, SEGMENT))
