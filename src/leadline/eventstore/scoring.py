"""Running the scoring expressions over the store: for some leads, or for all that have anything to score."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import ibis
import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import fetch_int
from leadline.eventstore.schema import sql
from leadline.scoring.arithmetic import decay_weight, window_days
from leadline.scoring.expressions import UNCAPPED, raw_column, raws
from leadline.scoring.ruleset import Across, Measure, Ruleset
from leadline.scoring.score_expressions import scores

Scope = Literal["all"] | Sequence[int]

"""Up to so many identities are written into the text of a query: half the time of a join over 12 million cells."""

PLAN = pa.schema(
    [
        ("measure", pa.int16()),
        ("metric", pa.int16()),
        ("day", pa.date32()),
        ("weight", pa.int64()),
        ("cap", pa.int64()),
    ]
)


def score_leads(
    cursor: DuckDBPyConnection, ruleset: Ruleset, as_of: date, scope: Scope, *, detail: bool = False
) -> pa.Table:
    """Score leads as of the end of a UTC day.

    Args:
        scope: lead numbers, each of which gets a row (of zeros without data); or "all" leads with a cell or a trait.
        detail: also give `raws` and `nanos`.

    Returns:
        The columns of `score_expressions.scores`, one row for each lead.
    """
    score_into_table(cursor, ruleset, as_of, scope, detail=detail)
    return cursor.execute("FROM scored").to_arrow_table()


def score_into_table(
    cursor: DuckDBPyConnection, ruleset: Ruleset, as_of: date, scope: Scope, *, detail: bool = False
) -> int:
    """The same into the cursor's temporary table `scored`, for `scores.record`. Returns how many leads it has."""
    prepare(cursor, ruleset, as_of, scope)
    for table, text in zip(("raws", "scored"), compiled(ruleset, detail=detail), strict=True):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {text}")
    return fetch_int(cursor, "SELECT count(*) FROM scored")


def with_amounts(ruleset: Ruleset, source: str = "scored") -> str:
    """A query: the columns of `source` and `amounts`, what each factor measured as doubles in whole units, for words
    rather than for points. Right after `score_into_table` on the same cursor."""
    amounts = ", ".join(f"{raw_column(index)}::DOUBLE" for index in range(len(ruleset.factors)))
    return f"SELECT {source}.*, [{amounts}] AS amounts FROM {source} JOIN raws USING (lead)"


def prepare(cursor: DuckDBPyConnection, ruleset: Ruleset, as_of: date, scope: Scope) -> None:
    """Fill the relations that the compiled expression reads: the plan of days and weights, and what is in scope."""
    codes = ensure_metrics(cursor, ruleset.metrics_read)
    cursor.register("incoming_plan", plan(Rules.of(ruleset), as_of, tuple(sorted(codes.items()))))
    cursor.execute("CREATE OR REPLACE TEMP TABLE plan AS FROM incoming_plan")
    cursor.unregister("incoming_plan")
    everything = scope == "all"
    if not everything:
        _gather(cursor, [int(lead) for lead in scope])
    cursor.execute(sql("scope_all" if everything else "scope_some"))
    traits, until = ("store.traits" if everything else "some_traits"), as_of + timedelta(days=1)
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW scoped_traits AS FROM {traits} WHERE occurred_at < '{until}'")


def compiled(ruleset: Ruleset, *, detail: bool = False) -> tuple[str, str]:
    """The SQL of a ruleset, made once for each content: the same text for every day and every scope.

    Returns:
        From cells and traits to raws, and from raws to scores. In two steps, because DuckDB takes twice the time for
        both in one, and hangs when such a statement gives its rows to a client instead of a table (1.5.5).
    """
    return _compiled(Rules.of(ruleset), detail)


@dataclass(frozen=True, slots=True)
class Rules:
    """A ruleset that is equal to another when both score alike, whatever their numbers."""

    content: Hashable
    ruleset: Ruleset = field(compare=False)

    @classmethod
    def of(cls, ruleset: Ruleset) -> "Rules":
        """The rules of a ruleset."""
        weights = tuple(sorted(ruleset.dimension_weights.items()))
        gates = ruleset.penalties, ruleset.disqualifications
        return cls((ruleset.factors, *gates, ruleset.grades, ruleset.lowest_grade, weights), ruleset)


@lru_cache(maxsize=32)
def _compiled(rules: Rules, detail: bool) -> tuple[str, str]:
    expressions = raws(rules.ruleset.measures), scores(rules.ruleset, detail=detail)
    first, second = (str(ibis.to_sql(each, dialect="duckdb", pretty=False)) for each in expressions)
    return first, second


@lru_cache(maxsize=8)
def plan(rules: Rules, as_of: date, codes: tuple[tuple[str, int], ...]) -> pa.Table:
    """Every daily measure with every day of its window: weight in billionths, cap in thousandths.

    Args:
        codes: digest and code of every metric in the catalogue.
    """
    code = dict(codes)
    rows = [
        (index, code[measure.metric.digest], day, decay_weight(age, measure.half_life_days), _cap(measure))
        for index, measure in enumerate(rules.ruleset.measures)
        if measure.across is not Across.STATE
        for age, day in enumerate(window_days(as_of, measure.window_days))
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in PLAN]
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, PLAN, strict=True)], schema=PLAN)


def _cap(measure: Measure) -> int:
    if measure.daily_cap is None or measure.across not in (Across.SUM, Across.DISTINCT):
        return UNCAPPED
    return measure.daily_cap


def _gather(cursor: DuckDBPyConnection, leads: Sequence[int]) -> None:
    """Copy what belongs to these leads once, because the expression reads it several times."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE some_leads AS SELECT DISTINCT unnest(?::BIGINT[]) AS lead", [leads])
    cursor.execute(sql("some_identities"))
    for kind in ("cells", "traits"):  # an identity has one row there, so the join repeats nothing
        join = f"SELECT {kind}.* FROM {kind} JOIN some_identities USING (identity)"
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE some_{kind} AS {join}")
