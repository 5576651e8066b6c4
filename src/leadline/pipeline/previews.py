"""What merging people or taking a merge back would make of them: tried in the record store, scored, rolled back."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leadline.pipeline.engine import Engine
from leadline.pipeline.explaining import history_of
from leadline.qualification import judging
from leadline.qualification.scored import ScoredLead
from leadline.scoring.arithmetic import points
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ruleset import DIMENSIONS, Ruleset
from leadline.scoring.score import LeadScore
from leadline.tracking.claims import Move
from leadline.tracking.models import Identity, Lead

Act = Callable[[], list[Move]]


@dataclass(frozen=True, slots=True)
class Name:
    """One identity as people read it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A person in few words. `stage` is empty for somebody who stands nowhere, `total` is in points."""

    lead: int
    card: dict[str, str]
    known: bool
    names: tuple[Name, ...]
    events: int
    total: float
    grade: str
    fit: int
    stage: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The people concerned as they are, and as they would be."""

    before: tuple[Sketch, ...]
    after: tuple[Sketch, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def preview(engine: Engine, concerned: Iterable[int], act: Act, at: datetime) -> Preview:
    """What `act` would do, which moves identities and is undone again.

    Args:
        concerned: leads to show as they are now.

    Raises:
        TerminalError: what `act` raises.
    """
    with engine.lock:
        before = tuple(sketch(engine, lead, at) for lead in concerned)
        with transaction.atomic():
            moves = act()
            leads = {before_.lead for before_ in before} | {move.to_lead for move in moves if move.to_lead}
            staying = Lead.objects.filter(pk__in=leads, merged_into=None).order_by("pk").values_list("pk", flat=True)
            after = tuple(sketch(engine, lead, at) for lead in staying)
            transaction.set_rollback(True)
    return Preview(before, after)


def sketch(engine: Engine, lead: int, at: datetime) -> Sketch:
    """A person as a load at `at` would score and judge them."""
    row = Lead.objects.get(pk=lead)
    events, traits = history_of(engine, lead, at)
    score = LeadScoringEngine(engine.ruleset).score_history(events, traits, at.date())
    judged = judging.judge(engine.ruleset, [_scored(engine.ruleset, lead, score)], at)
    return Sketch(
        lead=lead,
        card=row.card or {},
        known=row.known,
        names=tuple(Name(each.kind, each.value) for each in Identity.objects.filter(lead=lead).order_by("pk")),
        events=len(events),
        total=points(score.total_micro),
        grade=score.grade,
        fit=score.fit,
        stage=judged[0].stage if judged else "",
    )


def _scored(ruleset: Ruleset, lead: int, score: LeadScore) -> ScoredLead:
    factors = {factor.name: score.factor(factor) for factor in ruleset.factors}
    return ScoredLead(
        lead=lead,
        total=score.total_micro,
        grade=score.grade,
        fit=score.fit,
        fit_points=score.fit_micro,
        factors={name: each.score_micro for name, each in factors.items()},
        disqualifications=tuple(score.disqualifications),
        amounts={name: float(each.raw_units) for name, each in factors.items()},
        **{name: score.dimensions[name].score_micro for name in DIMENSIONS},
    )
