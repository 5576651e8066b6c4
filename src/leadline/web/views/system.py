"""The system page and what is held in quarantine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from leadline.web.queries.system import failed_jobs, quarantine_reasons, quarantined, system_report
from leadline.web.viewer import SYSTEM, only_for

ERRORS_SHOWN = 5


@require_safe
@only_for(SYSTEM)
def system_page(request: HttpRequest) -> HttpResponse:
    """Lag, counts, stages, collectors, troubles; to htmx, which asks every ten seconds, only what moves."""
    context = {
        "report": system_report(),
        "reasons": quarantine_reasons(),
        "latest": quarantined("", "", ERRORS_SHOWN).rows,
        "jobs": failed_jobs(ERRORS_SHOWN),
    }
    template = "web/system/report.html" if request.headers.get("HX-Request") else "web/system/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@only_for(SYSTEM)
def quarantine_page(request: HttpRequest) -> HttpResponse:
    """Messages that could not become events, by reason."""
    code = request.GET.get("reason", "")
    page = quarantined(code, request.GET.get("after", ""))
    address = {"reason": code, "after": page.next_cursor}
    following = "?" + urlencode({k: v for k, v in address.items() if v}) if page.next_cursor else ""
    context = {"reasons": quarantine_reasons(), "code": code, "messages_held": page.rows, "next": following}
    return render(request, "web/system/quarantine.html", context)
