"""Standings of people who stand nowhere: merged into somebody else, robots, our own people.

Such a standing rests: it has no stage and no points, so that no list and no count has it, but it keeps what the stage
machine and sales remember. Whoever is judged again, after a rule was removed or a merge by hand taken back, goes on
where they were. A merge that events made is different: it does not come back by itself, and its standing goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from leadline.qualification.models import Standing, Transition
from leadline.qualification.stages import Stage, StageState
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.models import IdentityClaim, Lead

CHUNK = 5_000
RESTING = ""
"""The stage of a standing that rests."""


def lay_to_rest(ruleset: Ruleset, leads: Iterable[int], at: datetime) -> None:
    """Of these leads, let the standings of those rest who stand nowhere now. To be called in the transaction that
    writes the others'."""
    wanted = list(leads)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        merged = list(Lead.objects.filter(pk__in=some, merged_into__isnull=False).values_list("pk", flat=True))
        noise = Lead.objects.exclude(internal=False, bot=False).filter(pk__in=some, merged_into=None)
        if merged:
            _rest(ruleset, _forget_merged(merged))
        if flagged := dict(noise.values_list("pk", "known")):
            _rest(ruleset, list(flagged))
            _make_findable(ruleset, [lead for lead, known in flagged.items() if known], at)


def step_back(lead: int, to: datetime) -> None:
    """Put somebody back into the stage they had at a moment, because what they were merged with since then was not
    theirs. The evaluation that follows brings them again to wherever they belong by themselves."""
    first = Transition.objects.filter(lead=lead, at__gte=to).order_by("at").first()
    standing = Standing.objects.filter(lead=lead).first()
    if first is None or standing is None:
        return
    before = Transition.objects.filter(lead=lead, at__lt=to).order_by("-at").first()
    since = before.at if before else min(to, standing.stage_since)
    state = replace(StageState.from_dict(standing.state), stage=Stage(first.from_stage), since=since, holding={})
    standing.stage, standing.stage_since, standing.state = first.from_stage, since, state.as_dict()
    standing.save(update_fields=["stage", "stage_since", "state"])


def _forget_merged(leads: Sequence[int]) -> list[int]:
    """Delete the standings of merged leads, but for those merged by hand, which are returned."""
    by_hand = IdentityClaim.objects.filter(by_hand=True, revoked_at=None, identity__home__in=leads)
    kept = list(by_hand.values_list("identity__home_id", flat=True))
    Standing.objects.filter(lead__in=leads).exclude(lead__in=kept).delete()
    return kept


def _rest(ruleset: Ruleset, leads: Sequence[int]) -> None:
    Standing.objects.filter(lead__in=leads).exclude(stage=RESTING).update(**_nothing(ruleset))


def _make_findable(ruleset: Ruleset, leads: Sequence[int], at: datetime) -> None:
    """The list of leads shows standings: a person who never had one is searched for all the same."""
    state = StageState.beginning(at).as_dict()
    same = {"stage_since": at, "scored_at": at, "ruleset": ruleset.number, "state": state, **_nothing(ruleset)}
    Standing.objects.bulk_create([Standing(lead_id=lead, **same) for lead in leads], ignore_conflicts=True)


def _nothing(ruleset: Ruleset) -> dict[str, Any]:
    points = dict.fromkeys(("total", "engagement", "readiness", "conversion", "gain_week"), 0)
    none = dict.fromkeys(("reason_at", "trigger_at", "seats", "monthly_value"))
    return {"stage": RESTING, "grade": ruleset.grade_of(0), "reason": "", "currency": "", **points, **none}
