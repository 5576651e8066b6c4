"""Events become daily cells: one Ibis expression for a set of metrics, whichever events it is pointed at.

A cell is (metric, identity, day, key, value, seq), `value` in thousandths. Of a distinct metric, `key` is a hash of the
property; of a `last` metric, `seq` and `key` are the moment and the message hash of the value. Else both are NULL.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_, ge, gt, le, lt, or_
from typing import TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from leadline.engagement.attention import DAY_MS, GAP_CAP_MICROS, INACTIVITY_MICROS
from leadline.engagement.metrics import (
    CELL_LIMIT,
    ENGAGED_PROPERTY,
    SCALE,
    TRAIT_KINDS,
    Condition,
    Metric,
    MetricKind,
    Scalar,
    as_number,
)

SOURCE = "cell_source"
"""The relation of events that the compiled expression reads."""
EVENT_COLUMNS = {
    "identity": "int64",
    "day": "date",
    "kind": "string",
    "name": "string",
    "occurred_at": "timestamp",
    "message_hash": "int64",
    "properties": "string",
    "bot": "boolean",
    "internal": "boolean",
}
ACTIVE_KINDS = ("page", "screen", "track")
NUMBER_TYPES = ("BIGINT", "DOUBLE", "HUGEINT", "UBIGINT", "UHUGEINT")
HASH_SPAN = 2**63
"""Message hashes lie below it, so that `both` can put one beside a moment."""

Branch: TypeAlias = Callable[[ir.Table, Metric], ir.Table]


@ibis.udf.scalar.builtin(name="json_extract_string")
def text_at(document: str, pointer: str) -> str:  # type: ignore[empty-body]  # DuckDB has the body
    """The text of a JSON value."""


@ibis.udf.scalar.builtin(name="json_type")
def type_at(document: str, pointer: str) -> str:  # type: ignore[empty-body]  # DuckDB has the body
    """The type of a JSON value: VARCHAR, BOOLEAN, one of NUMBER_TYPES, OBJECT, ARRAY, NULL."""


@ibis.udf.scalar.builtin(name="epoch_us")
def epoch_us(moment: dt.timestamp) -> int:  # type: ignore[empty-body,valid-type]  # DuckDB has the body
    """Microseconds since 1970."""


@ibis.udf.scalar.builtin(name="md5_number_lower")
def text_hash(text: str) -> dt.uint64:  # type: ignore[empty-body,valid-type]  # DuckDB has the body
    """The lower 64 bits of a text's MD5: the same in every version and engine, unlike DuckDB's own hash."""


@ibis.udf.agg.builtin(name="arg_max")
def arg_max(value: int, order: int) -> int:  # type: ignore[empty-body]  # DuckDB has the body
    """The value of the row with the greatest order; rows without an order do not count."""


def daily_cells(metrics: Mapping[int, Metric]) -> ir.Table:
    """The cells of all these metrics over the relation `cell_source`. Noise, of robots or our own people, adds to none.

    Args:
        metrics: by the code that goes into the cells; trait metrics have no cells and are passed over.
    """
    events = ibis.table(EVENT_COLUMNS, name=SOURCE)
    events = events.filter(~events.bot, ~events.internal)
    branches = [
        BRANCHES[metric.kind](events, metric).select(
            metric=ibis.literal(code, "int16"), identity="identity", day="day", key="key", value="value", seq="seq"
        )
        for code, metric in sorted(metrics.items())
        if metric.kind not in TRAIT_KINDS
    ]
    return reduce(lambda left, right: left.union(right), branches)


def both(moment: ir.IntegerValue, message_hash: ir.IntegerValue) -> ir.IntegerValue:
    """A moment and a message hash as one number that orders by the first, then by the second.

    The literal is beyond 64 bits with a sign, so DuckDB computes in 128 bits.
    """
    return moment * ibis.literal(HASH_SPAN, "uint64") + message_hash


def _count(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _matching(events, metric)
    return _cells(_of_day(rows).agg(value=_limited(rows.count() * SCALE)))


def _active_days(events: ir.Table, metric: Metric) -> ir.Table:  # noqa: ARG001  # one shape for all branches
    return _days(events.filter(events.kind.isin(ACTIVE_KINDS)))


def _distinct_days(events: ir.Table, metric: Metric) -> ir.Table:
    return _days(_matching(events, metric))


def _days(rows: ir.Table) -> ir.Table:
    """1 on each day that has one of these."""
    return _cells(rows.select("identity", "day").distinct().mutate(value=ibis.literal(SCALE, "int64")))


def _sum(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _numeric(_matching(events, metric), metric.property)
    return _cells(_of_day(rows).agg(value=_limited(rows.number.sum())))


def _engaged_seconds(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _with_number(_matching(events, metric), ENGAGED_PROPERTY)
    rows = rows.filter((rows.number >= 0) & (rows.number <= DAY_MS))
    return _cells(_of_day(rows).agg(value=_limited((rows.number + 0.5).floor().cast("int64").sum())))


def _active_seconds(events: ir.Table, metric: Metric) -> ir.Table:  # noqa: ARG001  # one shape for all branches
    """Milliseconds of attention: of each visit within a UTC day what its heartbeats say, else its gaps."""
    active = events.filter(events.kind.isin(ACTIVE_KINDS))
    number = _number_at(active, ENGAGED_PROPERTY)
    beat = ibis.cases(((number >= 0) & (number <= DAY_MS), (number + 0.5).floor().cast("int64")))
    rows = active.select("identity", "day", "message_hash", at=epoch_us(active.occurred_at), beat=beat)
    in_order = ibis.window(group_by=["identity", "day"], order_by=["at", "message_hash"])
    rows = rows.mutate(gap=rows["at"] - rows["at"].lag().over(in_order))
    rows = rows.mutate(begins=rows.gap.isnull() | (rows.gap > INACTIVITY_MICROS))
    so_far = ibis.cumulative_window(group_by=["identity", "day"], order_by=["at", "message_hash"])
    rows = rows.mutate(
        run=rows.begins.cast("int64").sum().over(so_far),
        gap=ibis.cases((rows.begins, 0), else_=ibis.least(rows.gap, GAP_CAP_MICROS)),
    )
    visits = rows.group_by("identity", "day", "run").agg(
        beats=rows.beat.sum(),
        gaps=rows.gap.sum() // 1000,
        span=(rows["at"].max() - (rows["at"] - rows.beat.fill_null(0) * 1000).min()) // 1000,
    )
    attention = ibis.cases((visits.beats.isnull(), visits.gaps), else_=ibis.least(visits.beats, visits["span"]))
    return _cells(visits.group_by("identity", "day").agg(value=_limited(attention.sum())))


def _max(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _numeric(_matching(events, metric), metric.property)
    return _cells(_of_day(rows).agg(value=rows.number.max()))


def _min(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _numeric(_matching(events, metric), metric.property)
    return _cells(_of_day(rows).agg(value=rows.number.min()))


def _last(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _numeric(_matching(events, metric), metric.property)
    rows = rows.mutate(moment=epoch_us(rows.occurred_at))
    rows = rows.mutate(order=both(rows.moment, rows.message_hash))
    latest = {name: arg_max(rows[name], rows.order) for name in ("number", "moment", "message_hash")}
    return _of_day(rows).agg(**latest).rename(value="number", seq="moment", key="message_hash")


def _distinct(events: ir.Table, metric: Metric) -> ir.Table:
    keyed = _keyed(_matching(events, metric), metric.property, SCALE)
    if metric.unless:
        keyed = keyed.union(_keyed(_named(events, metric.unless), metric.property, -SCALE))
    cells = keyed.group_by("identity", "day", "key").agg(value=keyed.value.min())
    return cells.mutate(seq=ibis.null("int64"))


BRANCHES: Mapping[MetricKind, Branch] = {
    MetricKind.COUNT: _count,
    MetricKind.SUM: _sum,
    MetricKind.MAX: _max,
    MetricKind.MIN: _min,
    MetricKind.LAST: _last,
    MetricKind.DISTINCT: _distinct,
    MetricKind.DISTINCT_DAYS: _distinct_days,
    MetricKind.ACTIVE_DAYS: _active_days,
    MetricKind.ENGAGED_SECONDS: _engaged_seconds,
    MetricKind.ACTIVE_SECONDS: _active_seconds,
}


def _named(events: ir.Table, names: tuple[str, ...]) -> ir.Table:
    return events.filter(events.name.isin(names))


def _matching(events: ir.Table, metric: Metric) -> ir.Table:
    rows = _named(events, metric.events)
    return rows.filter([_holds(rows, condition) for condition in metric.where]) if metric.where else rows


def _holds(events: ir.Table, condition: Condition) -> ir.BooleanValue:
    """`Condition.holds`; never NULL."""
    return reduce(and_, _tests(events, condition), ibis.literal(True))


def _tests(events: ir.Table, condition: Condition) -> Iterator[ir.BooleanValue]:
    name = condition.property
    if condition.exists is not None:
        yield _is_there(events, name) == condition.exists
    if condition.values:
        yield _among(events, name, condition.values)
    if condition.excluded:
        yield _is_there(events, name) & ~_among(events, name, condition.excluded)
    for bound, compare in (
        (condition.at_least, ge),
        (condition.at_most, le),
        (condition.above, gt),
        (condition.below, lt),
    ):
        if bound is not None:
            yield compare(_number_at(events, name), float(bound)).fill_null(False)


def _is_there(events: ir.Table, name: str) -> ir.BooleanValue:
    return (type_at(events.properties, _pointer(name)) != "NULL").fill_null(False)


def _among(events: ir.Table, name: str, values: Iterable[Scalar]) -> ir.BooleanValue:
    return reduce(or_, (_equals(events, name, value) for value in values)).fill_null(False)


def _equals(events: ir.Table, name: str, value: Scalar) -> ir.BooleanValue:
    if (number := as_number(value)) is not None:
        return _number_at(events, name) == number
    kind, text = type_at(events.properties, _pointer(name)), text_at(events.properties, _pointer(name))
    if isinstance(value, bool):
        return (kind == "BOOLEAN") & (text == str(value).lower())
    return (kind == "VARCHAR") & (text == str(value))


def _number_at(events: ir.Table, name: str) -> ir.FloatingValue:
    """A property as a double; NULL unless it is a JSON number that a double holds."""
    number = text_at(events.properties, _pointer(name)).try_cast("float64")
    is_number = type_at(events.properties, _pointer(name)).isin(NUMBER_TYPES) & ~number.isinf()
    return ibis.cases((is_number, number))


def _with_number(events: ir.Table, name: str) -> ir.Table:
    rows = events.mutate(number=_number_at(events, name))
    return rows.filter(rows.number.notnull())


def _numeric(events: ir.Table, name: str) -> ir.Table:
    """The events that have the property as a number: in thousandths, rounded half up, clamped."""
    rows = _with_number(events, name)
    return rows.mutate(number=in_thousandths(rows.number))


def in_thousandths(number: ir.FloatingValue) -> ir.IntegerValue:
    """`cells.in_thousandths`."""
    scaled = number * float(SCALE) + 0.5
    limited = ibis.greatest(ibis.least(scaled, float(CELL_LIMIT)), float(-CELL_LIMIT))
    return limited.floor().cast("int64")


def _keyed(events: ir.Table, name: str, value: int) -> ir.Table:
    pointer = _pointer(name)
    is_text = type_at(events.properties, pointer).isin(("VARCHAR", "BOOLEAN"))
    rows = events.filter(is_text | _number_at(events, name).notnull())
    text = text_at(rows.properties, pointer)
    rows = rows.filter(text != "")
    key = (text_hash(text) >> 1).cast("int64")
    return rows.select("identity", "day", key=key, value=ibis.literal(value, "int64"))


def _of_day(rows: ir.Table) -> ir.Table:
    return rows.group_by("identity", "day")


def _cells(rows: ir.Table) -> ir.Table:
    return rows.mutate(key=ibis.null("int64"), seq=ibis.null("int64"))


def _limited(value: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.greatest(ibis.least(value, CELL_LIMIT), -CELL_LIMIT)


def _pointer(name: str) -> str:
    """A property as a JSON pointer (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")
