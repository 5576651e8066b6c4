"""The Scoring studio: what is in force, drafts, published rulesets, and who put them in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from leadline.kernel.errors import NotFoundError
from leadline.pipeline.marks import current_mark
from leadline.scoring import service
from leadline.scoring.models import PublishedRuleset, RulesetDraft
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.service import Activation

HISTORY_SHOWN = 20


@dataclass(frozen=True)
class Studio:
    """The first page.

    Attributes:
        scored: whether everybody is scored with the ruleset in force already.
        archived: how many rulesets and drafts were put away.
    """

    ruleset: Ruleset | None
    since: Activation | None
    scored: bool
    drafts: list[RulesetDraft]
    published: list[PublishedRuleset]
    history: list[Activation]
    archived: int

    @property
    def shown(self) -> list[Activation]:
        """The newest activations."""
        return self.history[:HISTORY_SHOWN]


def studio(*, archived: bool) -> Studio:
    """What the first page shows; `archived`: those that were put away as well."""
    history = service.history()
    drafts = RulesetDraft.objects.filter(published=None).defer("document").order_by("-updated_at")
    published = PublishedRuleset.objects.defer("document").order_by("-pk")
    away = published.exclude(archived_at=None).count() + drafts.exclude(archived_at=None).count()
    return Studio(
        ruleset=service.in_force() if history else None,
        since=history[0] if history else None,
        scored=is_scored(),
        drafts=list(drafts if archived else drafts.filter(archived_at=None)),
        published=list(published if archived else published.filter(archived_at=None)),
        history=history,
        archived=away,
    )


def is_scored() -> bool:
    """Whether everybody is scored with the ruleset in force; so it is where nobody has a score yet."""
    with_ruleset = current_mark().ruleset
    try:
        return with_ruleset in (0, service.number_in_force())
    except NotFoundError:
        return True


def find_published(number: int) -> PublishedRuleset:
    """A published ruleset.

    Raises:
        Http404: there is none.
    """
    try:
        return service.published_numbered(number)
    except NotFoundError as error:
        raise Http404(error.message) from error


def find_draft(number: int) -> RulesetDraft:
    """A draft.

    Raises:
        Http404: there is none.
    """
    try:
        return service.draft_numbered(number)
    except NotFoundError as error:
        raise Http404(error.message) from error


def offered() -> Mapping[str, str]:
    """What can be compared, by reference: the one in force, drafts, and the other published ones."""
    try:
        active = service.number_in_force()
    except NotFoundError:
        return {}
    drafts = RulesetDraft.objects.filter(archived_at=None, published=None).defer("document").order_by("-updated_at")
    published = PublishedRuleset.objects.filter(archived_at=None).exclude(pk=active).defer("document").order_by("-pk")
    return {
        "": f"Ruleset {active}, in force",
        **{f"{service.DRAFT}{row.pk}": f"Draft {row.pk}, {row.name}" for row in drafts},
        **{str(row.pk): f"Ruleset {row.pk}, {row.name}" for row in published},
    }
