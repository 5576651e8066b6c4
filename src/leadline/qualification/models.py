"""Where each lead stands: the row that lists sort and filter by, and the immutable transitions."""

from django.db import models

from leadline.tracking.models import Lead


class Standing(models.Model):
    """One row per scored lead, rewritten when its grade, stage or whole-number total changes.

    Scores are millionths of a point. `state` is what the stage machine remembers.
    """

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    stage = models.CharField(max_length=24)
    stage_since = models.DateTimeField()
    state = models.JSONField()
    total = models.BigIntegerField()
    engagement = models.BigIntegerField()
    readiness = models.BigIntegerField()
    conversion = models.BigIntegerField()
    grade = models.CharField(max_length=2)
    gain_week = models.BigIntegerField(default=0)
    ruleset = models.PositiveIntegerField()
    scored_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    reason_at = models.DateTimeField(null=True)
    trigger_at = models.DateTimeField(null=True, db_index=True)
    seats = models.PositiveIntegerField(null=True)
    monthly_value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    contacted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-total", "lead"], name="standing_by_total"),
            models.Index(fields=["stage", "contacted_at"], name="standing_to_contact"),
            models.Index(fields=["grade", "-gain_week"], name="standing_rising"),
        ]


class Transition(models.Model):
    """A stage that was entered, when and why. Never changed; evaluated again it is the same row."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="transitions")
    from_stage = models.CharField(max_length=24)
    to_stage = models.CharField(max_length=24)
    at = models.DateTimeField(db_index=True)
    reasons = models.JSONField()
    total = models.BigIntegerField()
    ruleset = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "at"], name="one_transition_at_a_time")]
