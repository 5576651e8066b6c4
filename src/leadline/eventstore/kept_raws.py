"""What every lead's measures said last, kept in memory, so that an evaluation of everybody reads again only what can
have changed since. The result is the full pass's to the bit.

One column for each measure, named by a hash of what it is: under other weights, curves or thresholds the same columns
serve, and one new measure is one new column. For measures with a half-life each lead's days are kept as well, combined
and capped: on another day only their weights change. From the cells again come the doubtful alone: leads that a load or
an identity edge touched since, or with a day that enters a window or whose leaving it changes more than its weight.

The tables lie in DuckDB's memory (its temporary folder when there is too much), never in the store: it is gone with the
process, and erasing has one place less to look. Without it, and whenever anything is in doubt, everything is measured.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import ibis
import pyarrow as pa

from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.edges import max_edge_id
from leadline.eventstore.schema import sql
from leadline.eventstore.scoring import Codes, compiled_raws, gather, scope_to, score_measured
from leadline.scoring.expressions import lead_days, raw_column, raws_of_days
from leadline.scoring.ruleset import Across, Measure, Ruleset

TABLE = "memory.main.kept_raws"
DAYS = "memory.main.kept_days"
STATE = "memory.main.kept_state"
DOUBTFUL_SHARE = 0.2
"""With more doubtful leads than this share, measuring everybody is quicker."""
DAYS_AHEAD = 31
"""So many days after everything was measured, everything is measured again: what left the windows goes then."""
PASSING = pa.schema([("metric", pa.int16()), ("day", pa.date32())])
Columns = Mapping[str, Measure]
Places = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the kept raws stand for.

    Attributes:
        day: they are as of its end.
        settled: the cells of loads up to this one were complete; later loads are doubtful.
        edge_id: the newest identity edge that was followed.
        metrics: digests of all metrics that had cells.
        columns: one for each measure.
        aging: the columns whose days are kept, by their place there; empty where a measure was given up.
        full_day: the day when everything was measured.
        rows: of events, traits and edges; these tables only grow, unless somebody is erased.
    """

    day: date
    settled: int
    edge_id: int
    metrics: tuple[str, ...]
    columns: frozenset[str]
    aging: tuple[str, ...]
    full_day: date
    rows: tuple[int, ...]


def score_everyone(cursor: Cursor, ruleset: Ruleset, as_of: date, settled: int = 0, *, fresh: bool = False) -> int:
    """All leads' scores as of the end of a UTC day, into the temporary table `scored`, with `raws` beside it.

    Args:
        settled: the load up to which cells are complete, so that later ones are looked at again next time.
        fresh: measure everything again, whatever is kept.

    Returns:
        How many leads there are.
    """
    measure_everyone(cursor, ruleset.measures, as_of, settled, fresh=fresh)
    columns = (f"{column_of(measure)} AS {raw_column(index)}" for index, measure in enumerate(ruleset.measures))
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW raws AS SELECT {', '.join(['lead', *columns])} FROM {TABLE}")
    return score_measured(cursor, ruleset)


def measure_everyone(
    cursor: Cursor, measures: Sequence[Measure], as_of: date, settled: int = 0, *, fresh: bool = False
) -> bool:
    """Bring the kept raws to a day, with a column for each measure. Returns whether anything could be taken over."""
    columns = {column_of(measure): measure for measure in measures}
    codes = ensure_metrics(cursor, [measure.metric for measure in measures])
    now = Kept(as_of, settled, max_edge_id(cursor), tuple(sorted(codes)), frozenset(columns), (), as_of, _rows(cursor))
    kept = None if fresh else _usable(cursor, now)
    cursor.execute(f"DROP TABLE IF EXISTS {STATE}")  # whatever fails from here on, nothing is taken over next time
    carried = _Pass(cursor, columns, now, codes).carry(kept) if kept else None
    _note(cursor, carried or _Pass(cursor, columns, now, codes).measure_all())
    return carried is not None


def forget(cursor: Cursor) -> None:
    """Take nothing over next time, and let the memory go: after an erasure, or when cells were made again."""
    for table in (STATE, TABLE, DAYS):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def column_of(measure: Measure) -> str:
    """The column of a measure: the same for two that give the same number, whatever their metrics are called."""
    days = None if measure.across is Across.STATE else (measure.window_days, measure.half_life_days, measure.daily_cap)
    content = repr((measure.metric.digest, measure.across.value, days))
    return f"measure_{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _usable(cursor: Cursor, now: Kept) -> Kept | None:
    """What is kept, when it is not of a later day or of long ago, and nothing was taken out of the store since."""
    if not fetch_int(cursor, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'kept_state'"):
        return None
    (row,) = cursor.execute(f"FROM {STATE}").fetchall()
    day, settled, edge_id, metrics, columns, aging, full_day, rows = row
    kept = Kept(day, settled, edge_id, tuple(metrics), frozenset(columns), tuple(aging), full_day, tuple(rows))
    shrunk = any(after < before for after, before in zip(now.rows, kept.rows, strict=True))
    late = now.day < kept.day or (now.day - kept.full_day).days > DAYS_AHEAD
    return None if shrunk or late else kept


def _ages(measure: Measure) -> bool:
    """Whether another day changes it for everybody."""
    return measure.half_life_days is not None and measure.across is not Across.STATE


def _has_days(measure: Measure) -> bool:
    """Whether its days are kept. Which of several values is the last one takes more than a day to tell."""
    return _ages(measure) and measure.across is not Across.LAST


@dataclass(frozen=True, slots=True)
class _Pass:
    """One evaluation of everybody: what it needs, and what will be kept of it."""

    cursor: Cursor
    columns: Columns
    now: Kept
    codes: Codes

    def measure_all(self) -> Kept:
        """Everything from the cells. Days are kept from the next day on, when they first serve."""
        self.cursor.execute(sql("kept_days_none"))
        self._assemble({}, self.columns, {}, same_leads=False)
        return self.now

    def carry(self, kept: Kept) -> Kept | None:
        """What is kept, brought to the day of now; None when that is not worth it."""
        same_day = kept.day == self.now.day
        again = {n: m for n, m in self.columns.items() if n not in kept.columns or (not same_day and _ages(m))}
        taken = {name: measure for name, measure in self.columns.items() if name not in again}
        held = {name: place for place, name in enumerate(kept.aging) if name in self.columns}
        doubtful = self._find_doubtful(kept, {**taken, **{name: self.columns[name] for name in held}})
        if doubtful > DOUBTFUL_SHARE * fetch_int(self.cursor, f"SELECT count(*) FROM {TABLE}"):
            return None
        same_leads = kept.metrics == self.now.metrics
        # Who is left out by this ruleset may come back the same day: its days stay, unless they should be renewed.
        aging = kept.aging if same_day and not doubtful else [name if name in held else "" for name in kept.aging]
        # Days that were never kept are needed from the next day on.
        missing = [n for n, m in self.columns.items() if not same_day and _has_days(m) and n not in held]
        added = {name: place for place, name in enumerate(missing, start=len(aging))}
        after = replace(self.now, aging=(*aging, *missing), full_day=kept.full_day)
        if same_leads and not doubtful and not again:
            return replace(after, columns=kept.columns) if same_day else after
        self._renew_days(held, added)
        self._assemble(taken, again, {**held, **added}, same_leads=same_leads)
        return after

    def _renew_days(self, held: Places, added: Places) -> None:
        """The days of the doubtful again, and everybody's of measures that had none."""
        gather(self.cursor)
        self.cursor.execute(f"DELETE FROM {DAYS} WHERE lead IN (FROM some_leads)")
        self._add_days(held, everything=False)
        self._add_days(added, everything=True)

    def _add_days(self, places: Places, *, everything: bool) -> None:
        if places:
            self._scope(places, everything=everything)
            self.cursor.execute(f"INSERT INTO {DAYS} {_days_query(self._numbered(places))}")

    def _find_doubtful(self, kept: Kept, taken: Columns) -> int:
        """Make `some_leads` of the leads for whom more than the weights of days changed. Returns how many."""
        days = [
            (self.codes[measure.metric.digest], day)
            for measure in taken.values()
            if measure.across is not Across.STATE
            for day in _passing(kept.day, self.now.day, measure)
        ]
        metrics, passing = zip(*days, strict=True) if days else ((), ())
        self.cursor.register("given_days", pa.table([list(metrics), list(passing)], schema=PASSING))
        self.cursor.execute("CREATE OR REPLACE TEMP TABLE days_passing AS SELECT DISTINCT * FROM given_days")
        self.cursor.unregister("given_days")
        since, until = (_midnight(day + timedelta(days=1)) for day in (kept.day, self.now.day))
        wanted = {"settled": kept.settled, "edge_id": kept.edge_id, "since": since, "until": until}
        self.cursor.execute(sql("kept_doubtful"), wanted)
        return fetch_int(self.cursor, "SELECT count(*) FROM some_leads")

    def _assemble(self, taken: Columns, again: Columns, places: Places, *, same_leads: bool) -> None:
        """Make the table: `taken` from the last one, save for the doubtful; `again` from days, or from the cells."""
        if same_leads:
            self.cursor.execute(sql("kept_leads"))
        if taken:
            self._make("doubtful_raws", taken, everything=False)
        days = {name: place for name, place in places.items() if name in again}
        if days:
            self._scope(days, everything=True)
            query = f"SELECT lead, {_placed(days)} FROM ({_raws_of_days_query(self._numbered(days))})"
            self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE aged_raws AS {query}")
        rest = {name: measure for name, measure in again.items() if name not in days}
        self._scope({}, everything=True, measures=tuple(rest.values()))
        if same_leads:
            self.cursor.execute("CREATE OR REPLACE TEMP VIEW scoped_leads AS FROM kept_leads")
        self._join(taken, days, rest)

    def _join(self, taken: Columns, days: Places, rest: Columns) -> None:
        source = (
            f"(SELECT lead, {_named(rest)} FROM ({compiled_raws(tuple(rest.values()))}))" if rest else "scoped_leads"
        )
        chosen = ["lead", *(f"measured.{name}" for name in rest)]
        chosen += [f"coalesce(aged.{name}, 0) AS {name}" for name in days]
        chosen += [
            f"CASE WHEN doubtful.lead IS NULL THEN coalesce(kept.{name}, 0) ELSE doubtful.{name} END AS {name}"
            for name in taken
        ]
        joins = "LEFT JOIN aged_raws AS aged USING (lead) " if days else ""
        if taken:
            joins += f"LEFT JOIN doubtful_raws AS doubtful USING (lead) LEFT JOIN {TABLE} AS kept USING (lead)"
        query = f"SELECT {', '.join(chosen)} FROM {source} AS measured {joins}"
        self.cursor.execute(f"CREATE OR REPLACE TABLE {TABLE} AS {query}")
        self.cursor.execute("DROP TABLE IF EXISTS aged_raws")

    def _make(self, table: str, columns: Columns, *, everything: bool) -> None:
        measures = tuple(columns.values())
        self._scope({}, everything=everything, measures=measures)
        query = f"SELECT lead, {_named(columns)} FROM ({compiled_raws(measures)})"
        self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _scope(self, places: Places, *, everything: bool, measures: tuple[Measure, ...] = ()) -> None:
        """Fill the relations that the next query reads; with `places`, measures are numbered by these."""
        chosen = measures or tuple(self.columns[name] for name in places)
        scope_to(self.cursor, chosen, self.now.day, self.codes, everything=everything)
        if places:
            self.cursor.execute(
                "CREATE OR REPLACE TEMP TABLE plan AS SELECT plan.* REPLACE "
                f"({list(places.values())}[measure + 1]::SMALLINT AS measure) FROM plan"
            )
            self.cursor.execute(f"CREATE OR REPLACE TEMP VIEW lead_days AS FROM {DAYS}")

    def _numbered(self, places: Places) -> tuple[tuple[int, Measure], ...]:
        return tuple((place, self.columns[name]) for name, place in places.items())


@lru_cache(maxsize=32)
def _days_query(measures: tuple[tuple[int, Measure], ...]) -> str:
    return str(ibis.to_sql(lead_days(measures), dialect="duckdb", pretty=False))


@lru_cache(maxsize=32)
def _raws_of_days_query(measures: tuple[tuple[int, Measure], ...]) -> str:
    return str(ibis.to_sql(raws_of_days(measures), dialect="duckdb", pretty=False))


def _passing(before: date, now: date, measure: Measure) -> list[date]:
    """The days that enter a window; and those that leave it, unless they only lose their weight."""
    steps = range((now - before).days)
    entering = [now - timedelta(days=step) for step in steps]
    if _has_days(measure) and measure.across is not Across.DISTINCT:
        return entering
    length = measure.window_days
    return entering + [day - timedelta(days=length) for day in entering if day.toordinal() > length]


def _named(columns: Columns) -> str:
    return ", ".join(f"{raw_column(index)} AS {name}" for index, name in enumerate(columns))


def _placed(places: Places) -> str:
    return ", ".join(f"{raw_column(place)} AS {name}" for name, place in places.items())


def _rows(cursor: Cursor) -> tuple[int, ...]:
    return tuple(fetch_int(cursor, f"SELECT count(*) FROM {table}") for table in ("events", "traits", "edges"))


def _note(cursor: Cursor, kept: Kept) -> None:
    given = {field.name: getattr(kept, field.name) for field in fields(kept)}
    lists = {name: list(value) for name, value in given.items() if isinstance(value, tuple | frozenset)}
    cursor.execute(sql("kept_state"), given | lists)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the store's times have no zone
