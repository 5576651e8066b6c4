"""What the overview says before any report is computed: what needs a look, and who is hottest now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from leadline.accounts.unusual_use import noticed, sentences
from leadline.analytics.models import AlertFiring
from leadline.qualification.models import Standing
from leadline.qualification.stages import Stage
from leadline.tracking.models import EventSource, QuarantinedMessage, SourceHour
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.listed import is_listed, is_seen
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import capped, counted, person_name

AUDIT = "audit"
"""The page of the trail."""
DAY = timedelta(days=1)
ALERTS_SHOWN = 3
HOTTEST_SHOWN = 6
SILENT_AFTER = DAY
FORGOTTEN_AFTER = 14 * DAY
"""A source that was silent for so long was switched off, and is no news."""
STEADY_DAYS, OF_DAYS = 5, 7
"""A source is missed when it sent on so many of the days before it fell silent."""


@dataclass(frozen=True, slots=True)
class Note:
    """What needs a look.

    Attributes:
        page: the name of the page that it leads to; empty for none.
        to: what that link says.
        source: the event source that it leads to.
    """

    text: str
    at: datetime | None
    page: str = ""
    to: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class HotLead:
    """One person with the reason and the score."""

    lead: int
    name: str
    company: str
    standing: Standing
    sounding: Sounding


def notes(now: datetime, pages: Iterable[str]) -> list[Note]:
    """Alerts that nobody has seen, what quarantine got in a day, sources that fell silent; and for those who may read
    the audit trail who used Leadline unusually much.

    Args:
        pages: where the viewer may go; a note about elsewhere has no link.
    """
    allowed = set(pages)
    found = [*_alerts(), *_quarantined(now), *_silent(now), *(_unusual(now) if AUDIT in allowed else ())]
    return [note if note.page in allowed else Note(note.text, note.at) for note in found]


def _unusual(now: datetime) -> Iterator[Note]:
    entries = list(noticed(now - DAY))
    for entry, text in zip(entries, sentences(entries), strict=True):
        yield Note(text, entry.at, AUDIT, "See what they did")


def hottest(leads: Iterable[int] | None = None) -> list[HotLead]:
    """Who can be won, the highest total first: known, not turned down, and no customer yet.

    Args:
        leads: only of these.
    """
    found = Standing.objects.filter(is_seen(), is_listed(), rejection="", total__gt=0)
    found = found.exclude(stage__in=[Stage.CUSTOMER, Stage.DISQUALIFIED])
    if leads is not None:
        found = found.filter(lead__in=list(leads))
    rows = found.select_related("lead__account").defer("state").order_by("-total", "lead_id")[:HOTTEST_SHOWN]
    return [_hot(standing) for standing in rows]


def _hot(standing: Standing) -> HotLead:
    lead = standing.lead
    return HotLead(
        lead=standing.lead_id,
        name=person_name(lead.card, standing.lead_id, lead.known),
        company=lead.account.name if lead.account else "",
        standing=standing,
        sounding=sounding(standing, dimension_weights(standing.ruleset)),
    )


def _alerts() -> Iterator[Note]:
    unseen = AlertFiring.objects.filter(seen_at=None)
    shown = list(unseen.order_by("-at")[: ALERTS_SHOWN + 1])
    for firing in shown[:ALERTS_SHOWN]:
        yield Note(firing.sentence, firing.at, "alerts", "See the alert")
    if len(shown) > ALERTS_SHOWN:
        yield Note(f"{unseen.count():,} alerts in all are not seen yet.", None, "alerts", "See all alerts")


def _quarantined(now: datetime) -> Iterator[Note]:
    held = QuarantinedMessage.objects.filter(received_at__gte=now - DAY, replayed_at=None)
    groups = held.values("name", "reason").annotate(count=Count("pk"), last=Max("received_at"))
    most = groups.order_by("-count", "name", "reason").first()
    if most is None:
        return
    count = held.order_by()[: COUNT_CAP + 1].count()
    what = f"“{most['name']}”" if most["name"] else "messages"
    events = f"{capped(count, COUNT_CAP)} event{'' if count == 1 else 's'}"
    text = f"Quarantine grew by {events} in the last 24 hours, most of them {what}: {most['reason']}"
    text = text.replace(", most of them", ",") if most["count"] == count else text
    yield Note(text, most["last"], "quarantine", "Look and repair")


def _silent(now: datetime) -> Iterator[Note]:
    since = now - FORGOTTEN_AFTER - OF_DAYS * DAY
    hours = Q(hours__hour__gte=since)
    sources = EventSource.objects.filter(test=False).annotate(last=Max("hours__last_received_at", filter=hours))
    for source in sources.filter(last__lt=now - SILENT_AFTER, last__gte=now - FORGOTTEN_AFTER).order_by("name"):
        if len(_days_before(source, source.last)) >= STEADY_DAYS:
            days = counted((now - source.last).days, "day")
            text = f"Nothing has come from {source.name} for {days}; it used to send almost every day."
            yield Note(text, None, "sources", "Look at the source", source=source.name)


def _days_before(source: EventSource, last: datetime) -> set[date]:
    """The days on which a source sent, of the last seven before it fell silent."""
    hours = SourceHour.objects.filter(source=source, hour__gt=last - OF_DAYS * DAY, hour__lte=last)
    return {hour.date() for hour in hours.values_list("hour", flat=True)}
