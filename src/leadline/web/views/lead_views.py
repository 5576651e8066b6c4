"""Saved views of the list of leads: keep one, remove one."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from leadline.accounts.models import User
from leadline.analytics.models import SavedView
from leadline.privacy.sight import EVERYTHING, seeing
from leadline.web.lead_filter import LeadFilter
from leadline.web.lead_views import PAGE
from leadline.web.viewer import LEADS, only_for, viewer_of

LONGEST_NAME = 80


@require_POST
@only_for(LEADS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the address that the list has under a name; one of the same name is replaced."""
    wanted = LeadFilter.from_query(QueryDict(request.POST.get("query", "").lstrip("?"))).page("")
    name = request.POST.get("name", "").strip()[:LONGEST_NAME] or "Without a name"
    shared = request.POST.get("shared") == "yes"
    with seeing(EVERYTHING):  # it is their own search, whoever they are
        SavedView.objects.update_or_create(
            owner=viewer_of(request), page=PAGE, name=name, defaults={"query": wanted.kept or None, "shared": shared}
        )
    return redirect(reverse("leads") + wanted.query)


@require_POST
@only_for(LEADS)
def remove_view(request: HttpRequest, number: int) -> HttpResponse:
    """Remove one's own; administrators remove anybody's."""
    viewer, row = viewer_of(request), get_object_or_404(SavedView, pk=number, page=PAGE)
    if row.owner_id != viewer.pk and viewer.role != User.Role.ADMINISTRATOR:
        raise PermissionDenied
    row.delete()
    return redirect("leads")
