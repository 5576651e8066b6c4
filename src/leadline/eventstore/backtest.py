"""The past as it was at a cutoff: who there was, what every measure said then, and who converted after it.

Everything lies in temporary tables of one cursor, so that a backtest writes nothing: `seen`, `conversions`, `named` and
`absent`, made once by `open_past`; `pointing`, `people` and `measured_then`, made by `go_to` for each cutoff; and
`scored_<place>`, made by `score` for each ruleset.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import ibis
import pyarrow as pa

from leadline.engagement.expressions import SOURCE, daily_cells
from leadline.eventstore.cells import CELL_COLUMNS, catalogue
from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.schema import sql
from leadline.eventstore.scoring import PLAN, Rules
from leadline.scoring.arithmetic import decay_weight, window_days
from leadline.scoring.backtesting import Cutoff
from leadline.scoring.expressions import UNCAPPED, raw_column, raws
from leadline.scoring.ruleset import Across, Measure, Ruleset
from leadline.scoring.score_expressions import scores

RECEIVED = "received"
CONVERSIONS = pa.schema(
    [
        ("part", pa.string()),
        ("stage", pa.string()),
        ("days", pa.int32()),
        ("identity", pa.int64()),
        ("occurred", pa.timestamp("us")),
        ("cancelled", pa.timestamp("us")),
    ]
)
"""part: "outcome", "customer", or "trigger" and the place of a ruleset, for which `stage` and `days` say how long it
counts for which stage."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The distinct measures of several rulesets, so that each is computed once.

    Attributes:
        measures: those known when their events occurred, then those known only when these were received.
        received: how many of the last are of the latter sort.
        places: for each ruleset, where its measures are, in its own order.
    """

    measures: tuple[Measure, ...]
    received: int
    places: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, rulesets: Sequence[Ruleset]) -> "Pool":
        """The pool of some rulesets."""
        distinct = {_content(measure): measure for ruleset in rulesets for measure in ruleset.measures}
        ordered = sorted(distinct, key=lambda content: content[-1] == RECEIVED)
        at = {content: place for place, content in enumerate(ordered)}
        places = tuple(tuple(at[_content(measure)] for measure in ruleset.measures) for ruleset in rulesets)
        received = sum(content[-1] == RECEIVED for content in ordered)
        return cls(tuple(distinct[content] for content in ordered), received, places)

    @property
    def occurred_ones(self) -> tuple[Measure, ...]:
        """Those known when their events occurred."""
        return self.measures[: len(self.measures) - self.received]

    @property
    def received_ones(self) -> tuple[Measure, ...]:
        """Those known when their events were received."""
        return self.measures[len(self.measures) - self.received :]


def _content(measure: Measure) -> tuple[object, ...]:
    """What two measures have in common when they give the same number, whatever their metrics are called."""
    rest = measure.across, measure.window_days, measure.half_life_days, measure.daily_cap
    return (measure.metric.digest, *rest, measure.metric.available_at)


def open_past(cursor: Cursor, conversions: pa.Table, named: Iterable[int], absent: Iterable[int]) -> None:
    """Make what all cutoffs share.

    Args:
        conversions: with the columns of `CONVERSIONS`.
        named: identities that are a user id or an e-mail address.
        absent: leads of today that stand nowhere: our own people and robots.
    """
    cursor.execute(sql("backtest_seen"))
    keep(cursor, "conversions", conversions)
    keep(cursor, "named", pa.table({"identity": pa.array(named, pa.int64())}))
    keep(cursor, "absent", pa.table({"person": pa.array(absent, pa.int64())}))


def keep(cursor: Cursor, name: str, table: pa.Table) -> None:
    """An Arrow table as a temporary table."""
    cursor.register("given_table", table)
    try:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM given_table")
    finally:
        cursor.unregister("given_table")


def first_day(cursor: Cursor) -> date | None:
    """The day of the first event that is no noise; None when there are none."""
    row = cursor.execute("SELECT min(day) FROM events WHERE NOT bot AND NOT internal").fetchone()
    return row[0] if row else None


def last_moment(cursor: Cursor) -> datetime | None:
    """When the last event occurred that is no noise."""
    row = cursor.execute("SELECT max(occurred_at) FROM events WHERE NOT bot AND NOT internal").fetchone()
    return None if row is None or row[0] is None else row[0].replace(tzinfo=UTC)


def go_to(cursor: Cursor, cutoff: Cutoff, pool: Pool) -> int:
    """Make `people` and, of those who neither had the outcome nor were customers, `measured_then`.

    Returns:
        How many leads are left out.
    """
    moments = {"moment": naive(cutoff.moment), "until": naive(cutoff.until)}
    cursor.execute(sql("backtest_pointing"), {"moment": moments["moment"]})
    cursor.execute(sql("backtest_people"), moments)
    cursor.execute("CREATE OR REPLACE TEMP VIEW scoped_identities AS FROM pointing")
    cursor.execute("CREATE OR REPLACE TEMP VIEW scoped_leads AS SELECT lead FROM people WHERE NOT had AND NOT absent")
    _measure(cursor, cutoff, pool)
    return fetch_int(cursor, "SELECT count(*) FROM people WHERE had AND NOT absent")


def score(cursor: Cursor, place: int, ruleset: Ruleset, pool: Pool) -> None:
    """Make `scored_<place>`: the scores of a ruleset of the pool, with `person` and `converted`."""
    columns = (f"{raw_column(at)} AS {raw_column(index)}" for index, at in enumerate(pool.places[place]))
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW raws AS SELECT lead, {', '.join(columns)} FROM measured_then")
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE scored_{place} AS "
        "SELECT scores.lead, total, factors, disqualifications, person, converted "
        f"FROM ({_score_query(Rules.of(ruleset))}) AS scores JOIN people USING (lead)"
    )


def forget(cursor: Cursor, rulesets: int) -> None:
    """Let go of the last cutoff's tables."""
    for name in ("measured_then", *(f"scored_{place}" for place in range(rulesets))):
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


def _measure(cursor: Cursor, cutoff: Cutoff, pool: Pool) -> None:
    parts = []
    if pool.occurred_ones or not pool.received_ones:
        _scope_occurred(cursor, cutoff, pool.occurred_ones)
        parts.append(_part(cursor, "occurred_then", pool.occurred_ones, cutoff.day, 0))
    if pool.received_ones:
        _scope_received(cursor, cutoff, pool.received_ones)
        parts.append(_part(cursor, "received_then", pool.received_ones, cutoff.day, len(pool.occurred_ones)))
    cursor.execute("DROP TABLE IF EXISTS measured_then")
    if len(parts) == 1:
        cursor.execute(f"ALTER TABLE {parts[0]} RENAME TO measured_then")
    else:
        cursor.execute(f"CREATE TEMP TABLE measured_then AS FROM {parts[0]} JOIN {parts[1]} USING (lead)")


def _part(cursor: Cursor, table: str, measures: Sequence[Measure], day: date, first: int) -> str:
    """The raws of some measures, their columns numbered from `first`."""
    codes = {metric.digest: code for code, metric in catalogue(cursor).items()}
    keep(cursor, "plan", _plan(tuple(measures), day, tuple(sorted(codes.items()))))
    renamed = [f"{raw_column(index)} AS {raw_column(first + index)}" for index in range(len(measures))]
    columns = ", ".join(["lead", *renamed])
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns} FROM ({_raws_query(tuple(measures))})")
    return table


def _scope_occurred(cursor: Cursor, cutoff: Cutoff, measures: Sequence[Measure]) -> None:
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW scoped_cells AS FROM store.cells WHERE {_days(cutoff, measures)}")
    cursor.execute(
        "CREATE OR REPLACE TEMP VIEW scoped_traits AS "
        f"FROM store.traits WHERE occurred_at < TIMESTAMP '{naive(cutoff.moment)}'"
    )


def _scope_received(cursor: Cursor, cutoff: Cutoff, measures: Sequence[Measure]) -> None:
    """Cells made anew from the events that had come in by then, and traits of the loads that had."""
    moment = f"TIMESTAMP '{naive(cutoff.moment)}'"
    wanted = {measure.metric.digest for measure in measures}
    metrics = {code: metric for code, metric in catalogue(cursor).items() if metric.digest in wanted}
    columns = f"SELECT {CELL_COLUMNS} FROM store.cells LIMIT 0"
    if metrics:
        came = f"received_at < {moment} AND {_days(cutoff, measures)}"
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS FROM store.events WHERE {came}")
        columns = f"SELECT {CELL_COLUMNS} FROM ({ibis.to_sql(daily_cells(metrics), dialect='duckdb')})"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE received_cells AS {columns}")
    cursor.execute("CREATE OR REPLACE TEMP VIEW scoped_cells AS FROM received_cells")
    loads = f"SELECT load_seq FROM store.segments WHERE last_received_at < {moment}"
    cursor.execute(
        "CREATE OR REPLACE TEMP VIEW scoped_traits AS "
        f"FROM store.traits WHERE occurred_at < {moment} AND load_seq IN ({loads})"
    )


def _days(cutoff: Cutoff, measures: Sequence[Measure]) -> str:
    """Only the days of the longest window are read."""
    longest = max((m.window_days for m in measures if m.across is not Across.STATE), default=0)
    first = cutoff.day - timedelta(days=min(longest, cutoff.day.toordinal() - 1))
    return f"day > DATE '{first}' AND day <= DATE '{cutoff.day}'"


@lru_cache(maxsize=4)
def _raws_query(measures: tuple[Measure, ...]) -> str:
    return str(ibis.to_sql(raws(measures), dialect="duckdb", pretty=False))


@lru_cache(maxsize=8)
def _score_query(rules: Rules) -> str:
    return str(ibis.to_sql(scores(rules.ruleset), dialect="duckdb", pretty=False))


def _plan(measures: tuple[Measure, ...], day: date, codes: tuple[tuple[str, int], ...]) -> pa.Table:
    rows = list(_plan_rows(measures, day, dict(codes)))
    columns = zip(*rows, strict=True) if rows else [[] for _ in PLAN]
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, PLAN, strict=True)], schema=PLAN)


def _plan_rows(
    measures: Sequence[Measure], day: date, codes: dict[str, int]
) -> Iterator[tuple[int, int, date, int, int]]:
    for index, measure in enumerate(measures):
        if measure.across is Across.STATE:
            continue
        capped = measure.daily_cap is not None and measure.across in (Across.SUM, Across.DISTINCT)
        cap = measure.daily_cap if capped and measure.daily_cap is not None else UNCAPPED
        for age, past in enumerate(window_days(day, measure.window_days)):
            yield index, codes[measure.metric.digest], past, decay_weight(age, measure.half_life_days), cap


def naive(moment: datetime) -> datetime:
    """A moment as the store has it."""
    return moment.astimezone(UTC).replace(tzinfo=None)
