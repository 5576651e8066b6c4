"""Retention from the store: one row a person with the buckets that they came in as bits, grouped, and counted."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from leadline.analytics.retention import WORD, Cohort, Counts, Flags, Retention, RetentionClock, Tally, bits, tally
from leadline.analytics.segments import Segment
from leadline.analytics.steps import Step, StepSource
from leadline.eventstore.database import Cursor
from leadline.eventstore.doings import DOINGS
from leadline.eventstore.funnels import step_rows
from leadline.eventstore.step_sql import EVERYBODY, Given

EVER = ("-62135596800000000", "253370764800000000")
"""The years 1 to 9999, as µs since 1970."""


@dataclass(frozen=True, slots=True)
class RetentionQuery:
    """What counts as a start and as a return, and how they are counted."""

    retention: Retention
    start: Step
    back: Step
    segment: Segment = EVERYBODY


def retention_of(cursor: Cursor, query: RetentionQuery, now: datetime) -> Tally:
    """Count the cohorts and who came back. The doings are up to date (`doings.py`)."""
    given = Given()
    write = _rolling if query.retention.clock is RetentionClock.ROLLING else _calendar
    text = write(query, given, given.chosen(query.segment, now))
    columns = cursor.execute(text, given.values).to_arrow_table()
    found = {name: columns.column(name).to_numpy() for name in columns.column_names}
    buckets = query.retention.buckets
    returned = bits([found[f"r{word}"] for word in range(_words(buckets))], buckets)
    return tally(query.retention, _members(found, buckets), returned, found["people"])


def _members(found: dict[str, Counts], buckets: int) -> Flags:
    if "cohort" in found:
        member: Flags = found["cohort"][:, None] == np.arange(buckets)
        return member
    return bits([found[f"s{word}"] for word in range(_words(buckets))], buckets)


def _calendar(query: RetentionQuery, given: Given, chosen: str) -> str:
    """Rows of (cohort, or bits of the buckets with a start; bits of the buckets with a return; people)."""
    wanted = query.retention
    rows = _rows(query.start, given)
    if query.start == query.back:
        once = f"SELECT lead, min(moment) AS began, {_bits(wanted, 's')} FROM {rows} GROUP BY lead"
        people = f"SELECT *, {_copied(wanted, 's', 'r')} FROM ({once})"
    else:
        starts = f"SELECT lead, min(moment) AS began, {_bits(wanted, 's')} FROM {rows} GROUP BY lead"
        back = f"SELECT lead, {_bits(wanted, 'r')} FROM {_rows(query.back, given)} GROUP BY lead"
        people = f"SELECT * REPLACE ({_filled(wanted)}) FROM ({starts}) LEFT JOIN ({back}) USING (lead)"
    first = wanted.cohort is Cohort.FIRST
    member = f"{bucket_sql(wanted.bounds, 'began')}::INTEGER AS cohort" if first else _listed(wanted, "s")
    inside = _inside(wanted, "began") if first else "true"
    return f"""SELECT {member}, {_listed(wanted, "r")}, count(*) AS people
        FROM ({people}) SEMI JOIN {chosen} USING (lead) WHERE {inside} GROUP BY ALL"""


def _rolling(query: RetentionQuery, given: Given, chosen: str) -> str:
    """Rows of (cohort; bits of the offsets with a return, from each person's own start; people)."""
    wanted = query.retention
    rows, cohort = _rows(query.start, given), f"{bucket_sql(wanted.bounds, 'moment')}::INTEGER"
    if wanted.cohort is Cohort.FIRST:
        firsts = f"(SELECT lead, min(moment) AS moment FROM {rows} GROUP BY lead)"
        began = f"SELECT lead, moment AS began, {cohort} AS cohort FROM {firsts} WHERE {_inside(wanted, 'moment')}"
    else:
        began = f"""SELECT lead, min(moment) AS began, {cohort} AS cohort FROM {rows}
            WHERE {_inside(wanted, "moment")} GROUP BY lead, cohort"""
    offset = f"((back.moment - began) // {wanted.span})"
    words = ", ".join(f"{_word(offset, word)} AS r{word}" for word in range(_words(wanted.buckets)))
    return f"""WITH starts AS MATERIALIZED (FROM ({began}) SEMI JOIN {chosen} USING (lead)),
        people AS (
            SELECT starts.lead, cohort, {words}
            FROM starts LEFT JOIN (SELECT * FROM {_rows(query.back, given)}) AS back
                ON back.lead = starts.lead AND back.moment >= began
                AND back.moment < began + {wanted.span * wanted.buckets}
            GROUP BY starts.lead, cohort
        )
        SELECT cohort, {_listed(wanted, "r")}, count(*) AS people FROM people GROUP BY ALL"""


def _rows(step: Step, given: Given) -> str:
    """(lead, moment) of all that meets a step, ever."""
    if step.source is StepSource.ANY and not step.where:
        return DOINGS
    return "(" + " UNION ALL ".join(step_rows([step], given, EVER)) + ")"


def bucket_sql(bounds: tuple[int, ...], moment: str) -> str:
    """The number of the bucket that an instant inside the bounds lies in. Daylight saving and months make buckets of
    different lengths: one division for each run of equal ones."""
    runs = _runs(bounds)
    parts = [f"{first} + ({moment} - {bounds[first]}) // {length}" for first, length in runs]
    cases = [f"WHEN {moment} < {bounds[after]} THEN {part}" for part, (after, _) in zip(parts, runs[1:], strict=False)]
    return f"(CASE {' '.join(cases)} ELSE {parts[-1]} END)" if cases else f"({parts[0]})"


def _runs(bounds: tuple[int, ...]) -> list[tuple[int, int]]:
    """(first bucket, length) of each run of buckets that are equally long."""
    lengths = [after - before for before, after in pairwise(bounds)]
    return [(place, length) for place, length in enumerate(lengths) if place == 0 or lengths[place - 1] != length]


def _bits(wanted: Retention, name: str) -> str:
    bucket, inside = bucket_sql(wanted.bounds, "moment"), _inside(wanted, "moment")
    words = range(_words(wanted.buckets))
    return ", ".join(f"coalesce({_word(bucket, word)} FILTER ({inside}), 0) AS {name}{word}" for word in words)


def _word(bucket: str, word: int) -> str:
    place = f"({bucket} - {word * WORD})"
    bit = f"(1::BIGINT << greatest(least({place}, {WORD}), 0)::INTEGER)"
    return f"bit_or(CASE WHEN {place} BETWEEN 0 AND {WORD - 1} THEN {bit} ELSE 0 END)"


def _inside(wanted: Retention, moment: str) -> str:
    return f"{moment} >= {wanted.bounds[0]} AND {moment} < {wanted.bounds[-1]}"


def _listed(wanted: Retention, name: str) -> str:
    return ", ".join(f"{name}{word}" for word in range(_words(wanted.buckets)))


def _copied(wanted: Retention, name: str, other: str) -> str:
    return ", ".join(f"{name}{word} AS {other}{word}" for word in range(_words(wanted.buckets)))


def _filled(wanted: Retention) -> str:
    return ", ".join(f"coalesce(r{word}, 0) AS r{word}" for word in range(_words(wanted.buckets)))


def _words(buckets: int) -> int:
    return -(-buckets // WORD)
