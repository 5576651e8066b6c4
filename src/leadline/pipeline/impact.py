"""What publishing a ruleset now would change: which leads would get another grade or stage. Writes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from leadline.eventstore import impacts
from leadline.eventstore.current import movers
from leadline.eventstore.database import Cursor
from leadline.eventstore.scoring import score_into_table
from leadline.kernel.clock import utc_now
from leadline.pipeline.borrowed_metrics import measured
from leadline.pipeline.engine import Engine
from leadline.pipeline.scoring import scored_leads
from leadline.qualification import judging
from leadline.scoring.arithmetic import points
from leadline.scoring.ruleset import Ruleset

CHUNK = 5_000
MOST = 200
Changes = Mapping[tuple[str, str], int]
Between = Callable[[], None]
"""Called between two steps of longer work; may raise to end it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A lead that would get another grade or stage. Totals are millionths of a point."""

    lead: int
    grade: str
    new_grade: str
    stage: str
    new_stage: str
    total: int
    new_total: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON; totals in points."""
        return {**asdict(self), "total": points(self.total), "new_total": points(self.new_total)}


@dataclass(frozen=True, slots=True)
class Impact:
    """What would change.

    Attributes:
        leads: how many have a score now and were compared.
        grade_changes, stage_changes: (from, to) -> how many leads.
        moved: leads whose grade or stage would be another one.
        share: those of all compared, 0 to 1.
        examples: the greatest differences of totals first.
    """

    leads: int
    grade_changes: Changes
    stage_changes: Changes
    moved: int
    share: float
    examples: list[Moved]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "leads": self.leads,
            "moved": self.moved,
            "share": self.share,
            "grade_changes": _listed(self.grade_changes),
            "stage_changes": _listed(self.stage_changes),
            "examples": [each.as_dict() for each in self.examples],
        }


def impact(
    engine: Engine, ruleset: Ruleset, at: datetime, *, most: int = MOST, between: Between | None = None
) -> Impact:
    """Compare everybody's scores and stages in force with those that a publish at `at` would give.

    Args:
        at: normally now: scores in force are those of the last evaluation.
        most: how many examples.
    """
    with engine.store.cursor() as cursor, measured(engine, cursor, [ruleset]):
        score_into_table(cursor, ruleset, at.date(), "all")
        stages = dict(_new_stages(cursor, ruleset, at, between))
        leads = impacts.compare_with_current(cursor, list(stages), list(stages.values()))
        moved = impacts.count_moved(cursor)
        return Impact(
            leads=leads,
            grade_changes=impacts.changes(cursor, "grade"),
            stage_changes=impacts.changes(cursor, "stage"),
            moved=moved,
            share=moved / leads if leads else 0.0,
            examples=[Moved(**row) for row in impacts.moved(cursor, most)],
        )


def ruleset_impact(engine: Engine, ruleset: str = "", most: int = MOST) -> dict[str, Any]:
    """What publishing a ruleset (a reference) now would change."""
    from leadline.scoring.service import ruleset_of

    return impact(engine, ruleset_of(ruleset), utc_now(), most=most).as_dict()


def _new_stages(cursor: Cursor, ruleset: Ruleset, at: datetime, between: Between | None) -> Iterator[tuple[int, str]]:
    """The leads whose stage would be another one: by the same path as a publish takes."""
    table = movers(cursor, ruleset)
    for start in range(0, table.num_rows, CHUNK):
        scored = scored_leads(ruleset, table.slice(start, CHUNK), {})
        for judgement in judging.judge(ruleset, scored, at):
            if judgement.decision.transitions:
                yield judgement.scored.lead, judgement.stage
        if between is not None:
            between()


def _listed(changes: Changes) -> list[dict[str, Any]]:
    return [{"from": before, "to": after, "leads": count} for (before, after), count in changes.items()]
