"""How far the pipeline came, and work that takes longer than a request."""

from django.db import models


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
