"""What sales says on a lead's page: one form a word. Refused words come back as a note above the page's head."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import runtime, sales
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word
from leadline.web.lead_head import lead_head, words_said
from leadline.web.queries.lead import Person, find_person, stage_history
from leadline.web.viewer import LEADS, may_sell, only_for, viewer_of, zone_of

UNPROCESSABLE = 422
SPANS: Mapping[str, timedelta] = {"1d": timedelta(days=1), "3d": timedelta(days=3), "1w": timedelta(weeks=1)}
"""How long the buttons snooze."""


@require_POST
@only_for(LEADS)
def say_word(request: HttpRequest, number: int, word: str) -> HttpResponse:
    """Accept, reject and the rest."""
    person = _to_sell_to(request, number)
    return _done(request, person, lambda: _say(request, person, word))


@require_POST
@only_for(LEADS)
def assign_lead(request: HttpRequest, number: int) -> HttpResponse:
    """Give the lead to somebody, to nobody, or to whom the assignment rules choose."""
    person = _to_sell_to(request, number)
    return _done(request, person, lambda: _assign(request, person, request.POST.get("owner", "")))


def _say(request: HttpRequest, person: Person, word: str) -> None:
    engine, now = runtime.running().engine, utc_now()
    note = request.POST.get("note", "")
    sales.say_of(engine, person.lead.pk, _word(request, word, now), _speaker(request), note)


def _word(request: HttpRequest, word: str, now: datetime) -> SalesWord:
    posted, zone = request.POST, zone_of(request)
    if word == Word.REJECT:
        return SalesWord(word, now, reason=posted.get("reason", ""))
    if word == Word.SNOOZE:
        return SalesWord(word, now, until=_until(posted.get("until", "") or posted.get("on", ""), now, zone))
    if word == Word.OVERRIDE:
        return SalesWord(word, now, stage=posted.get("stage", ""), until=_until(posted.get("until", ""), now, zone))
    return SalesWord(word, now)


def _until(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The end that a button or a day stands for: a day as it begins for whoever looks."""
    if text in SPANS:
        return now + SPANS[text]
    try:
        return datetime.combine(date.fromisoformat(text), time.min, tzinfo=zone) if text else None
    except ValueError as error:
        raise TerminalError(f"{text[:20]!r} is no day.", advice="Use a day such as 2026-12-01.") from error


def _assign(request: HttpRequest, person: Person, owner: str) -> None:
    engine, lead = runtime.running().engine, person.lead.pk
    if owner == sales.AUTO:
        if not sales.assign_by_rules(engine, lead):
            raise TerminalError("The rules found nobody else.", advice="The page Sales team shows who has room.")
        return
    user = User.objects.filter(pk=number_of(owner) or 0, is_active=True).first()
    if owner and user is None:
        raise TerminalError("There is no such user.", advice="Load the page again.")
    sales.assign_to(engine, lead, user, _speaker(request))


def _speaker(request: HttpRequest) -> Speaker:
    viewer = viewer_of(request)
    return Speaker(str(viewer), "page", viewer)


def _to_sell_to(request: HttpRequest, number: int) -> Person:
    if not may_sell(viewer_of(request)):
        raise PermissionDenied
    person = find_person(number)
    if not person.can_be_sold_to:
        raise Http404("Nothing can be said about this lead: nobody knows who it is.")
    return person


def _done(request: HttpRequest, person: Person, act: Callable[[], None]) -> HttpResponse:
    """The new head of the page for htmx; the whole page for a browser without it."""
    fault = ""
    try:
        act()
    except LeadlineError as error:
        fault = str(error)
    is_htmx = bool(request.headers.get("HX-Request"))
    if not is_htmx and not fault:
        return redirect("leads_one", person.lead.pk)
    person = find_person(person.lead.pk)
    context = lead_head(request, person) | {"fault": fault}
    if is_htmx:  # htmx shows nothing of a refusal that has the status of one
        history = {"transitions": stage_history(person), "said": words_said(person)}
        return render(request, "web/lead/said.html", context | history)
    return render(request, "web/lead/refused.html", context, status=UNPROCESSABLE)
