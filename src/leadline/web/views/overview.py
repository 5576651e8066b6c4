"""Overview: how it goes, who is hottest, what changed, what needs a look.

The page is sent at once; what is computed from events comes in parts that fill themselves.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.kernel.clock import utc_now
from leadline.pipeline import runtime
from leadline.pipeline.hottest import hottest_of
from leadline.tracking.models import Lead
from leadline.web.asked import of_channel, period_words
from leadline.web.queries.asked import asked_of, asked_or_default, channels
from leadline.web.queries.overview import HOTTEST_SHOWN, hottest, notes
from leadline.web.report_sight import report_seen
from leadline.web.viewer import OVERVIEW, only_for, pages_of, viewer_of

CHANGES_SHOWN = 6


@require_safe
@only_for(OVERVIEW)
def overview_page(request: HttpRequest) -> HttpResponse:
    """The page without its computed parts."""
    now, (asked, fault) = utc_now(), asked_or_default(request)
    context = {
        "asked": asked,
        "fault": fault,
        "days": period_words(asked),
        "day_zone": settings.REPORTING_ZONE,
        "channels": channels(),
        "notes": notes(now, pages_of(viewer_of(request))),
        "anybody": Lead.objects.exists(),
        "hottest": [] if asked.channel else hottest(),
    }
    return render(request, "web/overview/page.html", context)


@require_safe
@only_for(OVERVIEW)
def hottest_part(request: HttpRequest) -> HttpResponse:
    """Who is hottest of a channel, which only the event store knows."""
    asked = asked_of(request)
    leads = hottest_of(runtime.running().engine, of_channel(asked.channel), HOTTEST_SHOWN)
    return _part(request, "hottest", {"asked": asked, "hottest": hottest(leads)})


@require_safe
@only_for(OVERVIEW)
def changed_part(request: HttpRequest) -> HttpResponse:
    """What changed this week, in sentences."""
    asked = asked_of(request)
    wanted = {"segment": asked.segment} if asked.segment else {}
    report = report_seen(runtime.running().engine, "what-changed", wanted)
    told = {name: report.table(name).records()[:CHANGES_SHOWN] for name in ("changes", "happenings")}
    return _part(request, "changed", {"asked": asked, **told})


def _part(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A part for htmx; without it, a page of its own."""
    part = f"web/overview/{name}.html"
    alone = not request.headers.get("HX-Request")
    response = render(request, "web/overview/part.html" if alone else part, {**context, "part": part})
    patch_vary_headers(response, ["HX-Request"])
    return response
