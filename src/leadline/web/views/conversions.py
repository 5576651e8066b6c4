"""Conversions: the funnel, which channels win, what they cost and bring, and how cohorts go on."""

import re
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.steps import parse_step
from leadline.analytics.written import step_words
from leadline.kernel.clock import utc_now
from leadline.pipeline.reports.catalogue import kind_of
from leadline.privacy.sight import sight
from leadline.tracking.models import Lead
from leadline.web.analysis import Analysis, Filled, Slot, Tab, analyse, filled, offered
from leadline.web.report_query import report_query, to_asked
from leadline.web.viewer import CONVERSIONS, JOURNEYS, only_for, pages_of, viewer_of

OF_MODELS = {
    "half_life": ("model", "time-decay"),
    "position": ("model", "position"),
    "order": ("model", "markov"),
}
FUNNEL = Tab(
    "conversions",
    "Funnel",
    "funnel",
    "How many people go from step to step, and where they stop.",
    ((Slot("funnel", "figures", "figures"),), (Slot("funnel", "chart:0", "l"),), (Slot("funnel", "table:steps", "m"),)),
)
ATTRIBUTION = Tab(
    "conversions_attribution",
    "Attribution",
    "attribution",
    "What the conversions are owed to, by the model that you choose, and the paths that this is made of.",
    (
        (Slot("attribution", "figures", "figures"),),
        (Slot("attribution", "chart:0", "l"),),
        (Slot("attribution", "chart:1", "l"),),
        (Slot("conversion-paths", "table:paths", "l"),),
    ),
    OF_MODELS,
)
REVENUE = Tab(
    "conversions_revenue",
    "Revenue",
    "revenue",
    "What channels, campaigns and contents brought, what they cost, and what a qualified lead cost.",
    (
        (Slot("revenue", "figures", "figures"),),
        (Slot("channel-costs", "table:channels", "l"),),
        (Slot("channel-costs", "table:campaigns", "l"),),
        (Slot("revenue", "chart:1", "m"), Slot("revenue", "chart:2", "m")),
        (Slot("revenue", "chart:3", "m"), Slot("revenue", "chart:0", "m")),
    ),
    OF_MODELS,
)
COHORTS = Tab(
    "conversions_cohorts",
    "Cohorts",
    "retention",
    "Who comes back, who qualifies and what they bring, by when they came first.",
    (
        (Slot("retention", "chart:0", "l"),),
        (Slot("qualification", "chart:0", "l"),),
        (Slot("cohorts-revenue", "chart:0", "l"),),
    ),
    {"edges": ("count", "brackets")},
)
STOPPED = "stopped"
"""After which step, counted from 1, the listed people stopped."""
STEP = re.compile("[1-9][0-9]?")
PAGE = ["GET", "HEAD", "POST"]
"""Its filters are sent to the page itself."""
TABS = (FUNNEL, ATTRIBUTION, REVENUE, COHORTS)


@require_http_methods(PAGE)
@only_for(CONVERSIONS)
def funnel_page(request: HttpRequest) -> HttpResponse:
    """From step to step; told apart, if asked; and who stopped after a step, if asked."""
    rows = FUNNEL.rows
    if request.GET.get("by", "").strip():
        rows = (*rows[:2], (Slot("funnel", "chart:1", "l"),), *rows[2:])
    return _page(request, replace(FUNNEL, rows=rows))


@require_http_methods(PAGE)
@only_for(CONVERSIONS)
def attribution_page(request: HttpRequest) -> HttpResponse:
    """Which channels conversions are owed to."""
    return _page(request, ATTRIBUTION)


@require_http_methods(PAGE)
@only_for(CONVERSIONS)
def revenue_page(request: HttpRequest) -> HttpResponse:
    """What channels bring and cost."""
    return _page(request, REVENUE)


@require_http_methods(PAGE)
@only_for(CONVERSIONS)
def cohorts_page(request: HttpRequest) -> HttpResponse:
    """Who comes back, and who qualifies."""
    return _page(request, COHORTS)


def stops(analysis: Analysis, stopped: str) -> list[tuple[str, str, bool]]:
    """For each step but the last: its words, the address that lists who stopped after it, and whether it is shown."""
    steps = [part.strip() for part in analysis.texts.get("steps", "").split(">") if part.strip()]
    return [
        (_words(step), f"?{report_query({**analysis.given, STOPPED: str(place)})}", stopped == str(place))
        for place, step in enumerate(steps[:-1], 1)
    ]


def _words(step: str) -> str:
    """As it was written where it can't be read: the report says so."""
    try:
        return step_words(parse_step(step))
    except ParameterError:
        return step


def _people(analysis: Analysis, stopped: str) -> Filled | None:
    """The room of those who stopped after a step; none for who sees only their own leads."""
    if sight().owner is not None:
        return None
    slot = Slot("drop-off", "table:people", "l", (("step", stopped),))
    return filled(slot, analysis.texts) if analysis.rows and STEP.fullmatch(stopped) else None


def _page(request: HttpRequest, tab: Tab) -> HttpResponse:
    if request.method == "POST":
        return to_asked(request, kind_of(tab.kind))
    analysis, stopped = analyse(tab, request.GET, utc_now()), request.GET.get(STOPPED, "")
    context = {
        "tab": tab,
        "tabs": TABS,
        "anybody": Lead.objects.exists(),
        "analysis": analysis,
        "stops": stops(analysis, stopped) if tab.page == FUNNEL.page else [],
        "people": _people(analysis, stopped) if tab.page == FUNNEL.page else None,
        "suggestions": offered(kind_of(tab.kind)),
        "may_shape": JOURNEYS in pages_of(viewer_of(request)),
    }
    return render(request, "web/conversions/page.html", context)
