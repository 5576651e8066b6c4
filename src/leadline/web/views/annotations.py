"""Annotations: what happened on a day, shown on every chart over time."""

from datetime import date

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leadline.analytics.models import Annotation
from leadline.web.viewer import REPORTS, only_for
from leadline.web.views.studio import owner_of

LONGEST = 160
MOST = 500


@require_POST
@only_for(REPORTS)
def add_annotation(request: HttpRequest) -> HttpResponse:
    """Note what happened on a day."""
    text = " ".join(request.POST.get("text", "").split())[:LONGEST]
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise BadRequest("Choose the day on which it happened.") from error
    if not text:
        raise BadRequest("Write what happened on that day.")
    if Annotation.objects.count() >= MOST:
        raise BadRequest(f"There are {MOST} annotations, which is as many as there may be. Remove some first.")
    Annotation.objects.create(day=day, text=text, by=owner_of(request))
    return redirect(_back(request))


@require_POST
@only_for(REPORTS)
def remove_annotation(request: HttpRequest, number: int) -> HttpResponse:
    """Take one off all charts."""
    Annotation.objects.filter(pk=number).delete()
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else "/reports"
