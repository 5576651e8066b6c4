"""A backfill: how far it is, and stopping it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.pipeline import jobs
from leadline.pipeline.crm.running import BACKFILL
from leadline.pipeline.models import Job
from leadline.web.viewer import CRM, check_may, only_for


@require_safe
@only_for(CRM)
def crm_backfill_progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is, for htmx; when it is over the whole page is loaded again."""
    job = _find(number)
    over = job.state in jobs.OVER
    response = render(request, "web/components/job.html", {"job": job, "over": over, **WORDS})
    if over:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@only_for(CRM)
def cancel_crm_backfill(request: HttpRequest, number: int) -> HttpResponse:
    """Ask it to stop; what was sent stays sent."""
    check_may(request, Permission.SET_CRM)
    job = _find(number)
    jobs.cancel(job.pk)
    return redirect("crm_one", name=job.arguments["connection"])


WORDS = {
    "progress": "crm_backfill_progress",
    "cancel": "crm_backfill_cancel",
    "step": "Lead",
    "stopped": "The backfill was stopped. What was sent until then stays.",
}
"""For the component that shows a job."""


def _find(number: int) -> Job:
    job = Job.objects.filter(pk=number, kind=BACKFILL).first()
    if job is None:
        raise Http404(f"There is no backfill {number}.")
    return job
