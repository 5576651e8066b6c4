"""A pull in passes, where a CRM is asked feed by feed for what changed: when a pass begins, and how far back. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

OVERLAP = timedelta(minutes=5)
"""Each pass begins so long before the last one did: what came to light late is told then."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What the cursors of such pulls have in common.

    Attributes:
        since: what changed from then on is told. began: when the pass did, by the CRM's clock; None between passes.
    """

    since: datetime
    began: datetime | None = None

    @classmethod
    def beginning(cls, now: datetime) -> Self:
        """From now on."""
        return cls(now - OVERLAP)

    @property
    def is_between(self) -> bool:
        """Whether no pass is under way."""
        return self.began is None

    @property
    def next_since(self) -> datetime:
        """Where the pass after this one begins."""
        return (self.began or self.since) - OVERLAP

    def met(self, now: datetime) -> Self:
        """The CRM said what time it is: a pass begins unless one is under way."""
        return replace(self, began=now) if self.began is None else self
