"""Standings of people who stand nowhere: merged into somebody else, robots, our own people, who refused profiling.

Such a standing rests: it has no stage and no points, so that no list and no count has it, but it keeps what the stage
machine and sales remember. Whoever is judged again, after a rule was removed, a merge by hand was taken back or consent
was given again, goes on where they were. A merge that events made is different: it does not come back by itself, and
its standing goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leadline.qualification.models import Standing, Transition
from leadline.qualification.stages import Stage, StageState
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks
from leadline.tracking.models import IdentityClaim, Lead
from leadline.tracking.set_aside import SCORED

CHUNK = 5_000
RESTING = ""
"""The stage of a standing that rests."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Leads that stand nowhere.

    Attributes:
        gone: merged by events: what their standing remembered is forgotten.
        merged: merged by hand: it is kept.
        noise: robots, our own people, who refused profiling: it is kept, or begins now.
    """

    gone: tuple[int, ...]
    merged: tuple[int, ...]
    noise: tuple[int, ...]


def absent(leads: Iterable[int]) -> Absent:
    """Of these leads, those who stand nowhere now, and what `lay_to_rest` does with their standings."""
    gone: list[int] = []
    merged: list[int] = []
    noise: list[int] = []
    for some in chunks(leads):
        away = set(Lead.objects.filter(pk__in=some, merged_into__isnull=False).values_list("pk", flat=True))
        kept = set(_merged_by_hand(sorted(away)))
        gone += sorted(away - kept)
        merged += sorted(kept)
        noise += sorted(_noise(some).values_list("pk", flat=True))
    return Absent(tuple(gone), tuple(merged), tuple(noise))


def lay_to_rest(ruleset: Ruleset, leads: Iterable[int], at: datetime) -> None:
    """Of these leads, let the standings of those rest who stand nowhere now. To be called in the transaction that
    writes the others'."""
    wanted = list(leads)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        merged = list(Lead.objects.filter(pk__in=some, merged_into__isnull=False).values_list("pk", flat=True))
        noise = _noise(some)
        if merged:
            rest(ruleset, _forget_merged(merged))
        if flagged := dict(noise.values_list("pk", "known")):
            rest(ruleset, list(flagged))
            make_findable(ruleset, [lead for lead, known in flagged.items() if known], at)


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


def _hand_over(merged: Sequence[int]) -> None:
    """What was said of them counts for whom they were merged into; so does whose they are, unless that one is owned:
    the assignment rules must not give somebody away whom a colleague has accepted. Not after a merge by hand: taken
    back, it would leave an owner behind."""
    owned = Standing.objects.filter(lead__in=merged).exclude(owner="").order_by("stage_since", "pk")
    for survivor, owner, user in owned.values_list("lead__merged_into", "owner", "owner_user"):
        Standing.objects.filter(lead=survivor, owner="").exclude(stage=RESTING).update(owner=owner, owner_user=user)


def _forget_merged(leads: Sequence[int]) -> list[int]:
    """Delete the standings of merged leads, but for those merged by hand, which are returned."""
    kept = _merged_by_hand(leads)
    gone = sorted(set(leads) - set(kept))
    _hand_over(gone)
    Standing.objects.filter(lead__in=gone).delete()
    return kept


def _merged_by_hand(leads: Sequence[int]) -> list[int]:
    by_hand = IdentityClaim.objects.filter(by_hand=True, revoked_at=None, identity__home__in=leads)
    return list(by_hand.values_list("identity__home_id", flat=True))


def _noise(leads: Sequence[int]) -> QuerySet[Lead]:
    return Lead.objects.exclude(SCORED).filter(pk__in=leads, merged_into=None)


def rest(ruleset: Ruleset, leads: Sequence[int]) -> None:
    """Let the standings of these leads rest."""
    Standing.objects.filter(lead__in=leads).exclude(stage=RESTING).update(**_nothing(ruleset))


def make_findable(ruleset: Ruleset, leads: Sequence[int], at: datetime) -> None:
    """The list of leads shows standings: a person who never had one is searched for all the same."""
    state = StageState.beginning(at).as_dict()
    same = {"stage_since": at, "scored_at": at, "ruleset": ruleset.number, "state": state, **_nothing(ruleset)}
    Standing.objects.bulk_create([Standing(lead_id=lead, **same) for lead in leads], ignore_conflicts=True)


def _nothing(ruleset: Ruleset) -> dict[str, Any]:
    points = dict.fromkeys(("total", "engagement", "readiness", "conversion", "gain_week", "fit", "fit_points"), 0)
    none = dict.fromkeys(("reason_at", "trigger_at", "seats", "monthly_value"))
    return {"stage": RESTING, "grade": ruleset.grade_of(0), "reason": "", "currency": "", **points, **none}
