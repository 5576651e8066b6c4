"""Which link a record of the CRM belongs to, through merges and deletions there. Works on rows that are loaded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from leadline.crm import links
from leadline.crm.links import Place, lives, place
from leadline.crm.models import Connection, Link
from leadline.crm.records import RemoteRecord
from leadline.kernel.clock import EPOCH


@dataclass
class Rows:
    """The links that a few records may concern; each row is loaded once and noted on once."""

    found: dict[int, Link] = field(default_factory=dict)

    @classmethod
    def about(cls, connection: Connection, records: Iterable[RemoteRecord]) -> "Rows":
        """Those that the records name in any way."""
        some = list(records)
        ids = {each for record in some for each in (record.remote_id, record.merged_into, *record.merged_from)}
        near = links.by_remote_id(connection, ids - {""})
        named = links.by_external_id(connection, {record.external_id for record in some} - {""})
        return cls({link.pk: link for link in (*named.values(), *near)})

    def holder(self, at: Place) -> Link | None:
        """The link whose living record is there."""
        return next((link for link in self.found.values() if lives(link) and place(link) == at), None)

    def left(self, record: RemoteRecord) -> Link | None:
        """The link whose record was deleted there, and stands there again."""
        at = (record.remote_type, record.remote_id)
        gone = (link for link in self.found.values() if link.tombstone == Link.Tombstone.DELETED)
        return next((link for link in gone if place(link) == at), None)

    def swallowed(self, record: RemoteRecord) -> list[Link]:
        """Links whose record was merged into this one."""
        return [link for link in self.found.values() if _may_follow(link) and _was_merged_into(link, record)]

    def named(self, record: RemoteRecord) -> Link | None:
        """The link that carries its external id and never learnt of a record: the answer to its making was lost."""
        carriers = (link for link in self.found.values() if link.external_id == record.external_id)
        unanswered = (link for link in carriers if not link.remote_id and not link.tombstone)
        # A record that was deleted, and is made anew because somebody asked, is not told of its own end again.
        later = (link for link in unanswered if (link.remote_changed_at or EPOCH) < record.updated_at)
        return next(later, None)


def _may_follow(link: Link) -> bool:
    return bool(link.remote_id) and link.tombstone in (Link.Tombstone.NONE, Link.Tombstone.DELETED)


def _was_merged_into(link: Link, record: RemoteRecord) -> bool:
    """By number within one type; ids that are no mere numbers are one vendor-wide."""
    if link.remote_id not in record.merged_from:
        return False
    return link.remote_type == record.remote_type or not link.remote_id.isdigit()


def move(link: Link, to: Place, rows: Rows) -> bool:
    """The link's record is another one from now on; False when that is another lead's, and this one is given up."""
    holder = rows.holder(to)
    link.remote_type, link.remote_id = to
    if holder is not None and holder is not link:
        link.tombstone = Link.Tombstone.MERGED
        return False
    forget(link)
    return True


def forget(link: Link) -> None:
    """Nothing was sent to its record yet, and nothing seen of it; it is looked at again."""
    link.tombstone = Link.Tombstone.NONE
    link.sent, link.sent_hash, link.sent_at = None, "", None
    link.seen, link.seen_hash, link.seen_at = None, "", None
    link.stamp = 0


def bury(link: Link, at: datetime) -> None:
    """Its record was deleted there, then: it is not made anew, and nothing waits to be sent."""
    link.tombstone, link.remote_changed_at = Link.Tombstone.DELETED, at
    link.parked, link.next_attempt_at, link.attempts = False, None, 0
