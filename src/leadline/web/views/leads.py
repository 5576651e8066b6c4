"""All leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.audit_notes import note
from leadline.kernel.clock import utc_now
from leadline.tracking.models import Lead
from leadline.web.keyset import COUNT_CAP
from leadline.web.lead_columns import ALL, COLUMNS
from leadline.web.lead_controls import further_controls, hidden_segment, left_over
from leadline.web.lead_filter import SORTS, LeadFilter
from leadline.web.lead_views import views_of
from leadline.web.queries.leads import list_leads
from leadline.web.queries.matrix import bands
from leadline.web.segment_words import condition_words
from leadline.web.viewer import LEADS, may_sell, only_for, viewer_of
from leadline.web.words import STAGE_NAMES


@require_safe
@only_for(LEADS)
def leads_page(request: HttpRequest) -> HttpResponse:
    """The list; to htmx only its results."""
    wanted = LeadFilter.from_query(request.GET)
    is_part = bool(request.headers.get("HX-Request"))
    context = _results(request, wanted) | ({} if is_part else _around(request, wanted))
    response = render(request, "web/leads/results.html" if is_part else "web/leads/page.html", context)
    if is_part:
        response["HX-Push-Url"] = reverse("leads") + wanted.query
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@only_for(LEADS)
def find_leads(request: HttpRequest) -> HttpResponse:
    """Where the list's form is sent: to the address that says the same, with what is searched for sealed."""
    return redirect(reverse("leads") + LeadFilter.from_query(request.POST).page("").query)


@require_POST
@only_for(LEADS)
def more_filters(request: HttpRequest) -> HttpResponse:
    """The controls that few need: asked for when they are opened, since what they offer must be looked up."""
    wanted = LeadFilter.from_query(request.POST)
    kept = {name: value for name, value in wanted.words.items() if name != "segment"} | {"segment": left_over(wanted)}
    context = {"groups": further_controls(wanted), "kept": kept, "found": reverse("leads_found")}
    return render(request, "web/leads/more.html", context)


def _results(request: HttpRequest, wanted: LeadFilter) -> dict[str, object]:
    found = list_leads(wanted, utc_now(), COUNT_CAP)
    note(request, rows=len(found.rows))
    return {
        "filter": wanted,
        "list": found,
        "columns": [COLUMNS[name] for name in wanted.columns],
        "conditions": [(condition_words(each), wanted.without(each).query) for each in wanted.segment.conditions],
        "next": wanted.page(found.next_cursor).query if found.next_cursor else "",
        "first": wanted.page("").query,
        "cap": COUNT_CAP,
        "may_sell": may_sell(viewer_of(request)),
        "anybody": bool(found.rows) or Lead.objects.exists(),
    }


def _around(request: HttpRequest, wanted: LeadFilter) -> dict[str, object]:
    here = wanted.page("").query
    return {
        "stages": STAGE_NAMES,
        "bands": bands(),
        "sorts": SORTS,
        "all_columns": ALL,
        "views": views_of(viewer_of(request)),
        "here": here,
        "hidden": hidden_segment(wanted),
        "columns_asked": wanted.words.get("columns", ""),
        "main": {name: wanted.value(name) for name in ("stage", "grade", "fit")},
    }
