"""How far the pipeline came, work that takes longer than a request, and deals as a CRM last told of them."""

from django.db import models

from leadline.crm.models import Connection
from leadline.privacy.fields import SealedJSONField
from leadline.tracking.models import Lead


class PipelineMark(models.Model):
    """One row. `load_seq`: the last load whose cells, scores and stages are done. `evaluated_to`: the last UTC
    midnight at which every lead was evaluated."""

    load_seq = models.PositiveBigIntegerField(default=0)
    edge_id = models.PositiveBigIntegerField(default=0)
    ruleset = models.PositiveIntegerField(default=0)
    evaluated_to = models.DateTimeField(null=True)


class Job(models.Model):
    """A long piece of work and how far it is; its result is kept.

    `state` is waiting, running, cancelling, cancelled, done or failed. One that was running when its process died waits
    again.
    """

    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting", db_index=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)


class ImportProgress(models.Model):
    """How many lines of a file are in the spool, so that an import that was stopped goes on where it was."""

    digest = models.CharField(max_length=64, unique=True)
    lines = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)


class ReportedDeal(models.Model):
    """A deal of a CRM as it was last told as events: what comes next is the difference from it.

    `state` is open, won or lost. `told` counts how often something of it was told, `told_at` is the moment that the
    last event carries: later ones come after it, whatever the CRM's clock says.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deals")
    remote_id = models.CharField(max_length=120)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="reported_deals")
    state = models.CharField(max_length=8)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    lost_reason = SealedJSONField(null=True)
    opened_at = models.DateTimeField()
    told_at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="reported_deal_once")]
