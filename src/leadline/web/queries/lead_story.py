"""The story of one lead: its events page by page, its journey, its company, and what it agreed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from leadline.eventstore.lead_timeline import Wanted
from leadline.kernel.clock import from_micros, to_micros
from leadline.kernel.errors import TransientError
from leadline.pipeline import reading
from leadline.qualification.models import AccountStanding, Standing
from leadline.qualification.resting import RESTING
from leadline.tracking.models import Account
from leadline.web.journey_line import JourneyLine, journey_line
from leadline.web.queries.lead import Person
from leadline.web.queries.listed import is_seen
from leadline.web.words import person_name

PAGE_LENGTH = 25
COLLEAGUES = 5
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "actions": ("Actions", ("track",)),
    "pages": ("Pages", ("page", "screen")),
    "profile": ("Profile", ("identify", "group", "alias")),
}
"""What a timeline can be narrowed to: word in the address -> label, kinds of messages."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some events, newest first. `older` is the query of the next page, empty when there is none."""

    entries: Sequence[reading.TimelineEntry]
    kind: str
    is_first: bool
    older: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """The line, or what kept it from being drawn."""

    line: JourneyLine | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else of the same company."""

    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Company:
    """The company of a lead. `others`: how many more of its people have a score."""

    account: Account
    standing: AccountStanding | None
    colleagues: Sequence[Colleague]
    others: int


def first_page(person: Person) -> TimelinePage:
    """The latest events."""
    try:
        entries = reading.timeline(person.lead.pk, PAGE_LENGTH + 1)
    except TransientError as error:
        return TimelinePage((), "", True, trouble=str(error))
    return _page(entries, "", "", 0)


def timeline_page(number: int, query: QueryDict) -> TimelinePage:
    """The events that an address asks for.

    Raises:
        Http404: it asks for what there is not.
    """
    kind, (before, skip) = query.get("kind", ""), _cursor(query.get("before", ""))
    if kind not in KINDS:
        raise Http404("There is no such kind of events.")
    try:
        entries = reading.timeline_page(number, Wanted(PAGE_LENGTH + 1, KINDS[kind][1], before, skip))
    except TransientError as error:
        return TimelinePage((), kind, before is None, trouble=str(error))
    return _page(entries, kind, query.get("before", ""), skip)


def journey(number: int, now: datetime) -> Journey:
    """The way of a lead until now."""
    try:
        return Journey(journey_line(reading.journey(number), now))
    except TransientError as error:
        return Journey(None, str(error))


def company_of(person: Person) -> Company | None:
    """The company, its score, and who else of it has one."""
    account = person.account
    if account is None:
        return None
    rows = Standing.objects.filter(is_seen(), lead__account=account, lead__merged_into=None).exclude(stage=RESTING)
    rows = rows.exclude(lead=person.lead).select_related("lead").defer("state").order_by("-total", "lead_id")
    shown = [Colleague(person_name(row.lead.card, row.lead_id, row.lead.known), row) for row in rows[:COLLEAGUES]]
    others = rows.count() - len(shown) if len(shown) == COLLEAGUES else 0
    return Company(account, AccountStanding.objects.filter(pk=account.pk).first(), shown, others)


def _page(entries: Sequence[reading.TimelineEntry], kind: str, before: str, skip: int) -> TimelinePage:
    shown = entries[:PAGE_LENGTH]
    older = ""
    if len(entries) > PAGE_LENGTH:
        last = shown[-1].occurred_at
        same = len(list(takewhile(lambda each: each.occurred_at == last, reversed(shown))))
        again = skip if same == len(shown) and before and _cursor(before)[0] == last else 0
        older = urlencode({"kind": kind, "before": f"{to_micros(last)}-{same + again}"})
    return TimelinePage(shown, kind, not before, older)


def _cursor(text: str) -> tuple[datetime | None, int]:
    micros, _, skip = text.partition("-")
    if not text:
        return None, 0
    if not (micros.isdecimal() and skip.isdecimal()) or len(text) > 30:
        raise Http404("There is no such page.")
    try:
        return from_micros(int(micros)), int(skip)
    except (OverflowError, ValueError) as error:
        raise Http404("There is no such page.") from error
