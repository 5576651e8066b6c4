"""Small questions about current scores that the pipeline asks while it judges."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.scoring import with_amounts
from leadline.qualification.stages import Stage
from leadline.scoring.ruleset import Ruleset

MICRO_PER_THOUSANDTH = 1000


def week_ago_totals(cursor: Cursor, leads: Sequence[int] | None = None) -> dict[int, int]:
    """Lead -> its total seven days before the last midnight; those that had none are left out."""
    condition = "" if leads is None else "AND lead IN (SELECT unnest($leads::BIGINT[]))"
    query = f"SELECT lead, week_ago_total FROM current_scores WHERE week_ago_total IS NOT NULL {condition}"
    return dict(cursor.execute(query, {} if leads is None else {"leads": list(leads)}).fetchall())


def forget_current(cursor: Cursor, leads: Sequence[int]) -> None:
    """Leads that were merged into others have no current score; what they had stays in the past."""
    if leads:
        cursor.execute(
            "DELETE FROM current_scores WHERE lead IN (SELECT unnest($leads::BIGINT[]))", {"leads": list(leads)}
        )


def movers(cursor: Cursor, ruleset: Ruleset) -> pa.Table:
    """Of the temporary table `scored`, the leads whose stage an evaluation might move, with all columns and `amounts`.

    Everybody beyond the first stage, everybody new, and whoever meets an entry condition or did so before. The others
    stay in the first stage: no condition of theirs holds, and triggers move a lead when they come in.
    """
    enter = f"({' OR '.join(_entries(ruleset)) or 'false'})"
    query = (
        f"{with_amounts(ruleset)} LEFT JOIN current_scores AS current ON current.lead = scored.lead "
        f"WHERE current.lead IS NULL OR current.stage <> '{Stage.INITIAL_ENGAGEMENT}' "
        f"OR list_bool_or(scored.disqualifications) OR {enter}"
    )
    return cursor.execute(query).to_arrow_table()


def remain(cursor: Cursor, moving: Sequence[int]) -> list[tuple[int, int, int, int, int, str, int]]:
    """Of the leads in `scored` that are no movers, those whose row looks different now.

    Returns:
        (lead, engagement, readiness, conversion, total, grade, gain of the week) of every lead whose grade or
        whole-number total changed, or that has a gain or a loss to show.
    """
    return cursor.execute(sql("scores_remaining"), {"movers": list(moving)}).fetchall()


def _entries(ruleset: Ruleset) -> Iterator[str]:
    for rule in ruleset.stages:
        if rule.enter is not None:
            reached = (_reaches(ruleset, name, points) for name, points in rule.enter.factors)
            yield f"({' + '.join(reached)}) >= {rule.enter.count}"
        if rule.enter_total is not None:
            total = rule.enter_total * MICRO_PER_THOUSANDTH
            yield f"greatest(scored.total, current.total) >= {total}"


def _reaches(ruleset: Ruleset, factor: str, points: int) -> str:
    return f"(scored.factors[{ruleset.factor_index(factor) + 1}] >= {points * MICRO_PER_THOUSANDTH})::INTEGER"


def stages_of_others(cursor: Cursor, moving: Sequence[int]) -> pa.Table:
    """Lead and stage of everybody in `scored` who is no mover."""
    query = (
        "SELECT scored.lead, current.stage FROM scored JOIN current_scores AS current USING (lead) "
        "WHERE scored.lead NOT IN (SELECT unnest($movers::BIGINT[]))"
    )
    return cursor.execute(query, {"movers": list(moving)}).to_arrow_table()
