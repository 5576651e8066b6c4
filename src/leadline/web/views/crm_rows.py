"""Leads of a connection: those that failed with the vendor's words, those that wait, those left out; sent again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.errors import NotFoundError
from leadline.kernel.figures import counted
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.crm import commands
from leadline.web.crm_shown import STATES, shown_connection, with_moments
from leadline.web.viewer import CRM, check_may, only_for, viewer_of
from leadline.web.views.crm import found
from leadline.web.views.studio import engine, owner_of

ROWS_SHOWN = 50
MOST_LEADS = 9_999_999
"""Digits."""


@require_safe
@only_for(CRM)
def crm_leads(request: HttpRequest, name: str) -> HttpResponse:
    """Leads in one state; `?state=` says which."""
    state = request.GET.get("state", "failed")
    state = state if state in STATES else "failed"
    offset = number_of(request.GET.get("from", ""), MOST_LEADS) or 0
    connection = shown_connection(found(name))
    rows = _rows(name, state, offset)
    counts = {**connection["counts"], "sent": connection["counts"]["linked"]}
    query = urlencode({"state": state, "from": str(offset + ROWS_SHOWN)})
    context = {
        "connection": connection,
        "state": state,
        "meaning": STATES[state][1],
        "states": [(key, label, counts[key]) for key, (label, _) in STATES.items()],
        "count": counts[state],
        "rows": with_moments(rows[:ROWS_SHOWN]),
        "next": f"?{query}" if len(rows) > ROWS_SHOWN else "",
        "first": f"?state={state}",
        "offset": offset,
        "may_edit": viewer_of(request).may(Permission.SET_CRM),
        "done": _done(request.GET.get("retried", "")),
    }
    return render(request, "web/crm/leads.html", context)


@require_POST
@only_for(CRM)
def crm_send_again(request: HttpRequest, name: str) -> HttpResponse:
    """Let what failed be sent again: one lead or all of them; of those left out only the one that is named."""
    check_may(request, Permission.SET_CRM)
    found(name)
    state = request.POST.get("state", "failed")
    leads = [number for each in request.POST.getlist("lead") if (number := number_of(each)) is not None]
    if not leads and state == "left_out":
        return redirect(reverse("crm_leads", args=[name]))
    try:
        told = commands.crm_retry(engine(), name, leads, left_out=state == "left_out", by=owner_of(request))
    except NotFoundError as error:
        raise Http404(error.message) from error
    query = urlencode({"state": state, "retried": told["retried"]})
    return redirect(f"{reverse('crm_leads', args=[name])}?{query}")


def _rows(name: str, state: str, offset: int) -> list[dict[str, Any]]:
    """One more than is shown."""
    if state == "failed":
        return commands.crm_failed(engine(), name, limit=ROWS_SHOWN + 1, offset=offset)
    return commands.crm_links(engine(), name, state, limit=ROWS_SHOWN + 1, offset=offset)


def _done(count: str) -> str:
    leads = number_of(count, MOST_LEADS)
    if leads is None:
        return ""
    if leads == 0:
        return "Nothing was waiting to be sent again."
    return f"{counted(leads, 'lead')} will be sent again by the next run, within a second."
