"""What must hold after any life: stored scores and stages come out again, also from nothing, and after an erasure."""

from typing import Any

from pipeline_cast import Installation

from leadline.eventstore import scores
from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.erasing import OF_IDENTITIES, OF_LEADS, erase_identities
from leadline.eventstore.replaying import Knowledge
from leadline.pipeline.rebuilding import rebuild
from leadline.pipeline.replay import score_known
from leadline.pipeline.stage_replay import Rulebook, stages_as_known
from leadline.qualification.models import Standing, Transition
from leadline.scoring.ruleset import DIMENSIONS
from leadline.scoring.score import LeadScore
from leadline.tracking.models import Identity, Lead


def told(row: scores.Row) -> dict[str, Any]:
    """A stored row as a replay can be compared with it."""
    names = ("total", "grade", "fit", "fit_points", *DIMENSIONS)
    return {**{name: row[name] for name in names}, "factors": list(row["factors"])}


def said(score: LeadScore) -> dict[str, Any]:
    factors = [each.score_micro for name in DIMENSIONS for each in score.dimensions[name].factors.values()]
    dimensions = {name: score.dimensions[name].score_micro for name in DIMENSIONS}
    given = {"total": score.total_micro, "grade": score.grade, "fit": score.fit, "fit_points": score.fit_micro}
    return {**given, **dimensions, "factors": factors}


def assert_scores_replay(place: Installation) -> int:
    """Every stored row is what its stamp gives. Returns how many there are."""
    rules = Rulebook()
    with place.engine.store.cursor() as cursor:
        rows = scores._rows(cursor.execute("FROM scores"))
        for row in rows:
            knowledge = Knowledge(row["load_seq"], row["edge_id"])
            score = score_known(cursor, rules[row["ruleset"]], row["lead"], row["as_of"].date(), knowledge)
            assert said(score) == told(row), row
    return len(rows)


def moves_of(lead: int) -> list[tuple[Any, ...]]:
    rows = Transition.objects.filter(lead=lead).order_by("at")
    return [(r.from_stage, r.to_stage, r.at, r.reasons, r.total, r.ruleset) for r in rows]


def assert_stages_replay(place: Installation) -> int:
    """Every lead's moves and what the machine remembers of it come out again. Returns how many moves there are."""
    moved = 0
    for lead in Lead.objects.values_list("pk", flat=True):
        found = stages_as_known(place.engine, lead)
        moves = [
            (
                m.transition.from_stage.value,
                m.transition.to_stage.value,
                m.transition.at,
                [reason.as_dict() for reason in m.transition.reasons],
                m.total,
                m.ruleset,
            )
            for m in found.moves
        ]
        assert moves == moves_of(lead), lead
        standing = Standing.objects.filter(pk=lead).first()
        if standing is not None:
            assert found.state is not None
            assert found.state.as_dict() == standing.state, lead
        moved += len(moves)
    return moved


REBUILT = ("cells", "sessions", "scores", "current_scores", "Standing", "Transition", "PipelineMark", "events", "edges")


def assert_a_rebuild_changes_nothing(place: Installation) -> None:
    """Everything derived is thrown away, and comes out again as it was."""
    before = place.stored()
    with place.engine.store.cursor() as cursor:
        for table in ("cells", "scores", "current_scores", "sessions"):
            cursor.execute(f"TRUNCATE {table}")
    told = rebuild(place.engine)
    after = place.stored()
    for name in REBUILT:
        assert [row for row in after[name] if row not in before[name]] == [], name
        assert after[name] == before[name], name
    assert told["transitions"] == Transition.objects.count()


def assert_others_replay_after_an_erasure(place: Installation) -> None:
    """Somebody goes, with everything; the stored rows of the others are what their stamps give all the same."""
    lead = Lead.objects.filter(identities__isnull=False).order_by("-pk").values_list("pk", flat=True)[0]
    gone = list(Identity.objects.filter(lead=lead).values_list("pk", flat=True))
    with place.engine.store.cursor() as cursor:
        erased = erase_identities(cursor, gone)
        left = {table: _about(cursor, table, "identity", gone) for table in OF_IDENTITIES}
        left |= {table: _about(cursor, table, "lead", [lead]) for table in OF_LEADS}
    assert set(left.values()) == {0}, left
    assert lead in erased.leads
    assert_scores_replay(place)


def _about(cursor: Cursor, table: str, column: str, numbers: list[int]) -> int:
    query = f"SELECT count(*) FROM {table} WHERE {column} IN (SELECT unnest(?::BIGINT[]))"  # noqa: S608  # our own names
    return fetch_int(cursor, query, [numbers])
