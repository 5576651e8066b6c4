"""What came back from the CRM is matched to links, told to the inbox, and noted on the links. The caller saves them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leadline.crm.desired import Arrival
from leadline.crm.following import Rows, bury, move
from leadline.crm.links import place
from leadline.crm.models import Link
from leadline.crm.observing import observe
from leadline.crm.records import RemoteRecord
from leadline.crm.working import Work

Pair = tuple[Link, RemoteRecord]


def take_records(work: Work, records: Sequence[RemoteRecord]) -> list[Link]:
    """Take what changed there. Returns the links that are not as they were."""
    rows = Rows.about(work.connection, records)
    before = {pk: _standing(link) for pk, link in rows.found.items()}
    lost = [record for record in records if record.gone or record.merged_into]
    pairs = [pair for record in records if record not in lost for pair in _present(work, rows, record)]
    pairs += _losses(work, rows, lost, records)
    noted = {id(link) for link in take_pairs(work, pairs)}
    rows.found |= {link.pk: link for link, _ in pairs}
    return [link for pk, link in rows.found.items() if id(link) in noted or before.get(pk) != _standing(link)]


def take_pairs(work: Work, pairs: Iterable[Pair]) -> list[Link]:
    """Note what records say on their links, after the inbox has it for good. Returns the links that noted something."""
    now = work.clock()
    seen = [(link, observe(link, record, now)) for link, record in pairs]
    news = [observation.news for _, observation in seen if observation.news is not None]
    noted = [link for link, observation in seen if observation.changed]
    work.counts.pulled += len(noted)
    work.counts.echoes += len(noted) - len(news)
    _tell(work, news)
    return noted


def _tell(work: Work, news: Sequence[Arrival]) -> None:
    if news:
        taken = work.inbox.take(work.connection.name, news)
        work.counts.applied += sum(1 for each in taken if each.done)
        work.after("taken")


def _standing(link: Link) -> tuple[object, ...]:
    return link.remote_type, link.remote_id, link.tombstone, link.stamp


def _present(work: Work, rows: Rows, record: RemoteRecord) -> list[Pair]:
    """The link of a record that stands there; links of records that it swallowed follow it, or are given up."""
    at = (record.remote_type, record.remote_id)
    holder = rows.holder(at) or _come_back(rows, record)
    for link in rows.swallowed(record):
        if link is not holder and move(link, at, rows):
            holder = link
            work.counts.moved += 1
    holder = holder or _answer_lost(rows, record) or _lost_before(work, rows, record)
    if holder is None:
        _keep_stranger(work, record)
        return []
    return [(holder, record)]


def _come_back(rows: Rows, record: RemoteRecord) -> Link | None:
    """A record that was deleted there and was restored by somebody."""
    if (link := rows.left(record)) is not None:
        move(link, place(link), rows)
    return link


def _answer_lost(rows: Rows, record: RemoteRecord) -> Link | None:
    """It was made by us, and we were never told."""
    if record.external_id and (link := rows.named(record)) is not None:
        link.remote_type, link.remote_id = record.remote_type, record.remote_id
        return link
    return None


def _lost_before(work: Work, rows: Rows, record: RemoteRecord) -> Link | None:
    """Earlier in this run a record of this person was gone: this one took its place."""
    pk = work.lost.pop(record.external_id or record.email, None)
    link = None if pk is None else Link.objects.filter(pk=pk).first()
    if link is not None:
        move(link, (record.remote_type, record.remote_id), rows)
        work.counts.moved += 1
    return link


def _keep_stranger(work: Work, record: RemoteRecord) -> None:
    """Somebody's record that has no link: a lost one's survivor perhaps, or ours from before a backup was restored."""
    for name in filter(None, (record.external_id, "" if record.external_id else record.email)):
        work.strangers[name] = record


def _losses(work: Work, rows: Rows, lost: Sequence[RemoteRecord], page: Sequence[RemoteRecord]) -> list[Pair]:
    """Links of records that are gone: to where their record went, or to rest."""
    pairs: list[Pair] = []
    unread: list[Link] = []
    for record in lost:
        link = rows.holder((record.remote_type, record.remote_id)) or _answer_lost(rows, record)
        if link is None:
            continue
        if record.merged_into:
            unread += _follow(work, rows, link, (record.remote_type, record.merged_into))
        else:
            pairs += _replaced(work, rows, link, record.updated_at)
    there = {(each.remote_type, each.remote_id): each for each in page if not each.gone and not each.merged_into}
    pairs += [(link, there[place(link)]) for link in unread if place(link) in there]
    return pairs + read_pairs(work, [link for link in unread if place(link) not in there])


def _follow(work: Work, rows: Rows, link: Link, to: tuple[str, str]) -> list[Link]:
    work.counts.moved += 1
    return [link] if move(link, to, rows) else []


def _replaced(work: Work, rows: Rows, link: Link, at: datetime) -> list[Pair]:
    """The record that took a lost one's place, where the CRM says nothing of it; none: it was deleted."""
    email = next((each.email.lower() for each in work.local.records(work.mapping.who, [link.lead_id])), "")
    for name in filter(None, (link.external_id, email)):
        if (record := work.strangers.pop(name, None)) is not None:
            _follow(work, rows, link, (record.remote_type, record.remote_id))
            return [(link, record)]
        work.lost[name] = link.pk
    bury(link, at)
    work.counts.gone += 1
    return []


def read_pairs(work: Work, unread: Sequence[Link]) -> list[Pair]:
    """Links with their records as they are now; a link whose record is gone is laid to rest."""
    if not unread or not work.reads:
        return []
    found = {record.remote_id: record for record in work.read([link.remote_id for link in unread])}
    for link in unread:
        record = found.get(link.remote_id)
        if record is None or record.gone:
            bury(link, work.clock())
            work.counts.gone += 1
    return [
        (link, found[link.remote_id]) for link in unread if not link.tombstone and not found[link.remote_id].merged_into
    ]
