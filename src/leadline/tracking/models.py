"""What tracking owns in the record store: sources, leads, accounts, identities, profiles, conversions, quarantine.

Everything personal is sealed. Values that must be found again have a keyed digest.
"""

from typing import Any

from django.db import models

from leadline.privacy.fields import MaskedWriteError, SealedJSONField
from leadline.privacy.sight import EVERYTHING, MASK, masked_card, sight


class EventSource(models.Model):
    """Where events come from; owns write keys.

    `origins` are the web origins that may send with its keys (empty: any); `rate_limit` is requests per second and
    collector process (None: none). Events of a `test` source reach the debugger and are never stored. `suppressed` is
    how many messages were left out since the people they name were erased: a total, which tells nobody and no time.
    """

    class Mode(models.TextChoices):
        """What happens to an event that breaks the tracking plan."""

        ALLOW = "allow", "Allow: nothing is checked"
        WARN = "warn", "Warn: stored, and counted as a violation"
        BLOCK = "block", "Block: to quarantine, and counted as a violation"

    name = models.SlugField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.BLOCK)
    test = models.BooleanField(default=False)
    origins = models.JSONField(default=list)
    rate_limit = models.PositiveIntegerField(null=True)
    suppressed = models.PositiveBigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name


class WriteKey(models.Model):
    """What a client shows to be let in; only its hash is kept."""

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)


class SourceHour(models.Model):
    """What came from a source in one hour of arrival (UTC), duplicates included."""

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField(db_index=True)
    received = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    violations = models.PositiveIntegerField(default=0)
    noise = models.PositiveIntegerField(default=0)
    last_received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="source_hour_once")]


class ViolationTally(models.Model):
    """How often an event of a source broke the tracking plan in one way, by UTC day of arrival.

    `kind` is a `tracking.plan` violation kind; `example` is the last such message, whole and sealed.
    """

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="violations")
    day = models.DateField(db_index=True)
    event = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    property = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=300)
    example = SealedJSONField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "event", "kind", "property"], name="violation_tally_once")
        ]


class TakenSegment(models.Model):
    """A segment whose records are written and whose file is not yet gone: taken again, it is not counted again."""

    name = models.CharField(max_length=80, primary_key=True)


class InternalRule(models.Model):
    """What marks our own people's traffic, which is kept and never scored."""

    class Kind(models.TextChoices):
        """What `value` is compared with."""

        NETWORK = "network", "Network (IP address or CIDR)"
        HOST = "host", "Host of the page"
        EMAIL_DOMAIN = "email_domain", "E-mail domain of the person"
        USER_AGENT = "user_agent", "Part of the user agent"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="internal_rule_once")]


class Account(models.Model):
    """A company. Found by its group id's digest, by its name when no id was sent, or by its people's e-mail domain.

    `stamps` is when each fact was said: {field: [occurred_micros, message_hash]}; a later one stays. Of a sole trader's
    (`sole_traders.py`) whoever may not see people reads neither name nor domain.
    """

    digest = models.BinaryField(max_length=16, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    domain = models.CharField(max_length=200, blank=True, db_index=True)
    employees = models.PositiveIntegerField(null=True)
    industry = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=80, blank=True)
    stamps = models.JSONField(default=dict)
    sole_trader = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *row: Any, **options: Any) -> "Account":
        """A row as it is read; masked here, so that no page has to think of it."""
        found = super().from_db(*row, **options)
        if sight() != EVERYTHING and found.sole_trader and found._is_anothers():
            found.name, found.domain = MASK, ""
        return found

    def _is_anothers(self) -> bool:
        """Whether it is a person whom whoever asks does not see."""
        owner = sight().owner
        return not sight().people or (owner is not None and not self.leads.filter(standing__owner_user=owner).exists())

    def save(self, *args: Any, **options: Any) -> None:
        """Write it.

        Raises:
            MaskedWriteError: whoever writes sees a mask in its place.
        """
        if self.sole_trader and sight() != EVERYTHING:
            raise MaskedWriteError("This company is a person, who is masked for you, so it can't be changed.")
        super().save(*args, **options)


class Lead(models.Model):
    """One person. Pages say visitor while anonymous, lead once known.

    `card` is what lists show, merged from the profiles of all identities: name, email, phone, title, user_id.
    An `internal` lead is one of our own people, a `bot` was never anything else: neither is scored, nor is who refused
    profiling. What is allowed is what counts of all `ConsentTimes` of its identities; nothing said allows.
    """

    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="leads")
    known = models.BooleanField(default=False, db_index=True)
    reachable = models.BooleanField(default=False)
    profiling_allowed = models.BooleanField(default=True)
    marketing_allowed = models.BooleanField(default=True, db_default=True)
    sharing_allowed = models.BooleanField(default=True, db_default=True)
    internal = models.BooleanField(default=False)
    bot = models.BooleanField(default=False)
    card = SealedJSONField(null=True, mask=masked_card)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)


class NameWord(models.Model):
    """A lead is found by a word of its names, or by a beginning of one: 64 bits of a keyed digest (`name_index.py`)."""

    digest = models.BigIntegerField()
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="name_words")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "lead"], name="name_word_once")]


class Identity(models.Model):
    """(kind, keyed digest of the value) -> surrogate number (its primary key) -> lead.

    `home` is the lead that was made with it, where an unmerge brings it back; an e-mail address has none of its own.
    `noise` is "bot" or "internal" while all its events were; one that counts empties it for good.
    """

    class Kind(models.TextChoices):
        """What sort of name it is, the strongest first."""

        USER_ID = "user_id"
        EMAIL = "email"
        ANONYMOUS_ID = "anonymous_id"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    digest = models.BinaryField(max_length=16)
    value = SealedJSONField()
    home = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="home_of", null=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="identities", null=True)
    first_seen_at = models.DateTimeField()
    noise = models.CharField(max_length=8, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="identity_once")]


class IdentityClaim(models.Model):
    """Somebody said that `identity` belongs to `owner`; the earliest claim that is not revoked wins, and one made by
    hand before all others."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="claims")
    owner = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="owned_claims")
    occurred_at = models.DateTimeField()
    tie = models.BigIntegerField()
    by_hand = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "owner"], name="claim_once")]


class IdentityEdge(models.Model):
    """Append-only: from here on `identity` belonged to `lead`. Copied to the event store by number."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE)
    occurred_at = models.DateTimeField()
    cause = models.CharField(max_length=20)


class MergeWarning(models.Model):
    """A merge that was refused, and why."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE)
    owner = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "owner", "reason"], name="warning_once")]


class Profile(models.Model):
    """The traits of one identity: {name: [value, occurred_micros, message_hash]}, the latest of each.

    `account_basis` says what the membership was learnt from: group (a group id), company (a trait), email_domain.
    """

    identity = models.OneToOneField(Identity, on_delete=models.CASCADE, primary_key=True)
    traits = SealedJSONField()
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True)
    account_micros = models.BigIntegerField(default=0)
    account_basis = models.CharField(max_length=12, default="")


class ConsentTimes(models.Model):
    """When consent for a purpose was last given and last refused under one identity, by signals and by hand.

    Only ever later: whatever the order of messages, the same times (`tracking.consent.Times`).
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="consent_times")
    purpose = models.CharField(max_length=12)
    given_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    given_by_hand_at = models.DateTimeField(null=True)
    refused_by_hand_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "purpose"], name="consent_times_once")]


class ConsentStatement(models.Model):
    """Append-only, the proof: consent for a purpose was given or refused, when, how, where and to which text.

    A signal that says what was said before, under the same version of the text, makes no row. `key` names the message.
    `said_at` is when the person said it, `received_at` when we were told. By hand: `by` says who wrote it down, and
    `because` what they gave as the reason.
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12)
    given = models.BooleanField()
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.ForeignKey(EventSource, on_delete=models.SET_NULL, null=True)
    how = models.CharField(max_length=8)
    version = models.CharField(max_length=80, blank=True)
    path = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=120, blank=True)
    because = SealedJSONField(null=True)
    key = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "purpose", "key"], name="consent_statement_once")]


class Conversion(models.Model):
    """One conversion, once per key, in whatever order its events arrive.

    Its earliest event says when and whose it is, and `facts`; the latest with an amount (`priced_at`) says the amount.
    `said_at` is its latest event and `unmade_at` the latest that cancels it: the later of the two counts, and
    `cancelled_at` is None while it stands.
    """

    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=16)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="conversions", null=True)
    occurred_at = models.DateTimeField(null=True, db_index=True)
    cancelled_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)
    unmade_at = models.DateTimeField(null=True)
    priced_at = models.DateTimeField(null=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "digest"], name="conversion_once")]


class QuarantinedMessage(models.Model):
    """A message that was acknowledged but could not become an event. Kept whole and sealed, to be repaired.

    `headers` are its request's, as the spool record has them; `repair` holds the steps it was last replayed with.
    """

    segment = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, null=True)
    received_at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=40, db_index=True)
    reason = models.CharField(max_length=300)
    name = models.CharField(max_length=120, blank=True)
    body = SealedJSONField()
    headers = SealedJSONField(null=True)
    replayed_at = models.DateTimeField(null=True, db_index=True)
    repair = SealedJSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "position"], name="quarantined_once")]
