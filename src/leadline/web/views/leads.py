"""All leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.tracking.models import Lead
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.leads import LeadFilter, list_leads
from leadline.web.queries.matrix import bands
from leadline.web.viewer import LEADS, only_for
from leadline.web.words import STAGE_NAMES


@require_safe
@only_for(LEADS)
def leads_page(request: HttpRequest) -> HttpResponse:
    """The list; to htmx only its results."""
    wanted = LeadFilter.from_query(request.GET)
    found = list_leads(wanted)
    context = {
        "filter": wanted,
        "list": found,
        "next": wanted.page(found.next_cursor).query if found.next_cursor else "",
        "first": wanted.page("").query,
        "cap": COUNT_CAP,
        "stages": STAGE_NAMES,
        "bands": bands(),
        "anybody": bool(found.rows) or Lead.objects.exists(),
    }
    template = "web/leads/results.html" if request.headers.get("HX-Request") else "web/leads/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
