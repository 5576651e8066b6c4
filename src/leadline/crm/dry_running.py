"""A dry run: what a run would write, told by what stands in the CRM this moment. It only reads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from leadline.crm.conflicts import Both
from leadline.crm.connector import Connector
from leadline.crm.differences import LeadDifference, difference
from leadline.crm.hashing import Plain, plain
from leadline.crm.mapping_terms import SyncMapping
from leadline.crm.models import Link
from leadline.crm.records import LocalRecord, RemoteRecord, Withheld

BATCH = 100
"""Records read in one call."""
DELETED = "It was deleted in the CRM, and is not made anew."
MERGED = "It was merged in the CRM into {into}; a run follows it there first."


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is kept of a lead and its record."""

    remote_id: str = ""
    sent: Mapping[str, Plain] = field(default_factory=dict)
    seen: Mapping[str, Plain] = field(default_factory=dict)
    sent_at: datetime | None = None
    changed_there: datetime | None = None
    left_out: str = ""

    @classmethod
    def of(cls, link: Link) -> "LinkState":
        """As the record store has it."""
        return cls(
            remote_id=link.remote_id,
            sent=link.sent or {},
            seen=link.seen or {},
            sent_at=link.sent_at,
            changed_there=link.remote_changed_at,
            left_out=f"{Link.Tombstone(link.tombstone).label}." if link.tombstone else "",
        )


WITHHELD = {
    Withheld.NOTHING: "",
    Withheld.SCORES: "The person refused profiling: scores that stand there are emptied.",
    Withheld.EVERYTHING: "The person refused sale or sharing: what stands there is emptied.",
}
NOT_LINKED = LinkState()


def dry_run(
    mapping: SyncMapping,
    records: Sequence[LocalRecord],
    links: Mapping[int, LinkState],
    connector: Connector | None = None,
) -> Iterator[LeadDifference]:
    """What a run would do about each lead, in their order.

    Args:
        links: by lead; none for one that was never sent.
        connector: asked for what stands there now; without it, what was last seen counts.

    Raises:
        CRMError: the CRM does not answer.
    """
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        states = {record.lead: links.get(record.lead, NOT_LINKED) for record in batch}
        there = _read(connector, mapping, states.values()) if connector else {}
        for record in batch:
            state = states[record.lead]
            yield _difference(mapping, record, state, there.get(state.remote_id))


def _read(connector: Connector, mapping: SyncMapping, states: Iterable[LinkState]) -> dict[str, RemoteRecord]:
    """Records by the id they were asked for."""
    ids = [state.remote_id for state in states if state.remote_id and not state.left_out]
    found = connector.read(ids, mapping.remote_fields) if ids else ()
    return {record.remote_id: record for record in found}


def _difference(
    mapping: SyncMapping, record: LocalRecord, state: LinkState, there: RemoteRecord | None
) -> LeadDifference:
    seen, changed_there = state.seen, state.changed_there
    if there is not None and not there.gone:
        seen, changed_there = {**seen, **plain(there.values)}, there.updated_at
    both = Both(state.sent, seen, record.changed_at, changed_there, state.sent_at, bool(state.remote_id))
    left_out = state.left_out or WITHHELD[record.withheld] or _gone(there)
    return difference(mapping, record, both, remote_id=state.remote_id, left_out=left_out)


def _gone(there: RemoteRecord | None) -> str:
    if there is None:
        return ""
    if there.merged_into:
        return MERGED.format(into=there.merged_into)
    return DELETED if there.gone else ""
