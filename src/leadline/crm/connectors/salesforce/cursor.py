"""How far the pull has come: what was changed since, feed by feed, in order of ids. Pure.

SystemModstamp has whole seconds, and is of the time when a transaction wrote, not when it was seen by others: each
pass begins before the end of the last one, by longer than a transaction that is not a batch job takes as a rule;
sweeps find what comes later still. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from leadline.crm.connectors.salesforce.names import CONTACT, EXTERNAL_ID, LEAD
from leadline.crm.connectors.salesforce.soql import literal, quoted, select
from leadline.crm.passes import Pass

PAGE = 2_000
"""Ids in one call: as many as Salesforce gives at once."""
FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Feed:
    """Records of ours that changed.

    Attributes:
        type: what is asked. id: the field with the id of the record to be read. ours: what makes it one of ours.
        stamps: fields that say when it changed. deleted: whether the recycle bin is asked, too.
    """

    type: str
    id: str
    ours: str
    stamps: tuple[str, ...] = ("SystemModstamp",)
    deleted: bool = False

    def query(self, cursor: "Cursor") -> str:
        """The next page of a pass."""
        since = " OR ".join(f"{stamp} >= {literal(cursor.since)}" for stamp in self.stamps)
        where = [f"{self.ours} != null", f"({since})", *([f"Id > {quoted(cursor.last)}"] if cursor.last else [])]
        return select(dict.fromkeys(("Id", self.id)), self.type, *where, order="Id", limit=PAGE)


FEEDS = (
    Feed(LEAD, "Id", EXTERNAL_ID, deleted=True),
    Feed(CONTACT, "Id", EXTERNAL_ID, deleted=True),
    Feed(
        "OpportunityContactRole",
        "ContactId",
        f"Contact.{EXTERNAL_ID}",
        ("SystemModstamp", "Opportunity.SystemModstamp"),
    ),
)


@dataclass(frozen=True, slots=True)
class Cursor(Pass):
    """A place in a pass.

    Attributes:
        feed: which one is read. last: the id that was read last in it, empty at its beginning.
    """

    feed: int = 0
    last: str = ""

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The inverse of `text`."""
        kept = json.loads(text)
        began = _moment(kept["began"]) if kept["began"] else None
        return cls(_moment(kept["since"]), began, int(kept["feed"]), str(kept["last"]))

    @property
    def text(self) -> str:
        """As it is kept."""
        began = self.began.strftime(FORM) if self.began else ""
        return json.dumps({"since": self.since.strftime(FORM), "began": began, "feed": self.feed, "last": self.last})

    def after(self, ids: list[str]) -> "Cursor":
        """After a page of a feed."""
        return replace(self, last=ids[-1]) if len(ids) == PAGE else self._next()

    def _next(self) -> "Cursor":
        """The next feed, or the place where the next pass begins."""
        if self.feed + 1 < len(FEEDS):
            return replace(self, feed=self.feed + 1, last="")
        return Cursor(self.next_since)


def _moment(text: str) -> datetime:
    return datetime.strptime(f"{text}+0000", f"{FORM}%z")
