"""What is kept by its own age and is nobody's row: messages that were put aside, examples of faults, the audit trail,
sessions of users that ended. In one transaction each time; repeated, nothing is left to take."""

from collections.abc import Iterator
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Min

from leadline.accounts import audit
from leadline.accounts.audit import Who
from leadline.eventstore.due import Due
from leadline.pipeline.privacy.retention_due import (
    old_entries,
    old_examples,
    old_requests,
    old_sessions,
    quarantined,
    trail_before,
)
from leadline.privacy.models import SubjectRequest
from leadline.privacy.retention_rules import Periods
from leadline.tracking.chunks import chunks
from leadline.tracking.kept_messages import REMOVED
from leadline.tracking.models import ViolationTally


def take_messages(periods: Periods, now: datetime) -> Iterator[Due]:
    """Messages that were put aside too long ago."""
    for source, rows in quarantined(periods, now):
        oldest = rows.aggregate(oldest=Min("received_at"))["oldest"]
        if oldest is not None:
            yield Due("quarantine", source, rows.delete()[0], oldest)


def take_requests(periods: Periods, now: datetime) -> Iterator[Due]:
    """Requests that were answered long ago. What was erased for one stays in the ledger."""
    rows = old_requests(periods, now)
    oldest = rows.aggregate(oldest=Min("finished_at"))["oldest"]
    if oldest is not None:
        yield Due("requests", None, rows.delete()[1].get(SubjectRequest._meta.label, 0), oldest)


def take_trail(periods: Periods, now: datetime) -> Iterator[Due]:
    """The audit trail's old end."""
    oldest = old_entries(periods, now).aggregate(oldest=Min("at"))["oldest"]
    before = trail_before(periods, now)
    if oldest is not None and before is not None:
        yield Due("audit", None, audit.trim(Who(), before, now), oldest)


def empty_examples(periods: Periods, now: datetime) -> int:
    """The messages in tallies of faults; the tallies count on. Returns how many."""
    return sum(
        ViolationTally.objects.filter(pk__in=some).update(example=REMOVED)
        for some in chunks(old_examples(periods, now))
    )


def end_sessions(now: datetime) -> int:
    """Sessions that nobody can use any more, with address and browser. Returns how many."""
    gone = old_sessions(now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone
