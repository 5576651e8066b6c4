"""A backtest's numbers on their way out of the event store: as columns, a cutoff at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from leadline.eventstore.backtest import Pool, forget, go_to, score
from leadline.eventstore.backtest_stages import find_contacts, stages_then
from leadline.eventstore.database import Cursor, fetch_int
from leadline.scoring.backtest_rows import AtCutoff, FactorRows, Rows
from leadline.scoring.backtesting import Cutoff
from leadline.scoring.ruleset import Ruleset

FACTOR_ROWS = 100_000
"""Of one cutoff, about so many of those who did not convert are looked at for single factors."""
Step = Callable[[], None]


def at_cutoffs(
    cursor: Cursor, rulesets: Sequence[Ruleset], cutoffs: Sequence[Cutoff], step: Step = lambda: None
) -> Iterator[AtCutoff]:
    """Measure and score at each cutoff, in order; after `backtest.open_past`, with the cells of all metrics there.

    Args:
        step: called after each ruleset of each cutoff, and once more for what they share.
    """
    pool = Pool.of(rulesets)
    for place, cutoff in enumerate(cutoffs):
        left_out = go_to(cursor, cutoff, pool)
        find_contacts(cursor, cutoff)
        step()
        factors, stages = [], []
        for index, ruleset in enumerate(rulesets):
            score(cursor, index, ruleset, pool)
            factors.append(_factor_rows(cursor, index, len(ruleset.factors)))
            stages.append(stages_then(cursor, index, ruleset, cutoff))
            step()
        yield AtCutoff(cutoff, left_out, _rows(cursor, place, len(rulesets)), factors, stages)
        forget(cursor, len(rulesets))


def _rows(cursor: Cursor, cutoff: int, rulesets: int) -> Rows:
    totals = ", ".join(f"scored_{index}.total::INTEGER AS total_{index}" for index in range(rulesets))
    others = " ".join(f"JOIN scored_{index} USING (lead)" for index in range(1, rulesets))
    query = f"SELECT scored_0.converted, scored_0.person, {totals} FROM scored_0 {others}"
    found: dict[str, Any] = cursor.execute(query).fetchnumpy()
    converted = np.asarray(found["converted"], np.bool_)
    return Rows(
        [np.asarray(found[f"total_{index}"], np.int32) for index in range(rulesets)],
        converted,
        np.full(len(converted), cutoff, np.int16),
        np.asarray(found["person"], np.int64),
    )


def _factor_rows(cursor: Cursor, place: int, width: int) -> FactorRows:
    """The sample is of lead numbers' hashes, so that it is the same each time."""
    every = max(fetch_int(cursor, f"SELECT count(*) FROM scored_{place}") // FACTOR_ROWS, 1)
    chosen = f"converted OR hash(lead) % {every} = 0"
    query = f"SELECT factors, converted, person FROM scored_{place} WHERE {chosen} ORDER BY lead"
    table = cursor.execute(query).to_arrow_table()
    converted = np.asarray(table.column("converted").to_numpy(), np.bool_)
    points = table.column("factors").combine_chunks().flatten().to_numpy().astype(np.int32).reshape(-1, width)
    person = table.column("person").to_numpy()
    return FactorRows(points, converted, person, np.where(converted, 1.0, float(every)))
