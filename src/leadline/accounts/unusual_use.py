"""Use that stands out: far more of something within an hour than anybody needs to do, and than they did before.

The audit trail has every deed; here they are counted. What stands out becomes an entry of the trail itself, once a day
at most for a user and a deed, so that nothing else has to remember it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Aggregate, BigIntegerField, Count, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncHour

from leadline.accounts.audit import What, Who, record
from leadline.accounts.audit_verbs import EXPORTED, LEAD_SEEN, PEOPLE_LISTED, REFUSED, SIGN_IN_FAILED, USE_UNUSUAL
from leadline.accounts.models import AuditEntry, User

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
TIMES = 3
"""So many times the busiest hour of the month before is still usual: programs read much every day."""
LISTED_FOR_EACH_SEEN = 100
WORDS: Mapping[str, str] = {
    LEAD_SEEN: "saw {count:,} different leads",
    PEOPLE_LISTED: "was shown {count:,} people in lists",
    EXPORTED: "took {count:,} exports",
    REFUSED: "was refused {count:,} times",
    SIGN_IN_FAILED: "failed to sign in {count:,} times",
}
"""Of each deed, after who did it."""
ENTRIES = Count("pk")
THINGS = Count("about_number", distinct=True)
ROWS = Sum(Cast(KT("numbers__rows"), BigIntegerField()))


@dataclass(frozen=True, slots=True)
class Deed:
    """What is counted. `most` an hour passes without a word."""

    verb: str
    measure: Aggregate
    most: int


def deeds() -> tuple[Deed, ...]:
    """All of them; none when LEADLINE_UNUSUAL_LEADS is 0."""
    leads: int = settings.UNUSUAL_LEADS
    if not leads:
        return ()
    return (
        Deed(LEAD_SEEN, THINGS, leads),
        Deed(PEOPLE_LISTED, ROWS, leads * LISTED_FOR_EACH_SEEN),
        Deed(EXPORTED, ENTRIES, 20),
        Deed(REFUSED, ENTRIES, 50),
        Deed(SIGN_IN_FAILED, ENTRIES, 100),
    )


def look(now: datetime) -> list[AuditEntry]:
    """Record what stands out in the hour before; returns the new entries."""
    told = {(each.about_number, each.numbers["deed"]) for each in noticed(now - DAY)}
    return [
        record(Who(), USE_UNUSUAL, What("user", user), {"deed": deed.verb, "count": count, "most": deed.most}, now)
        for deed in deeds()
        for user, count in _above(deed, now)
        if (user, deed.verb) not in told and count > TIMES * _busiest(deed, user, now - HOUR)
    ]


def noticed(since: datetime) -> QuerySet[AuditEntry]:
    """What stood out since then, the oldest first."""
    return AuditEntry.objects.filter(verb=USE_UNUSUAL, at__gt=since).order_by("number")


def sentences(entries: Iterable[AuditEntry]) -> list[str]:
    """ "Ann saw 412 different leads within an hour.", by the names that users have now. One query."""
    told = [(each.about_number, each.numbers["deed"], each.numbers["count"]) for each in entries]
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={user for user, _, _ in told if user})}
    return [
        f"{_who(user, deed, names)} {WORDS[deed].format(count=count)} within an hour." for user, deed, count in told
    ]


def _who(user: int | None, deed: str, names: Mapping[int, str]) -> str:
    if user is not None:
        return names.get(user, f"User {user}")
    return "Strangers" if deed == SIGN_IN_FAILED else "Somebody on the command line"


def _above(deed: Deed, now: datetime) -> list[tuple[int | None, int]]:
    """Users with a count above what passes without a word."""
    rows = AuditEntry.objects.filter(verb=deed.verb, at__gt=now - HOUR, at__lte=now).values("user")
    counted = rows.annotate(count=deed.measure).filter(count__gt=deed.most).order_by("user")
    return list(counted.values_list("user", "count"))


def _busiest(deed: Deed, user: int | None, before: datetime) -> int:
    """The most that they did within an hour of the clock in the month before."""
    rows = AuditEntry.objects.filter(verb=deed.verb, user=user, at__gt=before - MONTH, at__lte=before)
    hours = rows.annotate(hour=TruncHour("at")).values("hour").annotate(count=deed.measure)
    return max((count or 0 for count in hours.values_list("count", flat=True)), default=0)
