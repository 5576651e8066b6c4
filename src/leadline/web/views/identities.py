"""Merge warnings; merging people by hand and taking it back, each with a preview."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError
from leadline.pipeline import identities, runtime
from leadline.pipeline.finding import find_lead
from leadline.pipeline.previews import Preview
from leadline.tracking.models import IdentityClaim, MergeWarning
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.identities import merged_by_hand, refused_merges
from leadline.web.queries.lead import Person, find_person
from leadline.web.sealed_search import opened, sealed
from leadline.web.viewer import IDENTITIES, only_for


@require_safe
@only_for(IDENTITIES)
def identities_page(request: HttpRequest) -> HttpResponse:
    """Refused merges that nobody dealt with, and the latest merges by hand."""
    found = refused_merges(request.GET.get("after", ""))
    context = {
        "rows": found.rows,
        "count": found.count,
        "cap": COUNT_CAP,
        "next": "?" + urlencode({"after": found.next_cursor}) if found.next_cursor else "",
        "merged": merged_by_hand(),
    }
    return render(request, "web/identities/page.html", context)


@require_POST
@only_for(IDENTITIES)
def dismiss_warning(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """They are two people: do not show it again."""
    MergeWarning.objects.filter(pk=number, dismissed_at=None).update(dismissed_at=utc_now())
    return redirect("identities")


@dataclass(frozen=True)
class Proposal:
    """Something that can be done to people: its words, where to go when it is left, what it would make of them, and
    how to do it, which says where to go then. `asks`: where to name the other person anew when it cannot be done."""

    title: str
    meaning: str
    act: str
    afterwards: str
    back: str
    preview: Callable[[], Preview]
    do: Callable[[], str]
    asks: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(IDENTITIES)
def merge_page(request: HttpRequest, number: int) -> HttpResponse:
    """What merging a lead into another one would make of them; by POST it is done."""
    person = find_person(number)
    given = request.POST if request.method == "POST" else request.GET
    wanted = opened(given.get("into", "").strip())
    return _answer(request, _merge(person, wanted), wanted)


@require_POST
@only_for(IDENTITIES)
def find_to_merge(request: HttpRequest, number: int) -> HttpResponse:
    """Where the form that asks whom to merge into is sent: to the preview, in whose address nobody is named."""
    whom = request.POST.get("into", "").strip()
    asked = urlencode({"into": whom if whom.isdecimal() else sealed(whom)})
    return redirect(f"{reverse('leads_merge', args=[number])}?{asked}")


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(IDENTITIES)
def unmerge_page(request: HttpRequest, number: int) -> HttpResponse:
    """What taking back a claim would make of a person; by POST it is done."""
    claim = IdentityClaim.objects.select_related("identity", "owner").filter(pk=number, revoked_at=None).first()
    if claim is None:
        raise Http404("There is no such claim, or it was taken back.")
    return _answer(request, _take_back(claim))


def _merge(person: Person, wanted: str) -> Proposal:
    def do() -> str:
        into = find_lead(wanted)
        identities.merge(runtime.running().engine, str(person.lead.pk), str(into.pk))
        return reverse("leads_one", args=[into.pk])

    return Proposal(
        title=f"Merge {_numbered(person)} into {_other(person, wanted)}",
        meaning="Everything that is theirs goes to the other from then on, also what comes in later.",
        act="Merge them",
        afterwards="It can be taken back: both are then as if it had never been done.",
        back=reverse("leads_one", args=[person.lead.pk]),
        preview=lambda: identities.preview_of_merge(
            runtime.running().engine, person.lead, find_lead(wanted), utc_now()
        ),
        do=do,
        asks=reverse("leads_merge_found", args=[person.lead.pk]),
    )


def _numbered(person: Person) -> str:
    """People that are merged often have the same name."""
    return f"{person.name}, lead {person.lead.pk},"


def _other(person: Person, wanted: str) -> str:
    try:
        into = find_person(find_lead(wanted).pk)
    except NotFoundError:
        return "somebody else"
    return "somebody else" if into.lead == person.lead else _numbered(into).rstrip(",")


def _take_back(claim: IdentityClaim) -> Proposal:
    lead = claim.owner.lead_id
    back = reverse("leads_one", args=[lead]) if lead else reverse("identities")

    def do() -> str:
        identities.unmerge_claim(runtime.running().engine, claim, utc_now())
        return back

    return Proposal(
        title=f"Take back that {claim.identity.value} belongs to {claim.owner.value}",
        meaning="The first goes back to the lead it came from, with everything that came with it.",
        act="Take it back",
        afterwards="Later events cannot join them again; a merge by hand can.",
        back=back,
        preview=lambda: identities.preview_of_unmerge(runtime.running().engine, claim, utc_now()),
        do=do,
    )


def _answer(request: HttpRequest, proposal: Proposal, into: str = "") -> HttpResponse:
    """Do it and go on, or show the preview; what cannot be done is said in its place."""
    context: dict[str, object] = {"proposal": proposal, "into": into}
    try:
        if request.method == "POST":
            return redirect(proposal.do())
        context["preview"] = proposal.preview()
    except LeadlineError as error:
        context["fault"] = str(error)
    return render(request, "web/identities/preview.html", context, status=400 if "fault" in context else 200)
