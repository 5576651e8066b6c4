"""How far the pull has come: what was written since, in order of numbers. Pure.

A transaction writes the time of its beginning into `write_date`, and is seen when it commits: what was written seconds
ago may still come to light. So each pass begins before the end of the last one: as long as Odoo lets a request run,
and as far as the clocks of Odoo and of its database may differ. What is told again is dropped by its hash.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadline.crm.connectors.odoo.values import MOMENT, moment_of

LONGEST_REQUEST = timedelta(seconds=120)
CLOCKS_APART = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a pass.

    Attributes:
        since: what was written from then on is told. last: the number that was told last, 0 at its beginning.
        began: when the pass did, by Odoo's clock. newest: the latest `write_date` met in it.
    """

    since: datetime
    began: datetime
    newest: datetime
    last: int = 0

    @classmethod
    def beginning(cls, now: datetime) -> "Cursor":
        """From now on."""
        return cls(now - LONGEST_REQUEST, now, now)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The inverse of `text`."""
        kept = json.loads(text)
        since, began, newest = (moment_of(kept[name]) for name in ("since", "began", "newest"))
        return cls(since, began, newest, int(kept["last"]))

    @property
    def text(self) -> str:
        """As it is kept."""
        moments = {name: getattr(self, name).strftime(MOMENT) for name in ("since", "began", "newest")}
        return json.dumps({**moments, "last": self.last})

    def met(self, now: datetime) -> "Cursor":
        """Odoo said what time it is: a pass begins unless one is under way."""
        return self if self.last else replace(self, began=now, newest=self.since)

    def after(self, last: int, newest: datetime) -> "Cursor":
        """After a page that is not the last one."""
        return replace(self, last=last, newest=max(self.newest, newest))

    def finished(self, newest: datetime) -> "Cursor":
        """After the last page: where the next pass begins."""
        newest = min(max(self.newest, newest), self.began)
        since = max(newest - LONGEST_REQUEST, self.began - CLOCKS_APART, self.since)
        return Cursor(since, self.began, newest)
