"""A word about very many leads: how far it is, and what became of it."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.pipeline import jobs
from leadline.pipeline.bulk import BulkOutcome
from leadline.pipeline.bulk_jobs import BULK
from leadline.pipeline.models import Job
from leadline.web.viewer import LEADS, may_sell, only_for, viewer_of

VERBS = {"assign": "Give", "accept": "Accept", "reject": "Reject", "snooze": "Snooze"}


@require_safe
@only_for(LEADS)
def bulk_job(request: HttpRequest, number: int) -> HttpResponse:
    """One job: how far it is, or what became of the leads."""
    return render(request, "web/leads/bulk_job.html", _context(request, number))


@require_safe
@only_for(LEADS)
def bulk_job_progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is, for htmx; when it is over the whole page is loaded again."""
    context = _context(request, number)
    response = render(request, "web/components/job.html", context)
    if context["over"]:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@only_for(LEADS)
def cancel_bulk_job(request: HttpRequest, number: int) -> HttpResponse:
    """Ask it to stop; what was done stays done."""
    jobs.cancel(_find(request, number).pk)
    return redirect("leads_bulk_job", number=number)


def _context(request: HttpRequest, number: int) -> dict[str, object]:
    job = _find(request, number)
    result = job.result or {}
    refused = dict(result.get("refused", []))
    return {
        "job": job,
        "over": job.state in jobs.OVER,
        "verb": VERBS.get(job.arguments["act"], ""),
        "count": len(job.arguments["leads"]),
        "outcome": BulkOutcome(result["done"], result["same"], Counter(refused)) if result else None,
        "progress": "leads_bulk_progress",
        "cancel": "leads_bulk_cancel",
        "stopped": "It was stopped. What was done until then stays.",
    }


def _find(request: HttpRequest, number: int) -> Job:
    """
    Raises:
        Http404: there is none.
        PermissionDenied: whoever asks says nothing of leads.
    """
    if not may_sell(viewer_of(request)):
        raise PermissionDenied
    job = Job.objects.filter(pk=number, kind=BULK).first()
    if job is None or (viewer_of(request).sees_own_only and job.arguments["who"] != viewer_of(request).pk):
        raise Http404(f"There is no such job {number}.")
    return job
