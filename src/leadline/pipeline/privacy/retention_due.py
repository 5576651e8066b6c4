"""What is due now: who was silent for too long, and what was kept for too long. Nothing is taken away here.

Somebody is due when the last that was heard of them is as long ago as the longest period of the event sources that they
were seen by. Heard of: an event of theirs, something that sales said or did, a change in a CRM, consent told by hand.
Whoever has an open request, asked for restriction (GDPR art. 18: it is to be kept), or is being erased, is not due.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Min, Model, Q, QuerySet

from leadline.accounts.models import AuditEntry
from leadline.crm.models import Link
from leadline.eventstore.database import Cursor
from leadline.eventstore.due import CANDIDATES, Due, due_groups, find_due
from leadline.pipeline.finding import survivor
from leadline.pipeline.models import ReportedDeal
from leadline.pipeline.record_rows import RecordQuery, read_all, read_some
from leadline.privacy.models import Erasure, SubjectRequest
from leadline.privacy.retention_rules import Periods
from leadline.qualification.models import SalesAction
from leadline.tracking.kept_messages import REMOVED
from leadline.tracking.models import ConsentStatement, Identity, Lead, QuarantinedMessage, ViolationTally

PEOPLE = ("visitors", "known")
HEARD: tuple[tuple[type[Model], str], ...] = (
    (SalesAction, "at"),
    (ReportedDeal, "told_at"),
    (Link, "remote_changed_at"),
)
"""Where else than in events something is heard of a lead, and when."""
OVER = (SubjectRequest.State.DONE, SubjectRequest.State.REFUSED)
RESTRICTED = Q(kind=SubjectRequest.Kind.RESTRICTION, state=SubjectRequest.State.DONE)


def find_people(cursor: Cursor, periods: Periods, now: datetime, leads: Collection[int] | None = None) -> None:
    """Find who is due, of everybody or of these, for `due_groups` and `due_leads`."""
    query = _candidates(periods, now)
    found = read_all(query) if leads is None else read_some(query, leads)
    days: dict[tuple[str, int | None], int | None] = {(rule, None): periods.days(rule) for rule in PEOPLE}
    days |= {(rule, source): each for rule in PEOPLE for source, each in periods.own(rule).items()}
    find_due(cursor, found, days, now)


def preview(cursor: Cursor, periods: Periods, now: datetime) -> list[Due]:
    """What a run would take now, by rule and source."""
    find_people(cursor, periods, now)
    held = [_counted(source, rows) for source, rows in quarantined(periods, now)]
    trail = old_entries(periods, now).aggregate(count=Count("pk"), oldest=Min("at"))
    over = old_requests(periods, now).aggregate(count=Count("pk"), oldest=Min("finished_at"))
    rest = [Due(rule, None, each["count"], each["oldest"]) for rule, each in (("requests", over), ("audit", trail))]
    return [*due_groups(cursor), *(each for each in (*held, *rest) if each is not None and each.count)]


def quarantined(periods: Periods, now: datetime) -> Iterator[tuple[int | None, "QuerySet[QuarantinedMessage]"]]:
    """By source (None: all that have no period of their own) the messages that were put aside too long ago."""
    own = periods.own("quarantine")
    general = Q(source=None) | ~Q(source__in=own)
    for source, which in ((None, general), *((each, Q(source=each)) for each in own)):
        days = periods.days("quarantine", source)
        if days is not None:
            yield source, QuarantinedMessage.objects.filter(which, received_at__lte=now - timedelta(days=days))


def old_examples(periods: Periods, now: datetime) -> list[int]:
    """Tallies of faults whose example, a whole message, is as old; an emptied one is none."""
    own = periods.own("quarantine")
    found: list[int] = []
    for source, which in ((None, ~Q(source__in=own)), *((each, Q(source=each)) for each in own)):
        days = periods.days("quarantine", source)
        if days is not None:
            rows = ViolationTally.objects.filter(which, last_seen_at__lte=now - timedelta(days=days))
            found += [row.pk for row in rows.only("pk", "example").iterator() if row.example != REMOVED]
    return found


def old_requests(periods: Periods, now: datetime) -> "QuerySet[SubjectRequest]":
    """Requests that were answered long ago. A restriction is one as long as the person is held."""
    days, rows = periods.days("requests"), SubjectRequest.objects.filter(state__in=OVER)
    if days is None:
        return rows.none()
    return rows.exclude(RESTRICTED).filter(finished_at__lte=now - timedelta(days=days))


def old_entries(periods: Periods, now: datetime) -> "QuerySet[AuditEntry]":
    """Entries of the audit trail that were kept for long enough."""
    before, rows = trail_before(periods, now), AuditEntry.objects.all()
    return rows.none() if before is None else rows.filter(at__lt=before)


def trail_before(periods: Periods, now: datetime) -> datetime | None:
    """Before when entries of the audit trail go; None when none ever does."""
    days = periods.days("audit")
    return None if days is None else now - timedelta(days=days)


def old_sessions(now: datetime) -> "QuerySet[Session]":
    """Sessions of users that can't be used any more."""
    return Session.objects.filter(expire_date__lt=now)


def _counted(source: int | None, rows: "QuerySet[QuarantinedMessage]") -> Due | None:
    found = rows.aggregate(count=Count("pk"), oldest=Min("received_at"))
    return Due("quarantine", source, found["count"], found["oldest"]) if found["count"] else None


def _candidates(periods: Periods, now: datetime) -> RecordQuery:
    """Whoever would be due if every source kept as short as that which keeps shortest, and when they were heard of."""
    heard = [_last(model, column) for model, column in HEARD] + [_consent()]
    latest = "greatest" if connection.vendor == "postgresql" else "max"
    said = ", ".join(f"coalesce({each}, lead.last_seen_at)" for each in heard)
    columns = (("lead", "lead.id"), ("known", "lead.known"), ("heard", f"{latest}(lead.last_seen_at, {said})"))
    silent = (
        f"(lead.known AND {_silent(periods, 'known', now)} OR NOT lead.known AND {_silent(periods, 'visitors', now)})"
    )
    held = ", ".join(map(str, sorted({0} | _to_be_held())))
    names = Identity._meta.db_table
    theirs = f"EXISTS (SELECT 1 FROM {names} AS named WHERE named.lead_id = lead.id)"  # noqa: S608  # our own names
    others = f"EXISTS (SELECT 1 FROM {names} AS named WHERE named.home_id = lead.id)"  # noqa: S608  # the same
    where = f"lead.merged_into_id IS NULL AND {silent} AND lead.id NOT IN ({held}) AND ({theirs} OR NOT {others})"
    return RecordQuery(CANDIDATES, columns, f"{Lead._meta.db_table} AS lead", where, "lead.id", "lead.id")


def _silent(periods: Periods, rule: str, now: datetime) -> str:
    days = periods.shortest(rule)
    return "1 = 0" if days is None else f"lead.last_seen_at <= '{_literal(now - timedelta(days=days))}'"


def _literal(moment: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(moment))


def _last(model: type[Model], column: str) -> str:
    table = model._meta.db_table
    return f"(SELECT max(heard.{column}) FROM {table} AS heard WHERE heard.lead_id = lead.id)"  # noqa: S608  # our names


def _consent() -> str:
    heard, named = ConsentStatement._meta.db_table, Identity._meta.db_table
    tables = f"{heard} AS heard JOIN {named} AS named ON named.id = heard.identity_id"
    return f"(SELECT max(heard.received_at) FROM {tables} WHERE named.lead_id = lead.id)"  # noqa: S608  # our own names


def _to_be_held() -> set[int]:
    """Leads with a request that is not answered or asked for restriction, and those whose erasure is under way."""
    asked = SubjectRequest.objects.filter(~Q(state__in=OVER) | RESTRICTED, lead__isnull=False)
    erased = Erasure.objects.filter(finished_at=None, lead__isnull=False)
    numbers = [lead for rows in (asked, erased) for lead in rows.values_list("lead", flat=True) if lead is not None]
    return {survivor(lead).pk for lead in Lead.objects.filter(pk__in=numbers)}
