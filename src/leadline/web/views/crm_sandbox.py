"""The sandbox CRM: what the sales team sees there, and the buttons it has. What they do comes back by the sync."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from leadline.kernel.errors import LeadlineError, NotFoundError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.crm import sandbox
from leadline.web.crm_shown import with_moments
from leadline.web.viewer import CRM, may_sell, only_for, viewer_of
from leadline.web.views.studio import UNPROCESSABLE, engine

LABELS = {
    "accept": "Accept",
    "contact": "Contacted",
    "open": "Deal open",
    "win": "Won",
    "lose": "Lost",
    "delete": "Deleted",
}


@require_safe
@only_for(CRM)
def crm_sandbox_page(request: HttpRequest) -> HttpResponse:
    """The pipeline; `?status=` one column of it, `&after=` what follows a record there."""
    return _page(request, request.GET.get("connection", ""), request.GET.get("status", ""))


@require_POST
@only_for(CRM)
def crm_sandbox_act(request: HttpRequest, number: int) -> HttpResponse:
    """What somebody did with a record there."""
    viewer = viewer_of(request)
    if not may_sell(viewer):
        raise PermissionDenied
    post = request.POST
    amount, currency, reason = (post.get(name, "")[:60] for name in ("amount", "currency", "reason"))
    connection, status = post.get("connection", "")[:50], post.get("status", "")[:30]
    try:
        told = sandbox.crm_sandbox_act(engine(), number, post.get("act", ""), amount, currency, reason, by=viewer.email)
    except NotFoundError as error:
        raise Http404(error.message) from error
    except LeadlineError as error:
        return _page(request, connection, status, str(error), number)
    query = {"connection": connection, "status": status, "done": post["act"], "record": told["number"]}
    address = f"{reverse('crm_sandbox')}?{urlencode({name: value for name, value in query.items() if value})}"
    return redirect(f"{address}#record-{told['number']}")


def _page(request: HttpRequest, connection: str, status: str, fault: str = "", number: int = 0) -> HttpResponse:
    record, after = _number(request, "record") or number, _number(request, "after")
    try:
        told = with_moments(sandbox.crm_sandbox(engine(), connection, status, record, after))
    except NotFoundError as error:
        raise Http404(error.message) from error
    context = {
        "sandbox": told,
        "status": status,
        "after": after,
        "fault": fault,
        "chosen": record,
        "done": _done(request, told["named"] or "The record"),
        "may_sell": may_sell(viewer_of(request)),
    }
    return render(request, "web/crm/sandbox.html", context, status=UNPROCESSABLE if fault else 200)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return number_of(text) or 0


def _done(request: HttpRequest, name: str) -> str:
    label = LABELS.get(request.GET.get("done", ""))
    return f"{name}: {label}. Leadline learns of it by the next run, within a second." if label else ""
