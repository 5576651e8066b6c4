"""Where each lead stands: the row that lists sort and filter by, and the immutable transitions."""

from django.db import models

from leadline.accounts.models import User
from leadline.privacy.fields import SealedJSONField
from leadline.tracking.models import Account, Lead


class Standing(models.Model):
    """One row per scored lead, rewritten when its grade, stage or whole-number total changes.

    Scores are millionths of a point. `state` is what the stage machine remembers. `fit` is 1 (best) to 3, 0 without fit
    rules. What salespeople say stands here as it is now; `SalesAction` has every word of it. `forecast_*` is the next
    change by silence alone, kept for those beyond profile_development. `counted_in` is the company whose score has the
    lead in it, which may be another one than its account while a change is on its way.
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
    fit = models.PositiveSmallIntegerField(db_default=0, default=0)
    fit_points = models.BigIntegerField(db_default=0, default=0)
    owner_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="owned")
    rejected_at = models.DateTimeField(null=True)
    rejection = models.CharField(max_length=24, blank=True, db_default="", default="")
    snoozed_until = models.DateTimeField(null=True)
    override_stage = models.CharField(max_length=24, blank=True, db_default="", default="")
    override_until = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True, db_index=True)
    breached_at = models.DateTimeField(null=True)
    forecast_on = models.DateField(null=True)
    forecast = models.CharField(max_length=200, blank=True, db_default="", default="")
    forecast_made_at = models.DateTimeField(null=True)
    counted_in = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["-total", "lead"], name="standing_by_total"),
            models.Index(fields=["stage", "contacted_at"], name="standing_to_contact"),
            models.Index(fields=["grade", "-gain_week"], name="standing_rising"),
            models.Index(
                fields=["override_until"], condition=models.Q(override_until__isnull=False), name="standing_overridden"
            ),
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


class SalesAction(models.Model):
    """Append-only: what somebody from sales said about a lead, here, through the API or in the CRM.

    `reason` is the name of a rejection in the ruleset, `stage` that of an override, `until` the end of a snooze or an
    override, `note` what they wrote beside it: None for nothing.
    """

    class Kind(models.TextChoices):
        """What was said."""

        ACCEPT = "accept"
        REJECT = "reject"
        REQUALIFY = "requalify"
        SNOOZE = "snooze"
        WAKE = "wake"
        CONTACT = "contact"
        OVERRIDE = "override"
        RELEASE = "release"
        ASSIGN = "assign"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="sales_actions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=120, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="sales_actions")
    via = models.CharField(max_length=12, default="page")
    reason = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=24, blank=True)
    note = SealedJSONField(null=True)
    until = models.DateTimeField(null=True)


class QualificationEvent(models.Model):
    """Append-only, numbered: what happened to leads, for the CRM, notifications and analytics to read after the last
    number they saw.

    `kind`: stage_changed, sla_breached, assigned, unassigned, or a SalesAction's kind. `key` makes it once. What people
    wrote is not in `detail`: `words_written.in_full` takes it from the SalesAction, where it is sealed.
    """

    key = models.CharField(max_length=120, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="qualification_events")
    kind = models.CharField(max_length=24, db_index=True)
    at = models.DateTimeField(db_index=True)
    detail = models.JSONField(default=dict)


class Seller(models.Model):
    """Somebody who can own leads. `capacity` is how many open ones at most (None: any number)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="seller")
    capacity = models.PositiveIntegerField(null=True)
    available = models.BooleanField(default=True)
    last_assigned_at = models.DateTimeField(null=True)


class Territory(models.Model):
    """Countries and who sells there; the first by position that has a lead's country counts, one without countries
    has them all."""

    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    countries = models.JSONField(default=list)
    sellers = models.ManyToManyField(Seller, related_name="territories")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class AccountStanding(models.Model):
    """The score of a company, from its people. Millionths of a point."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    total = models.BigIntegerField()
    grade = models.CharField(max_length=2)
    people = models.PositiveIntegerField()
    qualified = models.PositiveIntegerField(default=0)
    best = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, related_name="+")
    ruleset = models.PositiveIntegerField()
    scored_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-total", "account"], name="account_by_total")]
