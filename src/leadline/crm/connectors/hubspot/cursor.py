"""How far the pull has come: what changed since, feed by feed, in order of ids. Pure.

Search lags behind by moments, and gives 10,000 rows to a query: each pass begins minutes before the end of the last
one, and each page asks for ids above the last one read. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from leadline.crm.connectors.hubspot.values import iso, moment_of

OVERLAP = timedelta(minutes=5)
BETWEEN_BINS = timedelta(hours=1)
"""The list of archived contacts can't be asked for those of today: it is gone through now and then."""


class Feed(StrEnum):
    """What is asked in turn."""

    CONTACTS = "contacts"
    DEALS = "deals"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a pass.

    Attributes:
        since: what changed from then on is told. began: when the pass did, by HubSpot's clock; None between passes.
        feed: which one is read. last: the id or page that was read last in it, empty at its beginning.
        emptied: when the archived contacts were last gone through.
    """

    since: datetime
    emptied: datetime
    began: datetime | None = None
    feed: Feed = Feed.CONTACTS
    last: str = ""

    @classmethod
    def beginning(cls, now: datetime) -> "Cursor":
        """From now on."""
        return cls(now - OVERLAP, now - OVERLAP)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The inverse of `text`."""
        kept = json.loads(text)
        began = moment_of(kept["began"]) if kept["began"] else None
        return cls(moment_of(kept["since"]), moment_of(kept["emptied"]), began, Feed(kept["feed"]), str(kept["last"]))

    @property
    def text(self) -> str:
        """As it is kept."""
        began = iso(self.began) if self.began else ""
        moments = {"since": iso(self.since), "emptied": iso(self.emptied), "began": began}
        return json.dumps({**moments, "feed": self.feed.value, "last": self.last})

    @property
    def is_between(self) -> bool:
        """Whether no pass is under way."""
        return self.began is None

    def met(self, now: datetime) -> "Cursor":
        """HubSpot said what time it is: a pass begins unless one is under way."""
        return replace(self, began=now) if self.began is None else self

    def after(self, last: str) -> "Cursor":
        """After a page of a feed; `last` is empty when it was its end."""
        return replace(self, last=last) if last else self._next()

    def _next(self) -> "Cursor":
        began = self.began or self.since
        if self.feed is Feed.CONTACTS:
            return replace(self, feed=Feed.DEALS, last="")
        if self.feed is Feed.DEALS and began - self.emptied >= BETWEEN_BINS:
            return replace(self, feed=Feed.ARCHIVED, last="")
        emptied = began - OVERLAP if self.feed is Feed.ARCHIVED else self.emptied
        return Cursor(began - OVERLAP, emptied)
