"""What privacy owns in the record store: requests of persons, whom they had erased, and how long things are kept."""

from django.db import models

from leadline.privacy.fields import SealedJSONField


class SubjectRequest(models.Model):
    """What somebody asked under GDPR or CCPA, and what became of it.

    `asked` is who asks and what for: {email, name, text, changes}. `status_digest` is of the secret in the address of
    their status page. `lead` is whom it was matched with. `steps` tells what was done, by whom and when, without
    personal data; it and `proof` outlive an erasure, which empties `asked`.
    """

    class Kind(models.TextChoices):
        """What is asked."""

        ACCESS = "access", "Access: what do you hold about me"
        PORTABILITY = "portability", "Portability: my data for another service"
        RECTIFICATION = "rectification", "Rectification: correct it"
        ERASURE = "erasure", "Erasure: delete it"
        RESTRICTION = "restriction", "Restriction: keep it, don't use it"
        OBJECTION = "objection", "Objection: don't score me"
        OPT_OUT = "opt_out", "Opt out of sale and sharing"

    class State(models.TextChoices):
        """How far it came."""

        RECEIVED = "received", "Waits for the identity check"
        VERIFIED = "verified", "Identity checked"
        WORKING = "working", "Being carried out"
        READY = "ready", "To hand over"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED, db_index=True)
    asked = SealedJSONField(null=True)
    status_digest = models.CharField(max_length=64, unique=True)
    lead = models.BigIntegerField(null=True, db_index=True)
    received_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField(db_index=True)
    verified_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    proof = models.JSONField(default=dict)


class ErasedName(models.Model):
    """The erasure ledger: the keyed digest of a name that was erased. Whoever comes back under it through an import, a
    CRM or a restored backup is let go again; what a person sends by themselves later is theirs to send.

    `kind` and `digest` are those of `tracking.Identity`.
    """

    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(db_index=True)
    request = models.ForeignKey(SubjectRequest, on_delete=models.SET_NULL, null=True, related_name="names")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="erased_name_once")]


class Erasure(models.Model):
    """A person's erasure from its first step to its proof. One that a crash, an outage or a failure ended goes on after
    `step`, the last one that is done.

    `whom` is who they were and what is left to do about them, sealed; it is emptied at the end. `proof` is what was
    erased, by kind, how much is left, and what became of their records elsewhere: numbers only.
    """

    class CRM(models.TextChoices):
        """What becomes of their records in CRM systems."""

        DELETE = "delete", "Deleted"
        ANONYMISE = "anonymise", "Kept without what tells who it is"
        KEEP = "keep", "Left as they are"

    lead = models.BigIntegerField(null=True, db_index=True)
    whom = SealedJSONField(null=True)
    crm = models.CharField(max_length=10, choices=CRM.choices, default=CRM.DELETE)
    request = models.ForeignKey(SubjectRequest, on_delete=models.SET_NULL, null=True, related_name="erasures")
    step = models.CharField(max_length=12, blank=True)
    proof = models.JSONField(default=dict)
    trouble = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, db_index=True)


class RetentionPeriod(models.Model):
    """How long something is kept, where it is not the rule's own period (`retention_rules.RULES`).

    `source` is the number of an event source, None for everything that has no row of its own. `days` None: for ever.
    """

    rule = models.CharField(max_length=16)
    source = models.BigIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "source"], name="period_once"),
            models.UniqueConstraint(fields=["rule"], condition=models.Q(source=None), name="period_of_all_once"),
        ]


class RetentionRun(models.Model):
    """One time that what was held for too long was taken away. Numbers only.

    `night` makes a night's run the only one, over processes and restarts. `taken` is how many of which rule and source:
    [{rule, source, count, oldest}]; `rows` how many rows of which kind of data. `work` is the batch at hand, by number,
    until it is gone from both stores: a run that died goes on with it. `copy_due` and `sweep_due`: bytes of what went
    are still in the files of the event store, of the record store.
    """

    class State(models.TextChoices):
        """How far it came. ANNOUNCED took nothing: so that an installation's first night can be looked at before."""

        ANNOUNCED = "announced", "Begins the next night"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        STOPPED = "stopped", "Ended by a later run, which went on with it"

    night = models.DateField(null=True, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING, db_index=True)
    by = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True)
    taken = models.JSONField(default=list)
    rows = models.JSONField(default=dict)
    work = models.JSONField(null=True)
    batches = models.PositiveIntegerField(default=0)
    copy_due = models.BooleanField(default=False)
    sweep_due = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)
