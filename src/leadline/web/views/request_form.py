"""What the platform's visitors see: the form on which they ask about their data, and how it goes on.

Three kinds of pages. The form: the same answer whoever is known. The status page: whoever has its secret sees kind,
state and dates, and nothing about anybody. The person's own page, whose address was mailed: it confirms the request,
tells the outcome and hands out the archive; whoever filled the form in for somebody else never learns its address.
"""

from collections.abc import Mapping
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.audit import Via, What, Who
from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import ARCHIVE_MADE, REQUEST_CHANGED
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.mail import is_configured
from leadline.pipeline.privacy import handing_over, requests
from leadline.pipeline.runtime import running
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import DONE, OPEN, READY, RECEIVED
from leadline.privacy.sight import EVERYTHING, seeing
from leadline.web.request_words import READY_FOR_THEM, STANDS_FOR_ALL, WISHES, outcome_words, public_steps
from leadline.web.views.errors import too_many

UNPROCESSABLE = 422
LIMIT = "privacy_request"
"""What the rate limit is called in `sign_in_settings.RATE_LIMITS`."""
LONGEST_ADDRESS = 254
NOBODY_YET = Who(via=Via.PAGE)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_form(request: HttpRequest) -> HttpResponse:
    """The form; a POST takes the request in and shows how it stands."""
    if request.method != "POST":
        return _form(request, {"kind": request.GET.get("kind", "")})
    given = {name: request.POST.get(name, "") for name in ("kind", "email", "name", "text")}
    email = given["email"].strip().lower()[:LONGEST_ADDRESS]
    if not ratelimit.consume(request, action=LIMIT, key=email):
        return too_many(request)
    try:
        with seeing(EVERYTHING):
            row, secret = requests.receive(requests.Asked(**given), utc_now(), NOBODY_YET)
    except TerminalError as error:
        return _form(request, {**given, "fault": f"{error.message} {error.advice}".strip()}, UNPROCESSABLE)
    note(request, REQUEST_CHANGED, What("request", row.pk), kind=row.kind, state="received")
    return redirect("privacy_request_status", secret=secret)


@login_not_required
@never_cache
@require_safe
def status_page(request: HttpRequest, secret: str) -> HttpResponse:
    """How a request stands, for whoever has its secret."""
    with seeing(EVERYTHING):
        return _unlisted(render(request, "web/privacy_request/status.html", _told(_found(requests.by_secret(secret)))))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own page; a POST confirms that they ask. Programs that look into mails only ever GET."""
    with seeing(EVERYTHING):
        row = _found(requests.by_token(token))
        if request.method == "POST":
            requests.confirm(row, utc_now())
            note(request, REQUEST_CHANGED, What("request", row.pk), kind=row.kind, state=row.state)
            return redirect("privacy_request_mine", token=token)
        context = {**_told(row), "token": token, "answer": (row.asked or {}).get("answer", "")}
        may_fetch = handing_over.may_fetch(row, utc_now())
        context |= {"may_fetch": may_fetch, "must_confirm": row.state == RECEIVED}
        if may_fetch or row.state == DONE:
            context["outcome"] = outcome_words(row)
        if may_fetch:
            context["fetch_until"] = handing_over.fetch_until(row)
        if may_fetch and row.state == READY:
            context["state"] = READY_FOR_THEM
        return _unlisted(render(request, "web/privacy_request/mine.html", context))


@login_not_required
@never_cache
@require_POST
def own_archive(request: HttpRequest, token: str) -> HttpResponse:
    """The person's archive, made this moment."""
    now = utc_now()
    with seeing(EVERYTHING):
        row = _found(requests.by_token(token))
        if not handing_over.may_fetch(row, now):
            messages.error(request, "The archive can't be fetched any more. Ask again.")
            return redirect("privacy_request_mine", token=token)
        packed, told = handing_over.fetched(running().engine, row, now)
    note_archive(request, row, told)
    return _unlisted(zip_answer(packed, row))


def note_archive(request: HttpRequest, row: SubjectRequest, told: Mapping[str, Any]) -> None:
    """That an archive was made for a request, and how the request stands then."""
    about = What("lead", told["lead"]) if told["lead"] is not None else What("request", row.pk)
    note(request, ARCHIVE_MADE, about, records=told["records"], kind=row.kind, subject_request=row.pk, state=row.state)


def zip_answer(packed: bytes, row: SubjectRequest) -> HttpResponse:
    """An archive as a file that nothing keeps on the way."""
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{row.kind}-{row.pk}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest, given: Mapping[str, str], status: int = 200) -> HttpResponse:
    context = {**given, "wishes": WISHES.items(), "notice": settings.PRIVACY_NOTICE, "by_mail": is_configured()}
    return _unlisted(render(request, "web/privacy_request/form.html", context, status=status))


def _told(row: SubjectRequest) -> dict[str, object]:
    """Nothing in it is about anybody."""
    first = row.steps[0] if row.steps else {}
    return {
        "title": WISHES[row.kind],
        "state": STANDS_FOR_ALL[row.state],
        "is_open": row.state in OPEN,
        "received_at": row.received_at,
        "due_at": row.due_at,
        "steps": public_steps(row),
        "waits_for_mail": row.state == RECEIVED and bool(first.get("mail")) and first.get("way") == requests.FORM,
        "waits_for_us": row.state == RECEIVED and requests.is_our_turn(row),
    }


def _found(row: SubjectRequest | None) -> SubjectRequest:
    if row is None:
        raise Http404
    return row


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Its address is a secret: no search engine lists it, and no other site is told it. With "no-referrer" browsers
    send forms with the origin "null", which Django's check of forms refuses."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
