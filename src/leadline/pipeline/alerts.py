"""Alerts at work: what became due is measured and judged, and what fired is kept. Measured as everywhere else."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from leadline.analytics.alert_words import sentence
from leadline.analytics.alerting import (
    COMPARED,
    AlertRule,
    Comparison,
    Judgement,
    Point,
    due_buckets,
    judge,
    ready_at,
)
from leadline.analytics.metrics import Measure
from leadline.analytics.models import Alert, AlertFiring
from leadline.analytics.periods import DAY, Grain, Period, begin_bucket, local_today, next_bucket
from leadline.kernel.log_lines import told
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import bring_up_to_date
from leadline.pipeline.reports.measuring import known_measure, measure
from leadline.pipeline.reports.sources import Sources

logger = logging.getLogger(__name__)


def rule_of(alert: Alert, about: Measure) -> AlertRule:
    """The rule of an alert."""
    return AlertRule(
        Comparison(alert.rule),
        about.kind,
        Grain(alert.grain),
        alert.side,
        alert.value,
        alert.least,
        alert.quiet_hours,
    )


def due_of(alert: Alert, now: datetime) -> list[Period]:
    """The buckets that are to be judged, the oldest first."""
    return due_buckets(Grain(alert.grain), settings.REPORTING_ZONE, alert.checked_at, now, alert.metric)


def is_due(now: datetime) -> bool:
    """Whether any alert has something to judge. One small query."""
    return any(due_of(alert, now) for alert in Alert.objects.filter(enabled=True))


def check(engine: Engine, now: datetime, only: int | None = None) -> list[AlertFiring]:
    """Judge what is due. Each alert by itself: one that fails does not keep the others from firing.

    Returns:
        What fired now.

    Raises:
        Exception: what the first alert that failed raised, after all others were judged.
    """
    alerts = Alert.objects.filter(enabled=True) if only is None else Alert.objects.filter(pk=only)
    fired: list[AlertFiring] = []
    failed: list[Exception] = []
    for alert in alerts.order_by("pk"):
        try:
            fired += _check_one(engine, alert, now)
        except Exception as error:  # noqa: BLE001  # raised again below
            logger.warning("Alert %s could not be checked: %s", alert.pk, told(error))
            failed.append(error)
    if failed:
        raise failed[0]
    return fired


def _check_one(engine: Engine, alert: Alert, now: datetime) -> list[AlertFiring]:
    due = due_of(alert, now)
    if not due:
        return []
    about = known_measure(engine.ruleset, alert.metric)
    rule = rule_of(alert, about)
    series = measured_series(engine, alert, buckets_before(due, rule.grain), now)
    fired = tuple(alert.firings.values_list("bucket", flat=True))
    found = [each for each in judge(rule, series, due[0].first, fired) if each.fires]
    return _kept(alert, about, rule, found, now)


@transaction.atomic
def _kept(
    alert: Alert, about: Measure, rule: AlertRule, found: Iterable[Judgement], now: datetime
) -> list[AlertFiring]:
    """Firings and the mark together, so that a bucket is never judged twice and never left out."""
    rows = [_firing(alert, about, rule, each, now) for each in found]
    made = []
    for row in rows:
        values = {"at": row.at, "value": row.value, "expected": row.expected, "sentence": row.sentence}
        kept, new = AlertFiring.objects.get_or_create(alert=alert, bucket=row.bucket, defaults=values)
        made += [kept] if new else []
    Alert.objects.filter(pk=alert.pk).update(checked_at=now)
    return made


def _firing(alert: Alert, about: Measure, rule: AlertRule, found: Judgement, now: datetime) -> AlertFiring:
    words = sentence(about, rule, found, settings.CURRENCY)
    bucket, value = found.point.bucket.first, found.point.value or 0.0
    return AlertFiring(alert=alert, bucket=bucket, at=now, value=value, expected=found.expected, sentence=words)


def buckets_before(due: Sequence[Period], grain: Grain) -> list[Period]:
    """The buckets due, and those before them that they are compared with."""
    buckets, first = list(due), due[0].first
    for _ in range(COMPARED[grain]):
        last = Period(first, first).before.last
        first = begin_bucket(last, grain)
        buckets.insert(0, Period(first, last, due[0].zone))
    return buckets


def measured_series(engine: Engine, alert: Alert, buckets: Sequence[Period], now: datetime) -> list[Point]:
    """An alert's metric over buckets."""
    bring_up_to_date(engine)
    with engine.store.cursor() as cursor:
        sources = Sources(cursor, engine.ruleset, now, settings.CURRENCY, settings.REPORTING_ZONE)
        found = measure(sources, alert.metric, buckets, alert.segment)
    return [Point(bucket, each.value, each.cases) for bucket, each in zip(buckets, found, strict=True)]


def next_check(alert: Alert, now: datetime) -> datetime | None:
    """When the bucket that runs now will be judged; None of an alert that is off."""
    if not alert.enabled:
        return None
    zone, grain = settings.REPORTING_ZONE, Grain(alert.grain)
    first = begin_bucket(local_today(now, zone), grain)
    return ready_at(Period(first, next_bucket(first, grain) - DAY, zone), alert.metric)
