"""One lead's page and what can be done on it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.kernel.clock import utc_now
from leadline.pipeline.identities import names_of
from leadline.web import sales
from leadline.web.next_step import next_step
from leadline.web.queries.lead import Person, find_person, happened, stage_history, why
from leadline.web.viewer import IDENTITIES, LEADS, may_sell, only_for, pages_of, viewer_of, zone_of

MERGED_SHOWN = 20


@require_safe
@only_for(LEADS)
def lead_page(request: HttpRequest, number: int) -> HttpResponse:
    """Why now and what next, every point of the score, what happened, and the stages it went through."""
    person = find_person(number)
    if person.lead.pk != number:
        return redirect("leads_one", person.lead.pk, permanent=False)
    context = _head(request, person) | {
        "is_noise": person.lead.internal or person.lead.bot,
        "why": why(person, utc_now()),
        "happened": happened(person),
        "transitions": stage_history(person),
        **_identities(request, person),
    }
    return render(request, "web/lead/page.html", context)


def _identities(request: HttpRequest, person: Person) -> dict[str, object]:
    """Whose names these are concerns sales and administrators; only the latter change it."""
    if not may_sell(viewer_of(request)):
        return {}
    merged = person.lead.merged.order_by("pk").values_list("pk", flat=True)
    return {
        "names": names_of(person.lead),
        "merged_from": list(merged[:MERGED_SHOWN]),
        "may_merge": IDENTITIES in pages_of(viewer_of(request)),
    }


@require_POST
@only_for(LEADS)
def accept_lead(request: HttpRequest, number: int) -> HttpResponse:
    """Take the lead."""
    person = _to_sell_to(request, number)
    sales.accept(person.lead.pk, str(viewer_of(request)), utc_now())
    return _changed(request, number)


@require_POST
@only_for(LEADS)
def log_contact(request: HttpRequest, number: int) -> HttpResponse:
    """Note that somebody spoke to the person."""
    person = _to_sell_to(request, number)
    sales.log_first_contact(person.lead.pk, str(viewer_of(request)), utc_now())
    return _changed(request, number)


def _to_sell_to(request: HttpRequest, number: int) -> Person:
    if not may_sell(viewer_of(request)):
        raise PermissionDenied
    person = find_person(number)
    if not person.can_be_sold_to:
        raise Http404("This lead cannot be accepted or contacted.")
    return person


def _changed(request: HttpRequest, number: int) -> HttpResponse:
    """The new head of the page for htmx; the whole page for a browser without it."""
    if not request.headers.get("HX-Request"):
        return redirect("leads_one", number)
    return render(request, "web/lead/head.html", _head(request, find_person(number)))


def _head(request: HttpRequest, person: Person) -> dict[str, object]:
    return {
        "person": person,
        "next_step": next_step(person.situation, utc_now(), zone_of(request)),
        "may_act": may_sell(viewer_of(request)) and person.can_be_sold_to,
    }
