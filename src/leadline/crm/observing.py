"""What a record says that was not known: news, or the echo of our own writing. The link notes it; else pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leadline.crm.desired import Arrival
from leadline.crm.hashing import alike, hash_of, plain
from leadline.crm.models import Link
from leadline.crm.records import RemoteDeal, RemoteRecord, Value

HALF = 16


@dataclass(frozen=True, slots=True)
class Observation:
    """Attributes:
    changed: whether the link noted anything. news: what somebody has to be told; None for an echo.
    """

    changed: bool
    news: Arrival | None = None


def observe(link: Link, record: RemoteRecord, now: datetime) -> Observation:
    """Note on a link what its record says now."""
    fields, rest = hash_of(record.values)[:HALF], _hash_of_rest(record)
    if link.seen_hash == fields + rest:
        return Observation(changed=False)
    before: Mapping[str, Value] = link.seen or {}
    ours = _is_ours(record.values, link.sent or {}, before)
    echo = ours and link.seen_hash[HALF:] == rest
    news = None if echo else Arrival(link.lead_id, record, before, link.status, link.owner)
    if not ours:
        link.stamp = 0  # it is looked at again: what we would write may be another thing now
        link.remote_changed_at = _changed_at(link, record, now)
    link.seen, link.seen_hash, link.seen_at = plain(record.values), fields + rest, now
    link.status, link.owner = record.status[:80], record.owner[:254]
    return Observation(changed=True, news=news)


def _is_ours(values: Mapping[str, Value], sent: Mapping[str, Value], before: Mapping[str, Value]) -> bool:
    """Whether nobody else wrote a field: each is as we sent it, or as it was."""
    return all(alike(value, sent[name] if name in sent else before.get(name)) for name, value in values.items())


def _hash_of_rest(record: RemoteRecord) -> str:
    """Of what a record says beside its fields."""
    deals = json.dumps(sorted(_deal(deal) for deal in record.deals))
    return hash_of({"status": record.status, "owner": record.owner, "deals": deals})[:HALF]


def _deal(deal: RemoteDeal) -> list[str]:
    """What makes news of a deal. While it is open, the time of its last change is none."""
    said = [deal.id, deal.state, str(deal.amount), deal.currency, deal.lost_reason, deal.stage, str(deal.opened_at)]
    return [*said, "" if deal.state == "open" else str(deal.changed_at)]


def _changed_at(link: Link, record: RemoteRecord, now: datetime) -> datetime:
    """When it changed, by our clock. The CRM's may go wrong: not in the future, and not before we last looked."""
    if link.seen_at is not None and record.updated_at < link.seen_at:
        return now
    return min(record.updated_at, now)
