"""How far the pull has come: what changed since, feed by feed, page by page. Pure.

Pipedrive's moments are whole seconds, and a list in order of ids may miss what is written while it is read: each pass
begins minutes before the last one began. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from leadline.crm.connectors.pipedrive.values import iso, moment_of
from leadline.crm.passes import Pass


class Feed(StrEnum):
    """What is asked in turn."""

    PERSONS = "persons"
    DEALS = "deals"


@dataclass(frozen=True, slots=True)
class Cursor(Pass):
    """A place in a pass.

    Attributes:
        page: Pipedrive's own cursor in the feed, empty at its beginning.
    """

    feed: Feed = Feed.PERSONS
    page: str = ""

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The inverse of `text`."""
        kept = json.loads(text)
        since = moment_of(kept["since"])
        if since is None:
            raise ValueError(f"no moment: {kept['since']}")
        return cls(since, moment_of(kept["began"]), Feed(kept["feed"]), str(kept["page"]))

    @property
    def text(self) -> str:
        """As it is kept."""
        began = iso(self.began) if self.began else ""
        return json.dumps({"since": iso(self.since), "began": began, "feed": self.feed.value, "page": self.page})

    def after(self, page: str) -> "Cursor":
        """After a page of a feed; `page` is empty when it was its end."""
        if page:
            return replace(self, page=page)
        if self.feed is Feed.PERSONS:
            return replace(self, feed=Feed.DEALS, page="")
        return Cursor(self.next_since)
