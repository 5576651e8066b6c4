"""How far the pull has come: what was changed since, feed by feed, in order of ids. Pure.

SystemModstamp has whole seconds, and is of the time when a transaction wrote, not when it was seen by others: each
pass begins before the end of the last one. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadline.crm.connectors.salesforce.names import CONTACT, EXTERNAL_ID, LEAD
from leadline.crm.connectors.salesforce.soql import literal, quoted, select

OVERLAP = timedelta(minutes=5)
"""Longer than a transaction that is not a batch job takes as a rule; sweeps find what comes later still."""
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
class Cursor:
    """A place in a pass.

    Attributes:
        since: what changed from then on is told. began: when the pass did, by Salesforce's clock; None between passes.
        feed: which one is read. last: the id that was read last in it, empty at its beginning.
    """

    since: datetime
    began: datetime | None = None
    feed: int = 0
    last: str = ""

    @classmethod
    def beginning(cls, now: datetime) -> "Cursor":
        """From now on."""
        return cls(now - OVERLAP)

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

    @property
    def is_between(self) -> bool:
        """Whether no pass is under way."""
        return self.began is None

    def met(self, now: datetime) -> "Cursor":
        """Salesforce said what time it is: a pass begins unless one is under way."""
        return replace(self, began=now) if self.began is None else self

    def after(self, ids: list[str]) -> "Cursor":
        """After a page of a feed."""
        return replace(self, last=ids[-1]) if len(ids) == PAGE else self._next()

    def _next(self) -> "Cursor":
        """The next feed, or the place where the next pass begins."""
        if self.feed + 1 < len(FEEDS):
            return replace(self, feed=self.feed + 1, last="")
        return Cursor((self.began or self.since) - OVERLAP)


def _moment(text: str) -> datetime:
    return datetime.strptime(f"{text}+0000", f"{FORM}%z")
