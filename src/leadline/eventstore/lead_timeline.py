"""The events and visits of one lead, page by page, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leadline.eventstore.database import Cursor
from leadline.eventstore.identity_rows import with_theirs
from leadline.eventstore.queries import StoredEvent
from leadline.eventstore.queries import stored as stored_event
from leadline.eventstore.schema import sql
from leadline.eventstore.sessions import StoredSession, stored_sessions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events.

    Attributes:
        kinds: kinds of messages; all of them when empty.
        before: none later than this; `skip`: so many of this very moment were shown already.
    """

    most: int
    kinds: Sequence[str] = ()
    before: datetime | None = None
    skip: int = 0


def timeline_events(cursor: Cursor, identities: Sequence[int], wanted: Wanted) -> list[StoredEvent]:
    """The events of these identities, newest first."""
    before = wanted.before.astimezone(UTC).replace(tzinfo=None) if wanted.before else None
    given = {"kinds": list(wanted.kinds), "before": before, "most": wanted.most, "skip": wanted.skip}
    cursor.execute(with_theirs("events", identities, sql("timeline_page")), given)
    return [stored_event(row) for row in cursor.fetchall()]


def visits_between(cursor: Cursor, lead: int, since: datetime, until: datetime) -> list[StoredSession]:
    """The lead's visits that ended in a span, both moments in it; newest first."""
    span = {name: at.astimezone(UTC).replace(tzinfo=None) for name, at in (("since", since), ("until", until))}
    return stored_sessions(cursor.execute(sql("visits_between"), {"lead": lead, **span}).fetchall())
