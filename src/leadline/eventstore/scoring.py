"""Running the scoring expressions over the store: for some leads, or for all that have anything to score."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import fetch_int
from leadline.eventstore.schema import sql
from leadline.scoring.arithmetic import decay_weight
from leadline.scoring.expressions import UNCAPPED, raw_column, raws
from leadline.scoring.ruleset import Across, Measure, Ruleset
from leadline.scoring.score_expressions import scores

Scope = Literal["all"] | Sequence[int]
Codes = Mapping[str, int]
"""The code of every metric with cells, by its digest."""

PLAN = pa.schema(
    [
        ("measure", pa.int16()),
        ("metric", pa.int16()),
        ("day", pa.date32()),
        ("weight", pa.int64()),
        ("cap", pa.int64()),
    ]
)
AGES = PLAN.set(2, pa.field("age", pa.int32()))
EPOCH = date(1970, 1, 1)


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
    measure_into_table(cursor, ruleset.measures, as_of, scope, "TEMP TABLE measured")
    cursor.execute("CREATE OR REPLACE TEMP VIEW raws AS FROM measured")
    return score_measured(cursor, ruleset, detail=detail)


def score_measured(cursor: DuckDBPyConnection, ruleset: Ruleset, *, detail: bool = False) -> int:
    """The relation `raws` into `scored`. Returns how many leads it has."""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE scored AS {compiled(ruleset, detail=detail)[1]}")
    return fetch_int(cursor, "SELECT count(*) FROM scored")


def measure_into_table(
    cursor: DuckDBPyConnection, measures: Sequence[Measure], as_of: date, scope: Scope, table: str
) -> None:
    """Make a table of what these measures say: lead, raw_0, raw_1, ... in their order.

    Args:
        table: what to make: "TEMP TABLE measured".
    """
    prepare(cursor, measures, as_of, scope)
    cursor.execute(f"CREATE OR REPLACE {table} AS {compiled_raws(tuple(measures))}")


def with_amounts(ruleset: Ruleset, source: str = "scored") -> str:
    """A query: the columns of `source` and `amounts`, what each factor measured as doubles in whole units, for words
    rather than for points. Right after `score_into_table` on the same cursor."""
    amounts = ", ".join(f"{raw_column(index)}::DOUBLE" for index in range(len(ruleset.factors)))
    return f"SELECT {source}.*, [{amounts}] AS amounts FROM {source} JOIN raws USING (lead)"


def prepare(cursor: DuckDBPyConnection, measures: Sequence[Measure], as_of: date, scope: Scope) -> None:
    """Fill the relations that the compiled expression reads: the plan of days and weights, and what is in scope."""
    codes, everything = ensure_metrics(cursor, [measure.metric for measure in measures]), scope == "all"
    if not everything:
        leads = [int(lead) for lead in scope]
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE some_leads AS SELECT DISTINCT unnest(?::BIGINT[]) AS lead", [leads]
        )
        gather(cursor)
    scope_to(cursor, measures, as_of, codes, everything=everything)


def scope_to(
    cursor: DuckDBPyConnection, measures: Sequence[Measure], as_of: date, codes: Codes, *, everything: bool
) -> None:
    """The same; without `everything` for what `gather` found."""
    cursor.register("incoming_plan", plan(tuple(measures), as_of, tuple(sorted(codes.items()))))
    cursor.execute("CREATE OR REPLACE TEMP TABLE plan AS FROM incoming_plan")
    cursor.unregister("incoming_plan")
    cursor.execute(sql("scope_all" if everything else "scope_some"))
    traits, until = ("store.traits" if everything else "some_traits"), as_of + timedelta(days=1)
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW scoped_traits AS FROM {traits} WHERE occurred_at < '{until}'")


def gather(cursor: DuckDBPyConnection) -> None:
    """Copy what belongs to the leads in `some_leads` once, because the expression reads it several times."""
    cursor.execute(sql("some_identities"))
    for kind in ("cells", "traits"):  # an identity has one row there, so the join repeats nothing
        join = f"SELECT {kind}.* FROM {kind} JOIN some_identities USING (identity)"
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE some_{kind} AS {join}")


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
        fit = ruleset.fit and (ruleset.fit.factors, ruleset.fit.bands, ruleset.fit.lowest)
        return cls((ruleset.factors, *gates, ruleset.grades, ruleset.lowest_grade, weights, fit), ruleset)


@lru_cache(maxsize=32)
def _compiled(rules: Rules, detail: bool) -> tuple[str, str]:
    second = str(ibis.to_sql(scores(rules.ruleset, detail=detail), dialect="duckdb", pretty=False))
    return compiled_raws(rules.ruleset.measures), second


@lru_cache(maxsize=64)
def compiled_raws(measures: tuple[Measure, ...]) -> str:
    """The first half for any measures."""
    return str(ibis.to_sql(raws(measures), dialect="duckdb", pretty=False))


@lru_cache(maxsize=8)
def plan(measures: tuple[Measure, ...], as_of: date, codes: tuple[tuple[str, int], ...]) -> pa.Table:
    """Every daily measure with every day of its window: weight in billionths, cap in thousandths.

    Args:
        codes: digest and code of every metric in the catalogue.
    """
    ages = _ages(measures, codes)
    today = pa.scalar((as_of - EPOCH).days, pa.int32())
    days = pc.subtract(today, ages["age"]).cast(pa.date32())
    return pa.table([ages["measure"], ages["metric"], days, ages["weight"], ages["cap"]], schema=PLAN)


@lru_cache(maxsize=32)
def _ages(measures: tuple[Measure, ...], codes: tuple[tuple[str, int], ...]) -> pa.Table:
    """The same by age in days: it takes far longer to make, and serves every day."""
    code = dict(codes)
    rows = [
        (index, code[measure.metric.digest], age, decay_weight(age, measure.half_life_days), _cap(measure))
        for index, measure in enumerate(measures)
        if measure.across is not Across.STATE
        for age in range(measure.window_days)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in AGES]
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, AGES, strict=True)], schema=AGES)


def _cap(measure: Measure) -> int:
    if measure.daily_cap is None or measure.across not in (Across.SUM, Across.DISTINCT):
        return UNCAPPED
    return measure.daily_cap
