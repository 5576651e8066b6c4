"""Small questions about current scores that the pipeline asks while it judges."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from leadline.eventstore.database import Cursor, fetch_int
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


def current_totals(cursor: Cursor, leads: Sequence[int]) -> dict[int, int]:
    """Lead -> its current total in millionths of a point; those without a score are left out."""
    query = "SELECT lead, total FROM current_scores WHERE lead IN (SELECT unnest($leads::BIGINT[]))"
    return dict(cursor.execute(query, {"leads": list(leads)}).fetchall()) if leads else {}


def forget_current(cursor: Cursor, leads: Sequence[int]) -> None:
    """Leads that were merged into others have no current score; what they had stays in the past."""
    if leads:
        cursor.execute(
            "DELETE FROM current_scores WHERE lead IN (SELECT unnest($leads::BIGINT[]))", {"leads": list(leads)}
        )


def find_movers(cursor: Cursor, ruleset: Ruleset) -> int:
    """Of the temporary table `scored`, the leads whose stage an evaluation might move, into the table `moving`.

    Everybody beyond the first stage, everybody new, and whoever meets an entry condition or did so before. The others
    stay in the first stage: no condition of theirs holds, and triggers move a lead when they come in.

    Returns:
        How many there are.
    """
    enter = f"({' OR '.join(_entries(ruleset)) or 'false'})"
    query = (
        "SELECT scored.lead, row_number() OVER (ORDER BY scored.lead) - 1 AS place FROM scored "
        "LEFT JOIN current_scores AS current ON current.lead = scored.lead "
        f"WHERE current.lead IS NULL OR current.stage <> '{Stage.INITIAL_ENGAGEMENT}' "
        f"OR list_bool_or(scored.disqualifications) OR {enter}"
    )
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE moving AS {query}")
    return fetch_int(cursor, "SELECT count(*) FROM moving")


def movers(cursor: Cursor, ruleset: Ruleset) -> pa.Table:
    """All of them, with all columns of `scored` and `amounts`."""
    return movers_from(cursor, ruleset, 0, find_movers(cursor, ruleset))


def movers_from(cursor: Cursor, ruleset: Ruleset, first: int, count: int) -> pa.Table:
    """So many of the leads in `moving`, from a place on: all columns of `scored`, and `amounts`."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE some_moving AS SELECT scored.* FROM scored JOIN moving USING (lead) "
        f"WHERE place >= {int(first)} AND place < {int(first) + int(count)}"
    )
    return cursor.execute(f"{with_amounts(ruleset, 'some_moving')} ORDER BY lead").to_arrow_table()


def remain(cursor: Cursor, chunk: int) -> Iterator[list[tuple[int, int, int, int, int, str, int, int, int]]]:
    """Of the leads in `scored` that are not in `moving`, those whose row looks different now, in lists of `chunk`.

    Returns:
        (lead, engagement, readiness, conversion, total, grade, gain of the week, fit, fit points) of every lead whose
        grade, fit or whole-number total changed, or that has a gain or a loss to show.
    """
    cursor.execute(sql("scores_remaining"))
    while rows := cursor.fetchmany(chunk):
        yield rows


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


def keep_stages_of_others(cursor: Cursor) -> None:
    """Make `staying`: everything of `scored` that is not in `moving`, with the stage that it has."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE staying AS SELECT scored.*, current.stage FROM scored "
        "JOIN current_scores AS current USING (lead) ANTI JOIN moving USING (lead)"
    )
