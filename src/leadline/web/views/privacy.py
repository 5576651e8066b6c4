"""Privacy: who somebody is, their archive, their erasure. What is typed to find them stands in no address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.audit import What
from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import ARCHIVE_MADE, PEOPLE_LISTED, PERSON_ERASED
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline import jobs
from leadline.pipeline.privacy import erasures
from leadline.pipeline.privacy.archive_commands import packed_archive
from leadline.pipeline.privacy.erasing import ERASURE
from leadline.pipeline.privacy.proof import proof_lines
from leadline.pipeline.privacy.recipients import recipients_of
from leadline.pipeline.privacy.subjects import people_meant, subject_of
from leadline.pipeline.runtime import running
from leadline.privacy.kinds import Subject
from leadline.privacy.models import Erasure
from leadline.web.request_words import named
from leadline.web.viewer import PRIVACY, only_for, viewer_of

ERASURES_SHOWN = 20
LONGEST = 254


@require_safe
@only_for(PRIVACY)
def privacy_page(request: HttpRequest) -> HttpResponse:
    """Where requests are answered: a search, and the latest erasures."""
    return render(request, "web/privacy/page.html", _context(request))


@require_safe
@only_for(PRIVACY)
def erasure_page(request: HttpRequest, number: int) -> HttpResponse:
    """One erasure with its proof."""
    erasure = get_object_or_404(Erasure, pk=number)
    context = {"erasure": erasure, "lines": proof_lines(erasure.proof), "elsewhere": erasure.proof.get("elsewhere", [])}
    return render(request, "web/privacy/erasure.html", context)


@require_POST
@only_for(PRIVACY)
def find(request: HttpRequest) -> HttpResponse:
    """Everybody who is known by what was typed."""
    asked = request.POST.get("whom", "").strip()[:LONGEST]
    people = people_meant(asked) if asked else []
    note(request, PEOPLE_LISTED, rows=len(people))
    context = {"asked": asked, "searched": True, "people": [_person(subject) for subject in people]}
    return render(request, "web/privacy/page.html", {**_context(request), **context})


@require_POST
@only_for(PRIVACY)
def archive(request: HttpRequest, lead: int) -> HttpResponse:
    """A person's archive as a file; with `portable` only what they gave themselves."""
    portable = request.POST.get("portable") == "yes"
    made, packed = packed_archive(running().engine, _subject(lead), portable=portable)
    note(request, ARCHIVE_MADE, What("lead", lead), records=made.records, kind="portable" if portable else "access")
    response = HttpResponse(packed, content_type="application/zip")
    name = "portable" if portable else "archive"
    response["Content-Disposition"] = f'attachment; filename="{name}-{lead}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@only_for(PRIVACY)
def erase(request: HttpRequest, lead: int) -> HttpResponse:
    """Have a person erased, once their number was typed; a job does it."""
    number = _subject(lead).leads[0]
    if request.POST.get("typed", "").strip() != str(number):
        messages.error(request, f"Lead {number} was not erased: type {number} to confirm it.")
        return redirect("privacy")
    erasure = erasures.ask_lead(number, _crm(request), utc_now())
    jobs.start(ERASURE, {"erasure": erasure.pk}, str(viewer_of(request)))
    note(request, PERSON_ERASED, What("lead", number), erasure=erasure.pk, state="asked")
    messages.success(request, f"Lead {number} is being erased. It is done when it says so below.")
    return redirect("privacy")


def _context(request: HttpRequest) -> dict[str, object]:
    user = viewer_of(request)
    return {
        "erasures": Erasure.objects.order_by("-pk")[:ERASURES_SHOWN],
        "crm": Erasure.CRM.choices,
        "may_answer": user.may(Permission.SET_PRIVACY) and user.may(Permission.READ_PEOPLE),
    }


def _person(subject: Subject) -> dict[str, object]:
    return {
        "lead": next(iter(subject.leads), None),
        "merged": subject.leads[1:],
        "names": named(subject.names),
        "recipients": recipients_of(subject),
    }


def _subject(lead: int) -> Subject:
    try:
        return subject_of(lead)
    except NotFoundError as error:
        raise Http404 from error


def _crm(request: HttpRequest) -> str:
    given = request.POST.get("crm", "")
    return given if given in Erasure.CRM.values else Erasure.CRM.DELETE.value
