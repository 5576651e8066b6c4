"""What the CRM's answer about one row means for its link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadline.crm.backoff import pause
from leadline.crm.conflicts import believed, settled, to_send
from leadline.crm.following import bury, forget
from leadline.crm.hashing import hash_of
from leadline.crm.mapping import SyncMapping
from leadline.crm.models import Link
from leadline.crm.observing import HALF
from leadline.crm.records import LocalRecord, Outcome, Outgoing, Sent, Value
from leadline.crm.withholding import sent_then, written_all_the_same

LONGEST_CODE = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """One row on its way out.

    Attributes:
        wanted: all that the mapping makes of the record. values: what is sent of it.
        stamp: what the link notes once this is through. may_go_back: fields that the mapping lets go back.
        is_withheld: it takes back what stands there, whoever's it is.
    """

    link: Link
    record: LocalRecord
    wanted: dict[str, Value]
    values: dict[str, Value]
    stamp: int
    may_go_back: frozenset[str] = frozenset()
    is_withheld: bool = False

    @property
    def outgoing(self) -> Outgoing:
        """As a connector takes it. The record keeps the name that it was made with, whoever has its link now."""
        link = self.link
        place = (link.remote_id, link.remote_type)
        return Outgoing(link.external_id, self.values, *place, self._whole(), self.may_go_back)

    def _whole(self) -> dict[str, Value]:
        """What the record holds once this is through: what is sent, and before it what was."""
        return {
            name: self.values.get(name, (self.link.sent or {}).get(name, wanted))
            for name, wanted in self.wanted.items()
        }

    @property
    def was_refused(self) -> bool:
        """Whether exactly this was refused before."""
        return self.link.parked and (self.link.error or {}).get("of") == hash_of(self.values)


def draft(
    link: Link, record: LocalRecord, mapping: SyncMapping, stamp: int, required: frozenset[str] = frozenset()
) -> Draft:
    """What would be sent of a record.

    Args:
        required: fields that the CRM does not let be empty; asked for where something is taken back.
    """
    if record.withheld:
        values = written_all_the_same(mapping, record, link.sent or {}, required)
        return Draft(link, record, values, values, stamp, frozenset(values), is_withheld=True)
    wanted = mapping.outgoing(record)
    back = frozenset(name for name, rule in mapping.fields.items() if rule.may_go_back)
    return Draft(link, record, wanted, to_send(mapping, wanted, *_sides(link, record)), stamp, back)


def _sides(link: Link, record: LocalRecord) -> tuple[Any, ...]:
    there = bool(link.remote_id)
    return link.sent or {}, link.seen or {}, record.changed_at, link.remote_changed_at, link.sent_at, there


def settle(row: Draft, answer: Sent, mapping: SyncMapping, now: datetime, roll: float) -> None:
    """Note on the link what became of the row."""
    link = row.link
    if answer.outcome in (Outcome.CREATED, Outcome.UPDATED):
        _arrived(row, answer, mapping, now)
    elif answer.outcome is Outcome.MOVED:
        link.remote_id, link.remote_type = answer.remote_id, answer.remote_type or link.remote_type
        forget(link)
        lift(link)
    elif answer.outcome is Outcome.GONE:
        bury(link, now)
        link.stamp = row.stamp
    elif answer.outcome is Outcome.LATER:
        postpone(link, answer, now, roll)
    else:
        _refused(row, answer, now)


def _arrived(row: Draft, answer: Sent, mapping: SyncMapping, now: datetime) -> None:
    link = row.link
    if row.is_withheld:
        link.sent = sent_then(link.sent or {}, row.values)
    else:
        link.sent = settled(mapping, row.wanted, *_sides(link, row.record))
    link.remote_id, link.remote_type = answer.remote_id or link.remote_id, answer.remote_type or link.remote_type
    link.sent_hash, link.sent_at, link.stamp = hash_of(link.sent), now, row.stamp
    if link.seen:
        link.seen = believed(link.seen, row.values)
        link.seen_hash = hash_of(link.seen)[:HALF] + link.seen_hash[HALF:]
    lift(link)


def postpone(link: Link, answer: Sent, now: datetime, roll: float) -> None:
    """Trying again can help, a while later. Its stamp stays as it was: it is still to be looked at."""
    link.attempts += 1
    link.next_attempt_at = now + timedelta(seconds=pause(link.attempts, roll))
    _note(link, answer, now)


def _refused(row: Draft, answer: Sent, now: datetime) -> None:
    link = row.link
    link.attempts += 1
    link.parked, link.next_attempt_at, link.stamp = True, None, row.stamp
    _note(link, answer, now, of=hash_of(row.values))


def _note(link: Link, answer: Sent, now: datetime, **more: str) -> None:
    link.error_code, link.failed_at = answer.code[:LONGEST_CODE], now
    link.error = {"message": answer.message, "advice": answer.advice, **more}


def lift(link: Link) -> None:
    """Nothing failed: it is not waiting, and not parked."""
    link.parked, link.attempts, link.next_attempt_at = False, 0, None
    link.error_code, link.error, link.failed_at = "", None, None
