"""What analytics keeps: boards, views, alerts, scheduled reports, annotations, share links; channels and money."""

from urllib.parse import parse_qsl, urlencode

from django.db import models

from leadline.accounts.models import User
from leadline.privacy.fields import SealedJSONField

SEARCH = "q"
"""The parameter of a list that is searched for."""


class Board(models.Model):
    """Reports that somebody put side by side. One that is not shared is seen by its owner alone."""

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="boards")
    shared = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Pin(models.Model):
    """A report on a board: its kind and what it is asked."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="pins")
    position = models.PositiveIntegerField(default=0)
    report = models.CharField(max_length=60)
    wanted = models.JSONField(default=dict)
    title = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["position", "pk"]


def without_search(query: str) -> str:
    """A list's query as those read it who may not see who people are: without the words that were searched for."""
    kept = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name != SEARCH]
    return f"?{urlencode(kept)}" if kept else ""


class SavedView(models.Model):
    """A list's filters and columns under a name: the query of its address. Sealed, since it may search for somebody."""

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="saved_views")
    shared = models.BooleanField(default=False)
    page = models.CharField(max_length=24, default="leads")
    query = SealedJSONField(null=True, mask=without_search)
    created_at = models.DateTimeField(auto_now_add=True)


class Alert(models.Model):
    """What to tell somebody about a metric.

    `rule`: threshold (value), change and weekday (share against the period before, or the day a week before), anomaly
    (share of days that may fire). `side`: above, below or both. A bucket with fewer than `least` cases, or within
    `quiet_hours` of the last that fired, fires nothing; `analytics/alerting.py` has the rules.
    """

    class Rule(models.TextChoices):
        """What a value is compared with."""

        THRESHOLD = "threshold", "A fixed value"
        CHANGE = "change", "The period before"
        WEEKDAY = "weekday", "The same weekday a week before"
        ANOMALY = "anomaly", "What is usual on such a day"

    name = models.CharField(max_length=120)
    metric = models.CharField(max_length=80)
    segment = models.CharField(max_length=400, blank=True)
    grain = models.CharField(max_length=8, default="day")
    rule = models.CharField(max_length=12, choices=Rule.choices)
    side = models.CharField(max_length=8, default="both")
    value = models.FloatField(default=0)
    least = models.PositiveIntegerField(default=0)
    quiet_hours = models.PositiveIntegerField(default=24)
    recipients = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class AlertFiring(models.Model):
    """An alert fired for a bucket, once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="firings")
    bucket = models.DateField()
    at = models.DateTimeField(db_index=True)
    value = models.FloatField()
    expected = models.FloatField(null=True)
    sentence = models.CharField(max_length=300)
    mailed_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_tried_at = models.DateTimeField(null=True)
    mail_trouble = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "bucket"], name="alert_fires_once")]


class ScheduledReport(models.Model):
    """A board that is mailed as PDF: weekly on `weekday` (0 Monday) or daily (None), at `hour` in `zone`."""

    name = models.CharField(max_length=120)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="schedules")
    weekday = models.PositiveSmallIntegerField(null=True)
    hour = models.PositiveSmallIntegerField(default=8)
    zone = models.CharField(max_length=64, default="UTC")
    recipients = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ReportRun(models.Model):
    """One sending of a scheduled report, once per due time. `state`: due, sent, failed, skipped."""

    schedule = models.ForeignKey(ScheduledReport, on_delete=models.CASCADE, related_name="runs")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="due")
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="report_runs_once")]


class Annotation(models.Model):
    """What happened on a day, shown on every chart over time."""

    day = models.DateField(db_index=True)
    text = models.CharField(max_length=160)
    by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class ShareLink(models.Model):
    """Lets whoever has the address see a board, or one report, until it expires; only the token's hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, null=True, related_name="share_links")
    report = models.CharField(max_length=60, blank=True)
    wanted = models.JSONField(default=dict)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class ChannelRule(models.Model):
    """Visits that meet every condition came by this channel; the first rule that fits counts. Without any rows the
    bundled rules hold. `conditions`: [{"field": "medium", "is": ["cpc", "ppc"]}, ...]."""

    position = models.PositiveIntegerField()
    channel = models.CharField(max_length=60)
    conditions = models.JSONField(default=list)

    class Meta:
        ordering = ["position", "pk"]


class Spend(models.Model):
    """What a channel, or one campaign of it, cost on a day."""

    day = models.DateField(db_index=True)
    channel = models.CharField(max_length=60)
    campaign = models.CharField(max_length=160, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "channel", "campaign", "currency"], name="spend_once")]


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in the reporting currency, from a day on."""

    currency = models.CharField(max_length=3)
    from_day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "from_day"], name="rate_once")]
