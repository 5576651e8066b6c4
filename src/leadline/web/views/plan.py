"""The tracking plan: how events broke it, with examples, and what it says."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TransientError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import runtime
from leadline.pipeline.plans import breaches
from leadline.tracking.masking import masked
from leadline.tracking.models import EventSource, ViolationTally
from leadline.tracking.plan import TrackingPlan
from leadline.web.repair_form import pretty
from leadline.web.viewer import PLAN, QUARANTINE, only_for, pages_of, viewer_of

ROWS_SHOWN = 200


@require_safe
@only_for(PLAN)
def plan_page(request: HttpRequest) -> HttpResponse:
    """Violations of 30 days and the plan; to htmx only the violations."""
    source, now = request.GET.get("source", "")[:50], utc_now()
    found, plan = breaches(source, now), _plan()
    sources = list(EventSource.objects.order_by("name"))
    context = {
        "plan": plan,
        "source": source,
        "sources": sources,
        "tests": {each.name for each in sources if each.test},
        "breaches": found[:ROWS_SHOWN],
        "left_out": max(len(found) - ROWS_SHOWN, 0),
        "example": _example(request.GET.get("example", ""), plan),
        "query": f"?{urlencode({'source': source})}&" if source else "?",
        "may_repair": QUARANTINE in pages_of(viewer_of(request)),
    }
    template = "web/plan/violations.html" if request.headers.get("HX-Request") else "web/plan/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _plan() -> TrackingPlan | None:
    """The plan in force; None while the pipeline has not started."""
    try:
        return runtime.running().engine.plan
    except TransientError:
        return None


def _example(number: str, plan: TrackingPlan | None) -> dict[str, object]:
    """The last message of a violation, masked."""
    row = ViolationTally.objects.filter(pk=number_of(number) or 0).first()
    if row is None:
        return {}
    listed = plan.listed(row.event) if plan else frozenset[str]()
    personal = plan.personal(row.event) if plan else frozenset[str]()
    return {"tally": row.pk, "text": pretty(masked(row.example, listed, personal)), "at": row.last_seen_at}
