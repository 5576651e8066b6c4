"""The paths of touches before conversions, as columns: what attribution models judge."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.analytics.attribution import NOWHERE, Paths
from leadline.analytics.channels import DIRECT
from leadline.analytics.segments import Segment
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.segments import segment_sql
from leadline.eventstore.usage import naive
from leadline.kernel.clock import to_micros

STAGE = "stage:"
BECOMING_KNOWN = "lead"
SEPARATOR = "\x1f"
"""Between the channel and the campaign of a key that has both."""


class Dimension(StrEnum):
    """What a touch is told by."""

    CHANNEL = "channel"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    LANDING = "landing"
    CONTENT = "content"
    CHANNEL_CAMPAIGN = "channel-campaign"  # for costs, not asked for by people


KEYS = {
    Dimension.CHANNEL: "channel",
    Dimension.SOURCE: "coalesce(nullif(source, ''), '(direct)')",
    Dimension.CAMPAIGN: "coalesce(nullif(campaign, ''), '(no campaign)')",
    Dimension.LANDING: "coalesce(nullif(landing, ''), '(no page)')",
    Dimension.CHANNEL_CAMPAIGN: f"channel || '{SEPARATOR}' || coalesce(campaign, '')",
}
VISITS = """SELECT lead, started_at AS touched_at, channel = $direct AS direct, {key} AS key
    FROM memory.main.touches WHERE pages > 0 OR landing IS NOT NULL"""
"""What only servers told of somebody is a visit for want of others, and no touch: nobody can say what brought it."""
CONVERSIONS = """SELECT lead, converted_at AS made_at, value FROM memory.main.conversions
    WHERE name = $name AND (name = 'opportunity' OR cancelled_at IS NULL OR cancelled_at > $now)"""
STAGES = """SELECT lead, min(moved_at) AS made_at, NULL AS value FROM memory.main.moves
    WHERE to_stage = $name GROUP BY lead"""
KNOWN = "SELECT lead, known_at AS made_at, NULL AS value FROM memory.main.people WHERE known_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PathsWanted:
    """Which paths. Times are aware.

    Attributes:
        goal: a conversion's name, "stage:qualified" (the first entry), or "lead" (becoming known).
        start, end: the goals of this time, half open; what is after `now` is not known yet.
        lookback: so long before a goal its touches may lie.
        direct: the channel of visits that nothing brought, as the rules call it.
    """

    goal: str
    start: datetime
    end: datetime
    now: datetime
    lookback: timedelta
    dimension: Dimension = Dimension.CHANNEL
    segment: Segment | None = None
    direct: str = DIRECT


@dataclass(frozen=True)
class PathsFound:
    """Paths that reached the goal, and those of people with touches in the time who hadn't by its end."""

    reached: Paths
    lost: Paths


def read_paths(cursor: Cursor, wanted: PathsWanted) -> PathsFound:
    """Both, over the same names."""
    asked = _make_goals(cursor, wanted)
    goals = cursor.execute(
        "SELECT number, value, known_at <= made_at AS known, opened_at IS NOT NULL AS opened FROM attribution_goals"
    ).to_arrow_table()
    touches = cursor.execute(_touches_query(wanted), asked).to_arrow_table()
    cursor.execute("DROP TABLE attribution_goals")
    return _found(goals, touches)


def _make_goals(cursor: Cursor, wanted: PathsWanted) -> dict[str, object]:
    """Leaves the goals in a temporary table. Returns the parameters that the query of touches takes."""
    who: str = "true"
    chosen: Mapping[str, object] = {}
    if wanted.segment:
        who, chosen = segment_sql(wanted.segment, "people", wanted.now)
    reached, name = _reached(wanted)
    until = min(wanted.end, wanted.now + timedelta(microseconds=1))
    bounds: dict[str, object] = {"since": naive(wanted.start), "until": naive(until), "lookback": _micros(wanted)}
    asked = {**bounds, **chosen, **name}
    cursor.execute(sql("attribution_goals").replace("{reached}", reached).replace("{who}", who), asked)
    if wanted.dimension is not Dimension.CONTENT:
        return {"direct": wanted.direct}
    return {"since": bounds["since"], "lookback": bounds["lookback"]}


def _reached(wanted: PathsWanted) -> tuple[str, dict[str, object]]:
    if wanted.goal == BECOMING_KNOWN:
        return KNOWN, {}
    if wanted.goal.startswith(STAGE):
        return STAGES, {"name": wanted.goal.removeprefix(STAGE)}
    return CONVERSIONS, {"name": wanted.goal, "now": naive(wanted.now)}


def _touches_query(wanted: PathsWanted) -> str:
    if wanted.dimension is not Dimension.CONTENT:
        return sql("attribution_touches").replace("{touched}", VISITS.format(key=KEYS[wanted.dimension]))
    every = sql("attribution_touches").replace("{touched}", sql("content_touches"))
    # each content once before a goal: when it was touched first
    first = "QUALIFY row_number() OVER (PARTITION BY number, key ORDER BY touched.touched_at) = 1\nORDER BY number"
    return every.replace("ORDER BY number", first)


def _found(goals: pa.Table, touches: pa.Table) -> PathsFound:
    keys = touches["key"].combine_chunks().dictionary_encode()
    if isinstance(keys, pa.ChunkedArray):
        keys = keys.combine_chunks()
    names = tuple(keys.dictionary.to_pylist())
    codes = np.asarray(keys.indices, np.int64)
    numbers, owners = _column(goals, "number"), _column(touches, "number")
    starts = np.append(np.searchsorted(owners, numbers), len(owners)).astype(np.int64)
    sums = {name: _counted(_column(touches, name), starts) for name in ("before_known", "before_opened")}
    whole = Paths(
        names,
        starts,
        codes,
        _column(touches, "days").astype(np.float64),
        _column(touches, "direct").astype(bool),
        np.where(_column(goals, "known", fill=False), sums["before_known"] - 1, NOWHERE),
        np.where(_column(goals, "opened"), sums["before_opened"] - 1, NOWHERE),
        _column(goals, "value").astype(np.float64),
    )
    lost = int(np.searchsorted(numbers, 0))
    return PathsFound(_part(whole, lost, whole.count), _part(whole, 0, lost))


def _counted(flags: npt.NDArray[np.generic], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many touches of each path have the flag."""
    so_far = np.concatenate([[0], np.cumsum(flags.astype(np.int64))])
    return np.asarray(so_far[starts[1:]] - so_far[starts[:-1]], np.int64)


def _part(paths: Paths, first: int, last: int) -> Paths:
    inside = slice(int(paths.starts[first]), int(paths.starts[last]))
    return Paths(
        paths.names,
        paths.starts[first : last + 1] - paths.starts[first],
        paths.keys[inside],
        paths.days[inside],
        paths.direct[inside],
        paths.lead_at[first:last],
        paths.opportunity_at[first:last],
        paths.value[first:last],
    )


def _column(table: pa.Table, name: str, *, fill: bool | None = None) -> npt.NDArray[np.generic]:
    column = table[name] if fill is None else table[name].fill_null(fill)
    return np.asarray(column.to_numpy())


def _micros(wanted: PathsWanted) -> int:
    return to_micros(wanted.now) - to_micros(wanted.now - wanted.lookback)
