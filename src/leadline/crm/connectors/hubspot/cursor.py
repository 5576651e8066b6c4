"""How far the pull has come: what changed since, feed by feed, in order of ids. Pure.

Search lags behind by moments, and gives 10,000 rows to a query: each pass begins minutes before the end of the last
one, and each page asks for ids above the last one read. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from leadline.crm.connectors.hubspot.values import iso, moment_of
from leadline.crm.passes import OVERLAP, Pass

BETWEEN_BINS = timedelta(hours=1)
"""The list of archived contacts can't be asked for those of today: it is gone through now and then."""


class Feed(StrEnum):
    """What is asked in turn."""

    CONTACTS = "contacts"
    DEALS = "deals"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Cursor(Pass):
    """A place in a pass.

    Attributes:
        feed: which one is read. last: the id or page that was read last in it, empty at its beginning.
        emptied: when the archived contacts were last gone through.
    """

    feed: Feed = Feed.CONTACTS
    last: str = ""
    emptied: datetime = field(kw_only=True)

    @classmethod
    def beginning(cls, now: datetime) -> Self:
        """From now on."""
        return cls(now - OVERLAP, emptied=now - OVERLAP)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The inverse of `text`."""
        kept = json.loads(text)
        began = moment_of(kept["began"]) if kept["began"] else None
        since, emptied = moment_of(kept["since"]), moment_of(kept["emptied"])
        return cls(since, began, Feed(kept["feed"]), str(kept["last"]), emptied=emptied)

    @property
    def text(self) -> str:
        """As it is kept."""
        began = iso(self.began) if self.began else ""
        moments = {"since": iso(self.since), "emptied": iso(self.emptied), "began": began}
        return json.dumps({**moments, "feed": self.feed.value, "last": self.last})

    def after(self, last: str) -> "Cursor":
        """After a page of a feed; `last` is empty when it was its end."""
        return replace(self, last=last) if last else self._next()

    def _next(self) -> "Cursor":
        if self.feed is Feed.CONTACTS:
            return replace(self, feed=Feed.DEALS, last="")
        if self.feed is Feed.DEALS and (self.began or self.since) - self.emptied >= BETWEEN_BINS:
            return replace(self, feed=Feed.ARCHIVED, last="")
        emptied = self.next_since if self.feed is Feed.ARCHIVED else self.emptied
        return Cursor(self.next_since, emptied=emptied)
