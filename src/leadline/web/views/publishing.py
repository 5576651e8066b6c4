"""Publishing a draft and rolling back: what it would do, on a page of its own, then doing it with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from leadline.accounts.permissions import Permission
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.pipeline import rulesets
from leadline.scoring.document import content_hash
from leadline.scoring.ruleset import Ruleset
from leadline.web.impact_table import shown
from leadline.web.queries.rulesets import find_draft, find_published
from leadline.web.viewer import STUDIO, check_may, only_for
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of

MOST_MOVED = 10


@dataclass(frozen=True)
class Proposal:
    """Something that can be put in force: its words, what it means, where to go when it is left, and doing it with
    (why, confirmed). `blocks`: faults and failing examples forbid it. `was`: the hash of what was looked at."""

    title: str
    act: str
    reference: str
    back: str
    do: Callable[[str, bool], Ruleset]
    blocks: bool
    was: str


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(STUDIO)
def publish_page(request: HttpRequest, number: int) -> HttpResponse:
    """What publishing a draft would do; by POST it is done."""
    check_may(request, Permission.PUBLISH_RULES)
    row = find_draft(number)
    text = f"{row.document}\n" if "\n" not in row.document else row.document

    def do(why: str, confirmed: bool) -> Ruleset:
        return rulesets.publish(engine(), text, owner_of(request), why, confirmed, score_now=False)

    proposal = Proposal(
        title=f"Publish draft {row.pk}, {row.name}",
        act="Publish it",
        reference=text,
        back=reverse("scoring_draft", args=[row.pk]),
        do=do,
        blocks=True,
        was=content_hash(row.document),
    )
    return _answer(request, proposal)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(STUDIO)
def rollback_page(request: HttpRequest, number: int) -> HttpResponse:
    """What putting an earlier ruleset in force would do; by POST it is done."""
    check_may(request, Permission.PUBLISH_RULES)
    row = find_published(number)

    def do(why: str, confirmed: bool) -> Ruleset:
        return rulesets.roll_back(engine(), row.pk, owner_of(request), why, confirmed, score_now=False)

    proposal = Proposal(
        title=f"Roll back to ruleset {row.pk}, {row.name}",
        act=f"Roll back to {row.pk}",
        reference=str(row.pk),
        back=reverse("scoring_published", args=[row.pk]),
        do=do,
        blocks=False,
        was=content_hash(row.document),
    )
    return _answer(request, proposal)


def _answer(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    context: dict[str, Any] = {"proposal": proposal, "why": request.POST.get("why", "").strip()}
    try:
        if request.method == "POST":
            _check_unchanged(proposal, request.POST.get("was", ""))
            proposal.do(context["why"], request.POST.get("confirm") == "yes")
            return redirect(f"{reverse('scoring')}?done=published")
    except LeadlineError as error:
        context["fault"] = str(error)
    return render(
        request,
        "web/studio/publish.html",
        context | _prepared(proposal),
        status=UNPROCESSABLE if "fault" in context else 200,
    )


def _check_unchanged(proposal: Proposal, was: str) -> None:
    """Nobody puts in force what they did not see."""
    if was and was != proposal.was:
        raise TerminalError("Somebody changed this draft since you looked.", advice="Look at what it would do now.")


def _prepared(proposal: Proposal) -> dict[str, Any]:
    try:
        publication = rulesets.prepare_publication(engine(), proposal.reference)
    except LeadlineError as error:
        return {"trouble": str(error)}
    return {
        "publication": publication,
        "checked": publication.checked,
        "changes": publication.differences,
        "moves": shown(publication.impact, MOST_MOVED) if publication.impact else None,
        "limit": f"{publication.confirm_share:.0%}",
        "possible": publication.ruleset is not None and not (proposal.blocks and publication.checked.blocked),
    }
