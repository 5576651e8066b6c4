"""Subject requests for those who answer them: the list, one of them, and what can be done about it."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.audit import Via, What, Who
from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import REQUEST_CHANGED
from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.mail import is_configured
from leadline.pipeline.privacy import handing_over, request_letters, request_work, requests
from leadline.pipeline.privacy.recipients import recipients_of
from leadline.pipeline.privacy.registry import all_kinds
from leadline.pipeline.runtime import running
from leadline.privacy.kinds import Subject
from leadline.privacy.models import Erasure, SubjectRequest
from leadline.privacy.request_rules import DONE, OPEN, OPT_OUT, READY, RECEIVED, REFUSED, VERIFIED, WORKING
from leadline.tracking.corrections import FORM_TRAITS, traits_of
from leadline.web.keyset import page_after
from leadline.web.moments import date
from leadline.web.request_words import (
    SHORT,
    STANDS,
    TRAIT_WORDS,
    erasure_of,
    handed_over,
    inside_steps,
    named,
    outcome_words,
    proof_kinds,
    proof_lines,
    users_in,
)
from leadline.web.viewer import PRIVACY, only_for, viewer_of, zone_of
from leadline.web.views.request_form import note_archive, zip_answer

UNPROCESSABLE = 422
OPEN_ONES, LATE_ONES, ALL = "open", "overdue", "all"
FIELDS = ("kind", "email", "name", "text")
TRAIT = "trait."
"""Before the name of a trait, in forms."""
LEADING = {request_letters.READY, request_letters.DONE, request_letters.ERASING}
"""Letters that lead to where the outcome stands."""
CARRIED_OUT = {
    READY: "The answer is ready. The request is done when they have it.",
    WORKING: "They are being erased. It is done when it says so here.",
    DONE: "It is done.",
}
"""What carrying a request out came to, by where it stands then."""


@require_safe
@only_for(PRIVACY)
def requests_page(request: HttpRequest) -> HttpResponse:
    """Requests, by default the open ones, the first due first."""
    state, kind, now = _chosen(request, "state"), _chosen(request, "kind"), utc_now()
    rows = SubjectRequest.objects.filter(kind=kind) if kind in requests.KINDS else SubjectRequest.objects.all()
    if state in requests.STATES:
        rows = rows.filter(state=state)
    elif state != ALL:
        rows = rows.filter(state__in=OPEN)
    if state == LATE_ONES:
        rows = rows.filter(pk__in=[row.pk for row in requests.overdue(now)])
    newest_first = state == ALL or state in requests.STATES
    keys = ("-received_at", "-pk") if newest_first else ("due_at", "pk")
    page = page_after(rows, keys, request.GET.get("after", ""))
    query = f"?state={state or OPEN_ONES}&kind={kind}"
    context = {
        "rows": [_line(row) for row in page.rows],
        "state": state or OPEN_ONES,
        "kind": kind,
        "states": ((OPEN_ONES, "that are open"), (LATE_ONES, "that are overdue"), *STANDS.items(), (ALL, "all")),
        "kinds": SHORT.items(),
        "anybody": bool(page.rows) or SubjectRequest.objects.exists(),
        "late": len(requests.overdue(now)),
        "to_hand_over": SubjectRequest.objects.filter(state=READY).count() if state != READY else 0,
        "query": query,
        "next": f"{query}&after={page.next_cursor}" if page.next_cursor else "",
        "may_answer": _may_answer(request),
    }
    return render(request, "web/privacy/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(PRIVACY)
def new_request(request: HttpRequest) -> HttpResponse:
    """Write down a request that came by letter or telephone."""
    given = {name: request.POST.get(name, "") for name in FIELDS}
    context: dict[str, object] = {**given, "kinds": SHORT.items()}
    if request.method == "POST":
        try:
            row, _ = requests.receive(requests.Asked(**given), utc_now(), _who(request), requests.HAND)
        except TerminalError as error:
            context["fault"] = f"{error.message} {error.advice}".strip()
            return render(request, "web/privacy/request_new.html", context, status=UNPROCESSABLE)
        note(request, REQUEST_CHANGED, What("request", row.pk), kind=row.kind, state=row.state)
        return redirect("privacy_requests_one", number=row.pk)
    return render(request, "web/privacy/request_new.html", context)


@require_safe
@only_for(PRIVACY)
def request_page(request: HttpRequest, number: int) -> HttpResponse:
    """One request: what is asked, by whom, and what can be done now. Who may not answer sees how it stands."""
    row = _row(number)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=users_in(row))}
    may_answer = _may_answer(request)
    context = {
        **_line(row),
        "steps": inside_steps(row, names),
        "proof": proof_lines(row),
        "kinds": proof_kinds(row, {kind.name: kind.title for kind in all_kinds()}),
        "proved_by": erasure_of(row),
        "outcome": outcome_words(row),
        "told": any(step["what"] == "mailed" and step.get("letter") in LEADING for step in row.steps),
        "may_answer": may_answer,
        "handed": handed_over(row, names),
        "by_mail": is_configured(),
        "mail_failed": any(step["what"] == "mail_failed" for step in row.steps),
        "is_received": row.state == RECEIVED,
        "is_ready": row.state == READY,
        "is_done": row.state == DONE,
        "is_refused": row.state == REFUSED,
        "may_refuse": row.state in (RECEIVED, VERIFIED, READY),
        "may_extend": row.state in (RECEIVED, VERIFIED, WORKING) and row.kind != OPT_OUT,
        "may_carry_out": row.state in (VERIFIED, WORKING),
    }
    if may_answer:
        context |= _personal(row)
    return render(request, "web/privacy/request.html", context)


@require_POST
@only_for(PRIVACY)
def act_on_request(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do something about a request: check, match, carry out, refuse, extend, hand out the archive."""
    row = _row(number)
    if act not in ACTS:
        raise Http404
    try:
        answer = ACTS[act](request, row)
    except LeadlineError as error:
        messages.error(request, f"{error.message} {error.advice}".strip())
        return redirect("privacy_requests_one", number=number)
    if answer is not None:
        return answer
    note(request, REQUEST_CHANGED, What("request", number), kind=row.kind, act=act, state=row.state)
    return redirect("privacy_requests_one", number=number)


Deed = Callable[[HttpRequest, SubjectRequest], HttpResponse | None]


def _verify(request: HttpRequest, row: SubjectRequest) -> None:
    requests.verify(row, request.POST.get("how", ""), utc_now(), _who(request))
    messages.success(request, "Their identity is checked.")


def _match(request: HttpRequest, row: SubjectRequest) -> None:
    lead = _number(request, "lead")
    if lead is None:
        raise TerminalError("Nobody was chosen.", advice="Choose one of them, or type a lead's number.")
    requests.match(row, lead, utc_now(), _who(request))
    messages.success(request, f"The request is about lead {row.lead}.")


def _refuse(request: HttpRequest, row: SubjectRequest) -> None:
    requests.refuse(row, request.POST.get("because", ""), utc_now(), _who(request))
    messages.success(request, "The request was refused.")


def _extend(request: HttpRequest, row: SubjectRequest) -> None:
    requests.extend(row, request.POST.get("because", ""), utc_now(), _who(request))
    due = date(row.due_at, utc_now(), zone_of(request))
    messages.success(request, f"The request is due on {due} now.")


def _carry_out(request: HttpRequest, row: SubjectRequest) -> None:
    if row.kind == SubjectRequest.Kind.ERASURE and not _confirmed(request, row):
        raise TerminalError("Nobody was erased.", advice="Type the lead's number to confirm it.")
    posted = request.POST
    wish = request_work.Wish(
        crm=posted.get("crm", Erasure.CRM.DELETE.value),
        changes=_changes(request, row),
        outcome=posted.get("outcome", request_work.STOPPED),
        because=posted.get("because", ""),
    )
    request_work.carry_out(running().engine, row, wish, utc_now(), _who(request))
    messages.success(request, CARRIED_OUT[row.state])


def _archive(request: HttpRequest, row: SubjectRequest) -> HttpResponse:
    packed, told = handing_over.taken(running().engine, row, utc_now(), _who(request))
    note_archive(request, row, told)
    return zip_answer(packed, row)


def _hand_over(request: HttpRequest, row: SubjectRequest) -> None:
    handing_over.say_handed_over(row, request.POST.get("how", ""), utc_now(), _who(request))
    messages.success(request, "They have their answer: it is done.")


ACTS: Mapping[str, Deed] = {
    "verify": _verify,
    "match": _match,
    "refuse": _refuse,
    "extend": _extend,
    "carry-out": _carry_out,
    "archive": _archive,
    "hand-over": _hand_over,
}


def _confirmed(request: HttpRequest, row: SubjectRequest) -> bool:
    subject = requests.the_person(row)
    return not (subject and subject.leads) or request.POST.get("typed", "").strip() == str(subject.leads[0])


def _changes(request: HttpRequest, row: SubjectRequest) -> dict[str, str]:
    """What differs from what is known now; nothing of a form that shows no traits."""
    names = [name for name in request.POST if name.startswith(TRAIT)]
    posted = {name.removeprefix(TRAIT): request.POST.get(name, "") for name in names}
    subject = requests.the_person(row) if posted else None
    known = traits_of(subject.identities) if subject else {}
    return {name: text for name, text in posted.items() if text.strip() != known.get(name, "")}


def _line(row: SubjectRequest) -> dict[str, object]:
    now = utc_now()
    is_open = row.state in OPEN
    return {
        "row": row,
        "title": SHORT[row.kind],
        "stands": STANDS[row.state],
        "is_open": is_open,
        "is_late": is_open and row.due_at < now and requests.is_our_turn(row),
        "waits_for_them": is_open and not requests.is_our_turn(row),
    }


def _personal(row: SubjectRequest) -> dict[str, object]:
    people = requests.people_of(row) if row.state in OPEN or row.lead is not None else []
    one = people[0] if len(people) == 1 else None
    known = traits_of(one.identities) if one else {}
    return {
        "asked": row.asked,
        "people": [_person(subject) for subject in people],
        "one": one,
        "lead": one.leads[0] if one and one.leads else None,
        "their_address": bool(one) and requests.is_their_address(row, one) if one else False,
        "their_mail": handing_over.can_be_mailed(row) if row.kind in handing_over.ARCHIVES else False,
        "mail_leaves": handing_over.waits_for_mail(row),
        "holds_nothing": handing_over.holds_nothing(row),
        "unfetched": handing_over.is_unfetched(row),
        "fetch_until": handing_over.fetch_until(row),
        "traits": [(name, TRAIT_WORDS[name], known.get(name, "")) for name in FORM_TRAITS],
        "crm": Erasure.CRM.choices,
        "outcomes": request_work.OUTCOMES.items(),
        "erasure": row.erasures.order_by("-pk").first(),
    }


def _person(subject: Subject) -> dict[str, object]:
    names, recipients = named(subject.names), recipients_of(subject)
    return {"lead": next(iter(subject.leads), None), "names": names, "recipients": recipients}


def _row(number: int) -> SubjectRequest:
    try:
        return requests.find(number)
    except NotFoundError as error:
        raise Http404 from error


def _who(request: HttpRequest) -> Who:
    return Who(viewer_of(request).pk, Via.PAGE)


def _may_answer(request: HttpRequest) -> bool:
    user = viewer_of(request)
    return user.may(Permission.SET_PRIVACY) and user.may(Permission.READ_PEOPLE)


def _number(request: HttpRequest, name: str) -> int | None:
    typed = (request.POST.get("other", "") or request.POST.get(name, "")).strip()
    return number_of(typed)


def _chosen(request: HttpRequest, name: str) -> str:
    known = {*requests.STATES, *requests.KINDS, OPEN_ONES, LATE_ONES, ALL}
    given = request.GET.get(name, "")
    return given if given in known else ""
