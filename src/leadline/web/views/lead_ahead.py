"""The parts of a lead's page that are loaded after it. Without htmx each is a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from leadline.kernel.clock import utc_now
from leadline.web.queries.lead import find_person
from leadline.web.queries.lead_ahead import lead_ahead, score_moved
from leadline.web.score_chart import SPANS
from leadline.web.viewer import LEADS, only_for, zone_of
from leadline.web.views.lead_story import lead_part


@require_safe
@only_for(LEADS)
def ahead_part(request: HttpRequest, number: int) -> HttpResponse:
    """What would move the score and the stage, and what becomes of them if nothing happens."""
    person = find_person(number)
    return lead_part(request, "ahead", {"person": person, "ahead": lead_ahead(person.lead.pk, utc_now())})


@require_safe
@only_for(LEADS)
def history_part(request: HttpRequest, number: int) -> HttpResponse:
    """How the score moved, as a chart and a table."""
    person = find_person(number)
    moved = score_moved(person.lead.pk, request.GET.get("span", ""), utc_now(), zone_of(request))
    return lead_part(request, "score_history", {"person": person, "moved": moved, "spans": SPANS})
