"""What an alert would have done: its rule run over the past, as a report with the series drawn."""

from datetime import datetime

from django.conf import settings

from leadline.analytics.alert_words import often_words, rule_words, sentence
from leadline.analytics.alerting import PREVIEWED, AlertRule, Judgement, Why, complete_buckets, judge
from leadline.analytics.metrics import Measure
from leadline.analytics.models import Alert
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, ValueKind
from leadline.pipeline.alerts import buckets_before, measured_series, rule_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.measuring import known_measure

WHY = {
    Why.FIRES: "fires",
    Why.USUAL: "",
    Why.QUIET: "silent after a firing",
    Why.FEW: "too few cases",
    Why.UNKNOWN: "can't be judged",
}


def preview(engine: Engine, alert: Alert, now: datetime) -> Report:
    """The rule over the last 180 days, 52 weeks or 24 months; the alert need not be saved.

    Returns:
        Figures `fired` and `judged`; tables `firings` and `series`; one chart over time.

    Raises:
        NotFoundError: there is no such metric.
    """
    about = known_measure(engine.ruleset, alert.metric)
    rule = rule_of(alert, about)
    buckets = complete_buckets(rule.grain, settings.REPORTING_ZONE, now, PREVIEWED[rule.grain], alert.metric)
    series = measured_series(engine, alert, buckets_before(buckets, rule.grain), now)
    return _report(alert, about, rule, judge(rule, series, buckets[0].first), now)


def _report(alert: Alert, about: Measure, rule: AlertRule, found: list[Judgement], now: datetime) -> Report:
    fired = [each for each in found if each.fires]
    judged = [each for each in found if each.why is not Why.UNKNOWN]
    figures = (
        Figure("fired", "Would have fired", len(fired), ValueKind.COUNT, better=""),
        Figure("judged", f"{rule.grain.capitalize()}s judged", len(judged), ValueKind.COUNT, better=""),
    )
    wanted = {"metric": alert.metric, "rule": alert.rule, "segment": alert.segment, "zone": settings.REPORTING_ZONE}
    return Report(
        "alert-preview",
        often_words(len(fired), len(judged), rule.grain),
        f"{about.label}: {about.definition} It fires for {rule_words(rule, about, settings.CURRENCY)}.",
        wanted,
        now,
        figures,
        (_series(about, found), _firings(about, rule, fired)),
        (ChartWish("lines", "series", "day", _drawn(rule, found), title=about.label),),
        currency=settings.CURRENCY,
    )


def _drawn(rule: AlertRule, found: list[Judgement]) -> tuple[str, ...]:
    """The value, and the ends of what would not have fired on the sides that are watched."""
    ends = {"above": ("high",), "below": ("low",), "both": ("low", "high")}[rule.side]
    known = any(each.low is not None for each in found)
    return ("value", *ends) if known else ("value",)


def _series(about: Measure, found: list[Judgement]) -> Table:
    kind = about.kind
    columns = (
        Column("day", "Begins", ValueKind.DAY),
        Column("value", about.label, kind),
        Column("low", "Fires below", kind),
        Column("high", "Fires above", kind),
        Column("cases", about.cases.capitalize(), ValueKind.COUNT),
        Column("outcome", "Outcome"),
    )
    rows = tuple(
        (each.point.bucket.first, each.point.value, each.low, each.high, each.point.cases, WHY[each.why])
        for each in found
    )
    return Table("series", about.label, columns, rows)


def _firings(about: Measure, rule: AlertRule, fired: list[Judgement]) -> Table:
    columns = (Column("day", "Day", ValueKind.DAY), Column("sentence", "What it would have said"))
    rows = tuple((each.point.bucket.first, sentence(about, rule, each, settings.CURRENCY)) for each in fired[::-1])
    return Table("firings", "When it would have fired", columns, rows)
