"""What notifications keep: where messages go, which rules ask for them, and what became of each."""

from django.db import models

from leadline.accounts.models import User
from leadline.privacy.fields import SealedJSONField
from leadline.tracking.models import Lead


class Channel(models.Model):
    """Where messages go: an Apprise or e-mail address, sealed and never shown again (`shown` is what may be).

    `digest_hours`: the local hours at which what a digest gathers is sent ([] : each message at once, unless its rule
    says digest). Between `quiet_from` and `quiet_until` (hours of `zone`) nothing is sent but waits.
    `advertising`: what goes there is sold, shared or used for advertising: nobody is told of there who refused that.
    `private_allowed`: an administrator made it, so it may lead into the private network. After `failures` in a row
    nothing is tried before `closed_until`; `trouble` says why.
    """

    name = models.CharField(max_length=80, unique=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="channels")
    address = SealedJSONField(mask=None)
    service = models.CharField(max_length=40)
    shown = models.CharField(max_length=120, blank=True)
    digest_hours = models.JSONField(default=list)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_until = models.PositiveSmallIntegerField(null=True)
    zone = models.CharField(max_length=64, default="UTC")
    enabled = models.BooleanField(default=True)
    private_allowed = models.BooleanField(default=False)
    advertising = models.BooleanField(default=False, db_default=False)
    trouble = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """What to tell whom. `conditions` narrow `trigger` down (`rules.Conditions`).

    It goes to `channels`, to the channels of `followers`, and with `to_owner` to those of the lead's owner. One of a
    `person` is theirs alone: it goes to their channels, about leads that they own. The same about the same lead is told
    once in `quiet_hours`. `since` is how far it has looked: the number of an event of the qualification feed, of a
    firing, or of an evaluation; `watched_at` is when.
    """

    class Trigger(models.TextChoices):
        """What happens."""

        STAGE = "stage", "A lead enters a stage"
        JUMP = "jump", "A score rises quickly"
        DROP = "drop", "A score falls quickly"
        BREACH = "breach", "A first contact is late"
        ASSIGNED = "assigned", "A lead is given to somebody"
        SYNC = "sync", "A CRM connection is in trouble"
        ALERT = "alert", "An alert on a metric fires"

    name = models.CharField(max_length=120)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    conditions = models.JSONField(default=dict)
    channels = models.ManyToManyField(Channel, related_name="rules", blank=True)
    followers = models.ManyToManyField(User, related_name="followed_rules", blank=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="own_rules")
    to_owner = models.BooleanField(default=False)
    digest = models.BooleanField(default=False)
    template = models.TextField(blank=True)
    quiet_hours = models.PositiveIntegerField(default=24)
    enabled = models.BooleanField(default=True)
    since = models.BigIntegerField(default=0)
    watched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """One thing to tell one channel, once by `key`. `due_at` is when it may go (digest, quiet hours, next attempt).

    `matter` is what it is about beside its lead: the same matter is told once in the rule's quiet hours. `at` is when
    it happened. What is sent together has one `parcel`, which names the message to whoever receives it; sent again
    after a crash it has the same one.
    """

    class State(models.TextChoices):
        """What became of it."""

        DUE = "due", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        UNSURE = "unsure", "May have arrived"
        SKIPPED = "skipped", "Not sent"

    key = models.CharField(max_length=160, unique=True)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, null=True, related_name="notices")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="notices")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="notices")
    matter = models.CharField(max_length=80, blank=True)
    subject = SealedJSONField()
    body = SealedJSONField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    digest = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    parcel = models.CharField(max_length=40, blank=True, db_index=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    resends = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="notice_due"),
            models.Index(fields=["rule", "matter", "at"], name="notice_told"),
        ]
