"""What a ruleset says about sales: the promise of a first contact, and the reasons for a rejection. By its number: what
is published never changes."""

from functools import lru_cache

from leadline.qualification.models import Standing
from leadline.qualification.sla import ContactDue, promised
from leadline.qualification.stages import Stage
from leadline.scoring.document import load_ruleset
from leadline.scoring.models import PublishedRuleset
from leadline.scoring.sales_terms import REJECTIONS, ContactPromise, Rejection


def due_of(standing: Standing) -> ContactDue | None:
    """When first contact is due, for a qualified lead that nobody has contacted."""
    if standing.stage != Stage.QUALIFIED or standing.contacted_at is not None or standing.contact_due_at is None:
        return None
    promise, _ = _rules(standing.ruleset)
    return promised(promise, standing.stage_since, standing.contact_due_at)


def rejections_of(number: int) -> tuple[Rejection, ...]:
    """The reasons that a ruleset has."""
    return _rules(number)[1]


def rejection_label(standing: Standing) -> str:
    """Why sales rejected a lead, in words; nothing when it is not rejected."""
    labels = {rejection.name: rejection.label for rejection in rejections_of(standing.ruleset)}
    return labels.get(standing.rejection) or standing.rejection.replace("_", " ").capitalize()


@lru_cache(maxsize=64)
def _rules(number: int) -> tuple[ContactPromise, tuple[Rejection, ...]]:
    row = PublishedRuleset.objects.filter(pk=number).first()
    if row is None:
        return ContactPromise(), REJECTIONS
    ruleset = load_ruleset(row.document, row.pk)
    return ruleset.promise, ruleset.rejections
