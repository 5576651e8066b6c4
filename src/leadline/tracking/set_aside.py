"""Who is scored, and who is set aside: as conditions on leads, so that everybody asks the same."""

from django.db.models import Q

from leadline.tracking.models import Lead

COUNTED = Q(internal=False, bot=False)
"""Neither robots nor our own people. Who refused profiling counts in totals all the same."""
SCORED = COUNTED & Q(profiling_allowed=True)
"""Those who may have a score, a stage, and everything that follows from them."""


def is_scored(lead: Lead) -> bool:
    """Whether a lead is one of `SCORED`."""
    return lead.profiling_allowed and not (lead.internal or lead.bot)
