"""What is to be sent of the leads that a run looks at. Those with nothing to send are noted as looked at."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from leadline.crm import links
from leadline.crm.choosing import Choice
from leadline.crm.links import lives
from leadline.crm.models import Link
from leadline.crm.records import LocalRecord, RemoteRecord, Withheld
from leadline.crm.settling import Draft, draft, lift
from leadline.crm.taking import take_pairs
from leadline.crm.working import Work

PIECE = 500
"""Leads whose records are held in memory at once."""


def drafts(work: Work, leads: Sequence[int], choice: Choice) -> Iterator[Draft]:
    """Rows to be sent, in the order of the leads."""
    for at in range(0, len(leads), PIECE):
        work.breathe()
        work.advance(at, len(leads))
        yield from _piece(work, leads[at : at + PIECE], choice)


def _piece(work: Work, leads: Sequence[int], choice: Choice) -> list[Draft]:
    held = links.by_lead(work.connection, leads)
    asked = [lead for lead in leads if lead not in held or not held[lead].tombstone]
    records = work.local.records(work.mapping.who, asked)
    work.counts.looked_at += len(records)
    _bring_home(work, records, held)
    pairs = [(record, held.get(record.lead) or _new(work, record)) for record in records]
    due = [(record, link) for record, link in pairs if lives(link) or (record.wanted and not link.tombstone)]
    _meet(work, [link for _, link in due])
    required = _required(work, records)
    rows = [draft(link, record, work.mapping, choice.stamp(record.lead), required) for record, link in due]
    kept = [link for record, link in pairs if link.pk is not None and not lives(link) and not record.wanted]
    _note_idle(work, [row for row in rows if _is_idle(row)], kept, choice)
    return [row for row in rows if not _is_idle(row)]


def _required(work: Work, records: Sequence[LocalRecord]) -> frozenset[str]:
    """What must not be empty there: asked for only where everything is taken back from somebody."""
    if not any(record.withheld is Withheld.EVERYTHING for record in records):
        return frozenset()
    return frozenset(field.name for field in work.calls.ask(work.connector.fields) if field.required)


def _new(work: Work, record: LocalRecord) -> Link:
    return Link(connection=work.connection, lead_id=record.lead, external_id=record.external_id)


def _is_idle(row: Draft) -> bool:
    return row.was_refused or (lives(row.link) and not row.values)


def _bring_home(work: Work, records: Sequence[LocalRecord], held: dict[int, Link]) -> None:
    """A link that a survivor had taken over goes back to the lead it was made for, once they are two again."""
    without = {record.external_id: record.lead for record in records if record.wanted and record.lead not in held}
    back = list(links.by_external_id(work.connection, without).values()) if without else []
    for link in back:
        if link.lead_id in held:
            del held[link.lead_id]
        link.lead_id, link.stamp = without[link.external_id], 0
        held[link.lead_id] = link
    _save(work, back)


def _meet(work: Work, fresh: Sequence[Link]) -> None:
    """Records of ours that changed in the CRM and that we no longer knew (a backup was restored here)."""
    pairs: list[tuple[Link, RemoteRecord]] = []
    for link in fresh:
        if not link.remote_id and (record := work.strangers.pop(link.external_id, None)) is not None:
            link.remote_id, link.remote_type = record.remote_id, record.remote_type
            pairs.append((link, record))
    take_pairs(work, pairs)


def _note_idle(work: Work, rows: Sequence[Draft], unwanted: Sequence[Link], choice: Choice) -> None:
    """Nothing is to be sent: they are as they should be, refused as before, or not wanted before they were made."""
    for row in rows:
        row.link.stamp = row.stamp
        if not row.link.parked:
            lift(row.link)
    for link in unwanted:
        link.stamp = choice.stamp(link.lead_id)
        lift(link)
    work.counts.unchanged += len(rows)
    _save(work, [*(row.link for row in rows), *unwanted])


def _save(work: Work, changed: Sequence[Link]) -> None:
    if changed:
        with transaction.atomic():
            work.hold()
            links.save(work.connection, changed)
        work.after("noted")
