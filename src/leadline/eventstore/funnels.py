"""Funnels from the store: the rows that meet their steps, sorted, and the columnar executor over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from leadline.analytics.funnel import Funnel, Order
from leadline.analytics.segments import Segment
from leadline.analytics.steps import Step, StepSource
from leadline.eventstore.database import Cursor
from leadline.eventstore.doings import DOINGS
from leadline.eventstore.funnel_arrays import EXCLUDED, History, Ints, Reached, chosen_of, in_order, run_funnel
from leadline.eventstore.step_sql import (
    COUNTED,
    EVERYBODY,
    KINDS,
    ROWS_OF_EVENTS,
    Given,
    codes,
    is_behaviour,
    is_filtered,
    meets,
    property_text,
    records,
    within,
)

Bounds = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FunnelQuery:
    """A funnel over the store.

    Attributes:
        since: µs since 1970; nothing before counts.
        until: what happened then or later does not count.
    """

    funnel: Funnel
    steps: tuple[Step, ...]
    since: int
    until: int
    excluded: tuple[Step, ...] = ()
    segment: Segment = EVERYBODY


def funnel_of(cursor: Cursor, query: FunnelQuery, now: datetime) -> Reached:
    """Who reached which step. The doings are up to date (`doings.py`). Since each person's
    history stands alone, whom it is of is chosen at the end."""
    return chosen_of(run_funnel(query.funnel, history_of(cursor, query)), _chosen(cursor, query.segment, now))


def history_of(cursor: Cursor, query: FunnelQuery) -> History:
    """The rows that the executor takes, in its order. Rows of `doings` alone are all but sorted as they lie."""
    given = Given()
    bounds = given.name(query.since), given.name(query.until)
    strict = query.funnel.order is Order.STRICT
    rows = [*(_every_event(query, given, bounds) if strict else step_rows(query.steps, given, bounds)),
            *_excluded_rows(query.excluded, given, bounds)]  # fmt: skip
    text = f"SELECT lead, moment, step FROM ({' UNION ALL '.join(rows)})"
    if strict:
        return _history(cursor, f"{text} ORDER BY lead, moment, {_rank(query.funnel.steps)}, step", given)
    if len(rows) > 1 or not is_coded(query.steps):
        return _history(cursor, f"{text} ORDER BY lead, moment, step", given)
    return in_order(_history(cursor, text, given))


def _chosen(cursor: Cursor, segment: Segment, now: datetime) -> Ints:
    given = Given()
    leads: Ints = (
        cursor.execute(f"SELECT lead FROM {given.chosen(segment, now)} ORDER BY lead", given.values)
        .to_arrow_table()
        .column("lead")
        .to_numpy()
    )
    return leads


def step_rows(steps: Sequence[Step], given: Given, bounds: Bounds) -> list[str]:
    """(lead, moment, step), one row for each step that something meets."""
    placed = list(enumerate(steps))
    plain = [(place, step) for place, step in placed if is_behaviour(step) and not is_filtered(step)]
    rows = [_coded(codes(plain, given), bounds)] if plain else []
    rows += [_filtered(place, step, given, bounds) for place, step in placed if is_filtered(step)]
    return rows + [records(place, step, given, bounds) for place, step in placed if not is_behaviour(step)]


def _coded(of_codes: str, bounds: Bounds) -> str:
    return f"""SELECT lead, moment, step FROM {DOINGS} JOIN ({of_codes}) USING (code)
        WHERE moment >= {bounds[0]} AND moment < {bounds[1]}"""


def _filtered(place: int, step: Step, given: Given, bounds: Bounds) -> str:
    return f"""SELECT lead::INTEGER AS lead, epoch_us(occurred_at) AS moment, {place}::TINYINT AS step
        FROM {ROWS_OF_EVENTS} WHERE {meets(step, given)} AND {COUNTED} AND {within(bounds)}"""


def _excluded_rows(excluded: Sequence[Step], given: Given, bounds: Bounds) -> list[str]:
    return [
        f"SELECT lead, moment, {EXCLUDED}::TINYINT AS step FROM ({rows})" for rows in step_rows(excluded, given, bounds)
    ]


def _every_event(query: FunnelQuery, given: Given, bounds: Bounds) -> list[str]:
    """(lead, moment, bits of the steps that the event meets) of all that people did: a strict funnel looks at all."""
    placed = list(enumerate(query.steps))
    behaviour = [(place, step) for place, step in placed if is_behaviour(step)]
    if any(is_filtered(step) for _, step in behaviour):
        first = _events_with_bits(behaviour, given, bounds)
    else:
        first = _doings_with_bits(behaviour, given, bounds)
    said = [records(place, step, given, bounds) for place, step in placed if not is_behaviour(step)]
    return [first, *(f"SELECT lead, moment, (1 << step)::INTEGER AS step FROM ({rows})" for rows in said)]


def _doings_with_bits(behaviour: Sequence[tuple[int, Step]], given: Given, bounds: Bounds) -> str:
    bits = f"SELECT code, bit_or(1 << step)::INTEGER AS bits FROM ({codes(behaviour, given)}) GROUP BY code"
    return f"""SELECT lead, moment, coalesce(bits, 0)::INTEGER AS step FROM {DOINGS} LEFT JOIN ({bits}) USING (code)
        WHERE moment >= {bounds[0]} AND moment < {bounds[1]}"""


def _events_with_bits(behaviour: Sequence[tuple[int, Step]], given: Given, bounds: Bounds) -> str:
    bits = " | ".join(f"(({meets(step, given)})::INTEGER << {place})" for place, step in behaviour)
    return f"""SELECT lead::INTEGER AS lead, epoch_us(occurred_at) AS moment, {bits} AS step
        FROM {ROWS_OF_EVENTS} WHERE {KINDS[StepSource.ANY]} AND {COUNTED} AND {within(bounds)}"""


def _rank(steps: int) -> str:
    """At one instant: what breaks a chain, then steps in their order, then everything else."""
    lowest = " ".join(f"WHEN step & {1 << place} > 0 THEN {place}" for place in range(steps))
    return f"CASE WHEN step = {EXCLUDED} THEN -1 {lowest} ELSE {steps} END"


def is_coded(steps: Sequence[Step]) -> bool:
    """Whether all steps come from `doings`."""
    return all(is_behaviour(step) and not is_filtered(step) for step in steps)


def _history(cursor: Cursor, text: str, given: Given) -> History:
    table = cursor.execute(text, given.values).to_arrow_table()
    lead, at, step = (table.column(name).to_numpy() for name in ("lead", "moment", "step"))
    return History(lead, at, step)


def property_of_starts(
    cursor: Cursor, step: Step, key: str, lead: Sequence[int], started: Sequence[int]
) -> dict[int, str]:
    """By lead, a property of the event that their chain began with. Who has none is left out."""
    given = Given()
    said = property_text(key, given)
    table = pa.table({"lead": pa.array(lead, pa.int64()), "moment": pa.array(started, pa.int64())})
    bounds = given.name(min(started, default=0)), given.name(max(started, default=0) + 1)
    text = f"""SELECT lead, min({said}) FROM {ROWS_OF_EVENTS} JOIN begun USING (lead)
        WHERE {meets(step, given)} AND {COUNTED} AND {within(bounds)}
            AND epoch_us(occurred_at) = begun.moment GROUP BY lead"""
    cursor.register("begun", table)
    try:
        return {lead: text for lead, text in cursor.execute(text, given.values).fetchall() if text is not None}
    finally:
        cursor.unregister("begun")
