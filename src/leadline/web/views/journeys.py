"""Journeys: the ways that people take, as a stream and as the most common paths."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from leadline.kernel.clock import utc_now
from leadline.pipeline.reports.catalogue import kind_of
from leadline.tracking.models import Lead
from leadline.web.analysis import Slot, Tab, analyse, offered
from leadline.web.report_query import report_query, to_asked
from leadline.web.viewer import JOURNEYS as PAGE
from leadline.web.viewer import only_for

JOURNEYS = Tab(
    "journeys",
    "Journeys",
    "journeys",
    "The ways that people take. Repeated steps are told once; what few did is left out of the drawing.",
    ((Slot("journeys", "chart:0", "xl"),), (Slot("journeys", "table:paths", "l"),)),
)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(PAGE)
def journeys_page(request: HttpRequest) -> HttpResponse:
    """Which ways people take; the filters are sent here."""
    if request.method == "POST":
        return to_asked(request, kind_of(JOURNEYS.kind))
    analysis = analyse(JOURNEYS, request.GET, utc_now())
    context = {
        "tab": JOURNEYS,
        "anybody": Lead.objects.exists(),
        "analysis": analysis,
        "anchor": analysis.texts.get("anchor", ""),
        "everything": "?" + report_query({**analysis.given, "anchor": ""}),
        "suggestions": offered(kind_of(JOURNEYS.kind)),
    }
    return render(request, "web/journeys/page.html", context)
