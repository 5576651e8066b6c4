"""What the CRM stage keeps: connections, what each was last told and last said of a lead, runs, conversions told."""

from django.db import models

from leadline.privacy.fields import SealedJSONField
from leadline.tracking.models import Conversion, Lead


class Connection(models.Model):
    """One CRM that leads go to.

    `secrets` are sealed and never shown again. `mapping` is the YAML document (crm/mapping.py). `cursor` is the
    connector's own, of what changed there; `swept` is the last link whose record was read to see that it still stands.
    `failures` in a row open the circuit until `closed_until`; `stopped` says why a person must act first (a refused
    key, a missing field). `lease` is of the run at work: one at a time.
    """

    name = models.SlugField(unique=True)
    kind = models.CharField(max_length=24)
    settings = models.JSONField(default=dict)
    secrets = SealedJSONField(null=True, mask=None)
    mapping = models.TextField()
    mapping_version = models.PositiveIntegerField(default=1)
    enabled = models.BooleanField(default=True)
    every_seconds = models.PositiveIntegerField(default=60)
    cursor = models.TextField(blank=True)
    swept = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=500, blank=True)
    trouble = models.CharField(max_length=500, blank=True)
    last_run_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def for_advertising(self) -> bool:
        """Whether what goes there is sold, shared or used for advertising (`connector.ADVERTISING`)."""
        return bool(self.settings.get("advertising") == "yes")


class Link(models.Model):
    """A lead and its record in one CRM.

    `stamp` is of the local rows when the lead was last looked at: while it is the same, nothing is computed.
    `sent` is {remote field: value} as last sent, `seen` as last seen there; hashes compare without opening them: the
    first half of `seen_hash` is of the fields, the second of status, owner and deals.
    `parked` is a failure that trying again can't mend, until somebody retries or what would be sent changes.
    `tombstone`: deleted, merged (into `remote_id`'s record by somebody else), or left out; never sent to again unless
    somebody asks.
    """

    class Tombstone(models.TextChoices):
        """Why a lead is not sent any more."""

        NONE = "", "Sent"
        DELETED = "deleted", "Deleted in the CRM"
        MERGED = "merged", "Merged in the CRM with another lead's record"
        MERGED_HERE = "merged_here", "Merged here into another lead"
        ERASED = "erased", "The person was erased here"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="links")
    external_id = models.CharField(max_length=64)
    remote_id = models.CharField(max_length=120, blank=True)
    remote_type = models.CharField(max_length=60, blank=True)
    stamp = models.BigIntegerField(default=0)
    sent = SealedJSONField(null=True)
    sent_hash = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(null=True)
    seen = SealedJSONField(null=True)
    seen_hash = models.CharField(max_length=32, blank=True)
    seen_at = models.DateTimeField(null=True)
    remote_changed_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=80, blank=True)
    owner = models.CharField(max_length=254, blank=True)
    tombstone = models.CharField(max_length=12, choices=Tombstone.choices, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    parked = models.BooleanField(default=False)
    error_code = models.CharField(max_length=80, blank=True)
    error = SealedJSONField(null=True)
    failed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "lead"], name="link_once"),
            models.UniqueConstraint(fields=["connection", "external_id"], name="link_external_id_once"),
            models.UniqueConstraint(
                fields=["connection", "remote_type", "remote_id"],
                condition=~models.Q(remote_id="") & models.Q(tombstone=""),
                name="link_remote_once",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "next_attempt_at"], name="link_due"),
            models.Index(fields=["connection", "parked"], condition=models.Q(parked=True), name="link_parked"),
        ]


class SyncRun(models.Model):
    """One run of a connection. `counts`: looked_at, created, updated, unchanged, later, refused, gone, moved, pulled,
    echoes, applied, events."""

    class Kind(models.TextChoices):
        """What it was for."""

        SYNC = "sync", "Sync"
        BACKFILL = "backfill", "Backfill"
        RETRY = "retry", "Retry"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SYNC)
    started_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="running")
    counts = models.JSONField(default=dict)
    message = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=120, blank=True)


class ToldConversion(models.Model):
    """A conversion that one CRM is told of, exactly once by `key`."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="told")
    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="told")
    key = models.UUIDField(unique=True)
    told_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    parked = models.BooleanField(default=False)
    error_code = models.CharField(max_length=80, blank=True)
    error = SealedJSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "conversion"], name="told_once")]


class SandboxRecord(models.Model):
    """A record of the sandbox CRM: what stands in the sales team's system, for demonstrations and trials."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sandbox_records")
    external_id = models.CharField(max_length=64)
    values = SealedJSONField()
    status = models.CharField(max_length=24, default="New")
    owner = models.CharField(max_length=254, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    lost_reason = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(db_index=True)
    deleted_at = models.DateTimeField(null=True)
    events = SealedJSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="sandbox_once")]
