"""The system page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.web.queries.system import failed_jobs, latest_quarantined, quarantine_reasons, system_report
from leadline.web.viewer import SYSTEM, only_for

ERRORS_SHOWN = 5


@require_safe
@only_for(SYSTEM)
def system_page(request: HttpRequest) -> HttpResponse:
    """Lag, counts, stages, collectors, troubles; to htmx, which asks every ten seconds, only what moves."""
    context = {
        "report": system_report(),
        "reasons": quarantine_reasons(),
        "latest": latest_quarantined(ERRORS_SHOWN),
        "jobs": failed_jobs(ERRORS_SHOWN),
    }
    template = "web/system/report.html" if request.headers.get("HX-Request") else "web/system/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
