"""Journeys from the store: what everybody did, numbered, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from leadline.analytics.journeys import PathRules
from leadline.analytics.segments import Segment
from leadline.analytics.steps import Step
from leadline.analytics.written import step_words
from leadline.eventstore.database import Cursor
from leadline.eventstore.doings import CODES, DOINGS
from leadline.eventstore.journey_arrays import Ints, Paths, cut_paths
from leadline.eventstore.step_sql import EVERYBODY, Given, is_behaviour, meets, records

SHOWN = {
    "events": "kind IN ('track', 'screen')",
    "pages": "kind = 'page'",
    "both": "kind IN ('track', 'page', 'screen')",
}
LABEL = "CASE WHEN kind = 'page' THEN coalesce(nullif(path, ''), name) ELSE name END"
NODES = f"""
CREATE OR REPLACE TEMP TABLE journey_nodes AS
SELECT code, kind, name, path, {LABEL} AS label, dense_rank() OVER (ORDER BY {LABEL})::INTEGER - 1 AS node FROM {CODES}
"""


@dataclass(frozen=True, slots=True)
class JourneyQuery:
    """Attributes:
    of: "events", "pages" or "both".
    excluded: events and pages that are looked through; without properties.
    anchor: without properties; None for where visits begin or end.
    since, until: µs since 1970, half open.
    """

    of: str
    rules: PathRules
    anchor: Step | None
    since: int
    until: int
    excluded: tuple[Step, ...] = ()
    segment: Segment = EVERYBODY


@dataclass(frozen=True, slots=True)
class Journeys:
    """Paths, and what the numbers in them are called."""

    paths: Paths
    labels: tuple[str, ...]


def journeys_of(cursor: Cursor, query: JourneyQuery, now: datetime) -> Journeys:
    """Everybody's paths. The doings are up to date (`doings.py`)."""
    cursor.execute(NODES)
    labels = _labels(cursor)
    anchors = _anchors(cursor, query, len(labels))
    lead, at, node = _rows(cursor, query, len(labels), now)
    rules = replace(query.rules, anchors=anchors)
    named = (*labels, step_words(query.anchor) if query.anchor else "")
    return Journeys(cut_paths(rules, lead, at, node), named)


def qualified_among(cursor: Cursor, leads: Ints) -> Ints:
    """Those who have ever qualified."""
    text = "SELECT lead FROM memory.main.people WHERE qualified_at IS NOT NULL ORDER BY lead"
    found = cursor.execute(text).to_arrow_table().column("lead").to_numpy()
    return leads[np.isin(leads, found)]


def _labels(cursor: Cursor) -> list[str]:
    rows = cursor.execute("SELECT DISTINCT node, label FROM journey_nodes ORDER BY node").fetchall()
    return [label for _, label in rows]


def _anchors(cursor: Cursor, query: JourneyQuery, own: int) -> frozenset[int] | None:
    """The nodes that meet the anchor. A conversion or stage is a node of its own."""
    if query.anchor is None:
        return None
    if not is_behaviour(query.anchor):
        return frozenset({own})
    given = Given()
    text = f"SELECT DISTINCT node FROM journey_nodes WHERE {meets(query.anchor, given)}"
    return frozenset(node for (node,) in cursor.execute(text, given.values).fetchall())


def _rows(cursor: Cursor, query: JourneyQuery, own: int, now: datetime) -> Sequence[Ints]:
    given = Given()
    bounds = given.name(query.since), given.name(query.until)
    shown = SHOWN[query.of]
    for step in query.excluded:
        shown = f"({shown} AND NOT ({meets(step, given)}))"
    if query.anchor and is_behaviour(query.anchor):
        shown = f"({shown} OR ({meets(query.anchor, given)}))"
    text = f"""SELECT lead, moment, node FROM {DOINGS}
        JOIN (SELECT code, node FROM journey_nodes WHERE {shown}) USING (code)
        WHERE moment >= {bounds[0]} AND moment < {bounds[1]}"""
    if query.anchor and not is_behaviour(query.anchor):
        text += f" UNION ALL SELECT lead, moment, {own} FROM ({records(0, query.anchor, given, bounds)})"
    whole = f"""SELECT lead, moment, node::INTEGER AS node FROM ({text})
        SEMI JOIN {given.chosen(query.segment, now)} USING (lead) ORDER BY lead, moment, node"""
    table = cursor.execute(whole, given.values).to_arrow_table()
    return [table.column(name).to_numpy() for name in ("lead", "moment", "node")]
