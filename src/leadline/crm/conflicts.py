"""Which of a lead's fields are written into the CRM, and why the others are not. Pure.

Three values of each field: what we want there, what we last sent, what was last seen there. What was seen is held
against us once the record changed there later than we sent: until then it is older than our own, or what the CRM made
of it (rounded, formatted), which must not be written again for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leadline.crm.hashing import Plain, is_empty, plain, plain_value
from leadline.crm.mapping_terms import FieldRule, Owner, SyncMapping
from leadline.crm.records import Value

OWN_ECHO = timedelta(minutes=1)
"""A change there so soon after we sent is taken for our own."""


class Reason(StrEnum):
    """Why a field is written, or is not."""

    NEW = "new"  # never written, and nothing stands there
    CHANGED = "changed"  # what is known here changed
    PUT_BACK = "put_back"  # ours, and somebody changed it there
    NEWEST_HERE = "newest_here"  # both changed, here later
    UNCHANGED = "unchanged"  # it stands there as it should
    AS_SENT = "as_sent"  # it was sent so, and stands there as the CRM shows it
    EMPTY = "empty"  # nothing is known here, and what stands there is not what was written
    THEIRS = "theirs"  # it is theirs, and was written or stands there
    NEWEST_THERE = "newest_there"  # changed there later
    WOULD_REGRESS = "would_regress"  # it would go back in the field's order


WRITTEN = frozenset({Reason.NEW, Reason.CHANGED, Reason.PUT_BACK, Reason.NEWEST_HERE})
SETTLED = WRITTEN | {Reason.NEWEST_THERE}


@dataclass(frozen=True, slots=True)
class Both:
    """What is known of one record on both sides, before anything is written.

    Attributes:
        sent, seen: as `Link` keeps them; empty when never. A field that is not in `seen` was never asked for.
        changed_here: when what is known of the lead last changed here. changed_there: when the record did in the CRM.
        sent_at: when it was last written; None when never, or not known.
        is_linked: whether there is a record, also one of which nothing is known yet (another was merged into it).
    """

    sent: Mapping[str, Plain]
    seen: Mapping[str, Plain]
    changed_here: datetime
    changed_there: datetime | None = None
    sent_at: datetime | None = None
    is_linked: bool = False

    @property
    def is_new(self) -> bool:
        """Whether no record is known there."""
        return not self.sent and not self.seen and not self.is_linked

    @property
    def seen_is_later(self) -> bool:
        """Whether the record changed there after it was last written, by somebody else."""
        if not self.seen or self.changed_there is None:
            return not self.sent
        return self.sent_at is None or self.changed_there > self.sent_at + OWN_ECHO

    def there(self, field: str) -> Plain:
        """What stands there as far as is known; None also when it is not."""
        return self.seen[field] if field in self.seen else self.sent.get(field)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one field."""

    reason: Reason
    wanted: Value
    there: Plain

    @property
    def is_written(self) -> bool:
        """Whether it is sent."""
        return self.reason in WRITTEN

    @property
    def kept(self) -> Value:
        """What counts as sent from now on."""
        return self.there if self.reason is Reason.UNCHANGED else self.wanted

    def is_kept(self, was_sent: bool) -> bool:
        """Whether that is anything new."""
        return self.reason in SETTLED or (was_sent and self.reason in (Reason.UNCHANGED, Reason.EMPTY))


def decide(mapping: SyncMapping, wanted: Mapping[str, Value], both: Both) -> dict[str, Decision]:
    """What becomes of each field that something is wanted of, in the mapping's order."""
    return {
        field: Decision(_reason(rule, wanted[field], both), wanted[field], both.there(field))
        for field, rule in mapping.fields.items()
        if field in wanted
    }


def to_send(
    mapping: SyncMapping,
    wanted: Mapping[str, Value],
    sent: Mapping[str, Plain],
    seen: Mapping[str, Plain],
    changed_here: datetime,
    changed_there: datetime | None,
    sent_at: datetime | None = None,
    is_linked: bool = False,
) -> dict[str, Value]:
    """The fields to be written; empty when all stands as it should.

    A field of theirs is never written over what stands there; one with an order never goes back.
    """
    decisions = decide(mapping, wanted, Both(sent, seen, changed_here, changed_there, sent_at, is_linked))
    return {field: each.wanted for field, each in decisions.items() if each.is_written}


def settled(
    mapping: SyncMapping,
    wanted: Mapping[str, Value],
    sent: Mapping[str, Plain],
    seen: Mapping[str, Plain],
    changed_here: datetime,
    changed_there: datetime | None,
    sent_at: datetime | None = None,
    is_linked: bool = False,
) -> dict[str, Plain]:
    """What `sent` is once `to_send` was: with what was written; with what lost to a later value there, so that the same
    value is not held against it again; and with what came to stand there without us."""
    decisions = decide(mapping, wanted, Both(sent, seen, changed_here, changed_there, sent_at, is_linked))
    return {
        **sent,
        **{field: plain_value(each.kept) for field, each in decisions.items() if each.is_kept(field in sent)},
    }


def believed(seen: Mapping[str, Plain], written: Mapping[str, Value]) -> dict[str, Plain]:
    """What `seen` is once fields were written; nothing while nothing was ever seen."""
    return {**seen, **plain(written)} if seen else {}


def _reason(rule: FieldRule, wanted: Value, both: Both) -> Reason:
    """Why a field is written or not."""
    there, sent = both.there(rule.name), both.sent.get(rule.name)
    if rule.alike(wanted, there) and not _is_stale(rule, wanted, both):
        return Reason.EMPTY if is_empty(wanted) and is_empty(sent) else Reason.UNCHANGED
    if _says_nothing(rule, wanted, both):
        return Reason.EMPTY
    if rule.owner is Owner.THEIRS:
        return Reason.NEW if _is_free(rule.name, both) else Reason.THEIRS
    reason = _newest(rule, wanted, both) if rule.owner is Owner.NEWEST else _ours(rule, wanted, both)
    return Reason.WOULD_REGRESS if reason in WRITTEN and _regresses(rule, wanted, both) else reason


def _says_nothing(rule: FieldRule, wanted: Value, both: Both) -> bool:
    """Whether nothing is known here, and what stands there is somebody else's: a default does not displace it."""
    there, sent = both.there(rule.name), both.sent.get(rule.name)
    if is_empty(wanted):
        return is_empty(sent) or (both.seen_is_later and not rule.alike(there, sent))
    is_new = rule.name not in both.sent or both.seen_is_later
    return rule.is_default(wanted) and is_new and not is_empty(there) and not rule.alike(there, sent)


def _is_stale(rule: FieldRule, wanted: Value, both: Both) -> bool:
    """Whether what was seen is older than something else that was sent since."""
    return rule.name in both.sent and not both.seen_is_later and not rule.alike(wanted, both.sent[rule.name])


def _is_free(field: str, both: Both) -> bool:
    """Whether a field of theirs was never written and nothing stands there, as far as is known for certain."""
    if field in both.sent:
        return False
    return both.is_new or (field in both.seen and is_empty(both.seen[field]))


def _ours(rule: FieldRule, wanted: Value, both: Both) -> Reason:
    if rule.name not in both.sent:
        return Reason.NEW if is_empty(both.there(rule.name)) else Reason.CHANGED
    if not rule.alike(wanted, both.sent[rule.name]):
        return Reason.CHANGED
    return Reason.PUT_BACK if both.seen_is_later else Reason.AS_SENT


def _newest(rule: FieldRule, wanted: Value, both: Both) -> Reason:
    """What changed on one side only stands; what changed on both, as the clocks say."""
    there = both.there(rule.name)
    if rule.name not in both.sent:
        return Reason.NEW if is_empty(there) else _later(both)
    sent = both.sent[rule.name]
    if rule.alike(wanted, sent):
        return Reason.NEWEST_THERE if both.seen_is_later else Reason.AS_SENT
    return _later(both) if both.seen_is_later and not rule.alike(there, sent) else Reason.CHANGED


def _later(both: Both) -> Reason:
    here_later = both.changed_there is None or both.changed_here > both.changed_there
    return Reason.NEWEST_HERE if here_later else Reason.NEWEST_THERE


def _regresses(rule: FieldRule, wanted: Value, both: Both) -> bool:
    """Whether a field would go back behind what was sent or seen.

    A value outside the order may always be written, over one of the order as well; over one that was set there and is
    outside the order nothing is: who set it knows more.
    """
    if not rule.order:
        return False
    known = [values[rule.name] for values in (both.sent, both.seen) if not is_empty(values.get(rule.name))]
    if is_empty(wanted):
        return bool(known)
    there = both.there(rule.name)
    if not is_empty(there) and rule.rank(there) is None and not rule.alike(there, both.sent.get(rule.name)):
        return True
    rank = rule.rank(wanted)
    return rank is not None and any((found := rule.rank(each)) is not None and found > rank for each in known)
