"""The parts of a lead's story that are loaded on demand: older events, and the journey."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.kernel.clock import utc_now
from leadline.web.queries.lead import find_person
from leadline.web.queries.lead_story import KINDS, journey, timeline_page
from leadline.web.viewer import LEADS, only_for


@require_safe
@only_for(LEADS)
def timeline_part(request: HttpRequest, number: int) -> HttpResponse:
    """Events of one kind or of all; older ones than those that are shown."""
    person = find_person(number)
    happened = timeline_page(person.lead.pk, request.GET)
    part = "timeline" if happened.is_first else "older"
    return lead_part(request, part, {"person": person, "happened": happened, "kinds": KINDS})


@require_safe
@only_for(LEADS)
def journey_part(request: HttpRequest, number: int) -> HttpResponse:
    """The journey as one line."""
    person = find_person(number)
    return lead_part(request, "journey", {"person": person, "journey": journey(person.lead.pk, utc_now())})


def lead_part(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """A part of a lead's page for htmx; a page of its own for a browser without it."""
    part = f"web/lead/{name}.html"
    alone = not request.headers.get("HX-Request")
    response = render(request, "web/lead/part.html" if alone else part, {**context, "part": part})
    patch_vary_headers(response, ["HX-Request"])
    return response
