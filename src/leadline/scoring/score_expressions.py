"""Raws become scores: the second half of scoring over the event store, integer for integer as in `arithmetic.py`.

Everything fits 64 bits although the formulas have wider products: where one could be wider, it is split.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from math import gcd
from operator import add

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from leadline.scoring.arithmetic import HUNDRED, NANO_PER_MICRO, POSITION_ONE, WEIGHT_ONE, Curve
from leadline.scoring.expressions import raw_column
from leadline.scoring.ruleset import DIMENSIONS, Factor, Gate, Ruleset

WIDE = dt.Decimal(38, 0)
"""The 128-bit whole numbers of raws, as Ibis knows them."""
POSITIONS_PER_RAW = POSITION_ONE // WEIGHT_ONE
NANO_PER_THOUSANDTH = 1_000_000
SPLIT = 1_000_000
"""Nano-points are split at this place when their products with weights would not fit."""
FITTING_WEIGHTS = 2**63 // (HUNDRED + 1)
"""Weights with a sum below this can multiply nano-points within 64 bits."""


@ibis.udf.scalar.builtin(name="divide")
def divide(value: int, by: int) -> int:  # type: ignore[empty-body]  # DuckDB has the body
    """The whole quotient; both are zero or more. (Ibis' own `//` goes through floating point.)"""


def scores(ruleset: Ruleset, *, detail: bool = False) -> ir.Table:
    """One row for each row of the relation `raws`, which holds what `expressions.raws` gave.

    Args:
        detail: also `raws` (decimals, in the order of `ruleset.measures`) and `nanos` (of the factors).

    Returns:
        lead, engagement, readiness, conversion, total (millionths of a point), grade, factors (millionths, in the
        ruleset's order), penalties and disqualifications (booleans, in the ruleset's order), fit and fit_points
        (millionths; both 0 without fit rules).
    """
    columns = {raw_column(index): WIDE for index in range(len(ruleset.measures))}
    table = _with_factors(ibis.table({"lead": "int64", **columns}, name="raws"), ruleset)
    table = _with_gates(table, ruleset)
    table = table.mutate(fit_points=_fit_points(table, ruleset))
    table = table.mutate(**{f"{name}_nano": _dimension(table, name, ruleset) for name in DIMENSIONS})
    parts = [(ruleset.dimension_weights[name], table[f"{name}_nano"]) for name in DIMENSIONS]
    table = table.mutate(total=to_micro(weighted_mean(parts)))
    return table.select("lead", **_results(table, ruleset), **(_details(table, ruleset) if detail else {}))


def _results(table: ir.Table, ruleset: Ruleset) -> dict[str, ir.Value]:
    return {
        **{name: to_micro(table[f"{name}_nano"]) for name in DIMENSIONS},
        "total": table.total,
        "grade": _grade(table.total, ruleset),
        "factors": ibis.array([to_micro(table[f"nano_{index}"]) for index in range(len(ruleset.factors))]),
        "penalties": _array([table[f"penalty_{index}"] for index in range(len(ruleset.penalties))]),
        "disqualifications": _array([table[f"gate_{index}"] for index in range(len(ruleset.disqualifications))]),
        "fit": _fit(table.fit_points, ruleset),
        "fit_points": table.fit_points,
    }


def _details(table: ir.Table, ruleset: Ruleset) -> dict[str, ir.Value]:
    return {
        "raws": ibis.array([table[raw_column(index)] for index in range(len(ruleset.measures))]),
        "nanos": ibis.array([table[f"nano_{index}"] for index in range(len(ruleset.factors))]),
    }


def _array(values: Sequence[ir.BooleanValue]) -> ir.ArrayValue:
    # An empty literal has no type in DuckDB: nothing of a list of booleans has.
    return ibis.array(values) if values else ibis.array([ibis.literal(False)])[:0]


def _with_factors(table: ir.Table, ruleset: Ruleset) -> ir.Table:
    numbered = [*enumerate(ruleset.factors), *_fit_factors(ruleset)]
    table = table.mutate(**{f"within_{i}": _within(table[raw_column(i)], factor) for i, factor in numbered})
    table = table.mutate(**{f"at_{i}": position(table[f"within_{i}"], factor.full_at) for i, factor in numbered})
    return table.mutate(**{f"nano_{i}": factor_nano(table[f"at_{i}"], factor.curve) for i, factor in numbered})


def _fit_factors(ruleset: Ruleset) -> list[tuple[int, Factor]]:
    """With their places among the measures: the last ones."""
    return list(enumerate(ruleset.fit_factors, start=len(ruleset.measures) - len(ruleset.fit_factors)))


def _fit_points(table: ir.Table, ruleset: Ruleset) -> ir.IntegerValue:
    parts = [(factor.weight, table[f"nano_{index}"]) for index, factor in _fit_factors(ruleset)]
    return to_micro(weighted_mean(parts)) if parts else ibis.literal(0, "int64")


def _fit(fit_points: ir.IntegerValue, ruleset: Ruleset) -> ir.IntegerValue:
    """`Ruleset.fit_of`."""
    if ruleset.fit is None:
        return ibis.literal(0, "int16")
    bands = [(fit_points >= points * 1000, fit) for fit, points in ruleset.fit.bands]
    found = ibis.cases(*bands, else_=ruleset.fit.lowest) if bands else ibis.literal(ruleset.fit.lowest)
    return found.cast("int16")


def _within(raw: ir.DecimalValue, factor: Factor) -> ir.IntegerValue:
    return ibis.greatest(ibis.least(raw, factor.full_at * WEIGHT_ONE), 0).cast("int64")


def position(within: ir.IntegerValue, full_at: int) -> ir.IntegerValue:
    """`arithmetic.position` of a raw that is clamped: within * 10^15 // (full_at * 10^9), in two steps."""
    whole, rest = divide(within, full_at), within % full_at
    return whole * POSITIONS_PER_RAW + divide(rest * POSITIONS_PER_RAW, full_at)


def factor_nano(at: ir.IntegerValue, curve: Curve) -> ir.IntegerValue:
    """`arithmetic.factor_nano`."""
    x = at.cast("float64") / float(POSITION_ONE)
    if curve is Curve.SQRT:
        x = x.sqrt()
    elif curve is Curve.LOG:
        x = (x * 9.0 + 1.0).ln() / ibis.literal(10.0).ln()
    return (x * float(HUNDRED) + 0.5).floor().cast("int64")


def _with_gates(table: ir.Table, ruleset: Ruleset) -> ir.Table:
    first = len(ruleset.factors)
    second = first + len(ruleset.penalties)
    penalties = {
        f"penalty_{i}": _is_open(table[raw_column(first + i)], penalty.gate)
        for i, penalty in enumerate(ruleset.penalties)
    }
    gates = {
        f"gate_{i}": _is_open(table[raw_column(second + i)], gate) for i, gate in enumerate(ruleset.disqualifications)
    }
    return table.mutate(**penalties, **gates)


def _is_open(raw: ir.DecimalValue, gate: Gate) -> ir.BooleanValue:
    return raw >= gate.at_least * WEIGHT_ONE


def _dimension(table: ir.Table, name: str, ruleset: Ruleset) -> ir.IntegerValue:
    parts = [(f.weight, table[f"nano_{i}"]) for i, f in enumerate(ruleset.factors) if f.dimension == name]
    lost = [
        ibis.ifelse(table[f"penalty_{index}"], penalty.points * NANO_PER_THOUSANDTH, 0)
        for index, penalty in enumerate(ruleset.penalties)
        if penalty.dimension == name
    ]
    mean = weighted_mean(parts)
    return ibis.greatest(mean - _total(lost), 0) if lost else mean


def weighted_mean(parts: Sequence[tuple[int, ir.IntegerValue]]) -> ir.IntegerValue:
    """`arithmetic.weighted_mean`. Rounding half up does not change when all weights are divided by one number."""
    common = gcd(*(weight for weight, _ in parts))
    reduced = [(weight // common, nano) for weight, nano in parts]
    weights = sum(weight for weight, _ in reduced)
    if weights < FITTING_WEIGHTS:
        return divide(_total(weight * nano for weight, nano in reduced) + weights // 2, weights)
    return _split_mean(reduced, weights)


def _split_mean(parts: Sequence[tuple[int, ir.IntegerValue]], weights: int) -> ir.IntegerValue:
    high = _total(divide(nano, SPLIT) * weight for weight, nano in parts)
    low = _total((nano % SPLIT) * weight for weight, nano in parts) + weights // 2
    return divide(high, weights) * SPLIT + divide((high % weights) * SPLIT + low, weights)


def to_micro(nano: ir.IntegerValue) -> ir.IntegerValue:
    """`arithmetic.to_micro`."""
    return divide(nano + NANO_PER_MICRO // 2, NANO_PER_MICRO)


def _grade(total: ir.IntegerValue, ruleset: Ruleset) -> ir.StringValue:
    bands = [(total >= band.from_points * 1000, band.grade) for band in ruleset.grades]
    return ibis.cases(*bands, else_=ruleset.lowest_grade) if bands else ibis.literal(ruleset.lowest_grade)


def _total(values: Iterable[ir.IntegerValue]) -> ir.IntegerValue:
    return reduce(add, values)
