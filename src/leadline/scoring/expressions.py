"""Cells become raws: the first half of scoring over the event store, for one lead or a million in one pass.

The expressions read relations by name. Whoever runs them decides what these hold: everything, or what belongs to some
leads (`eventstore/scoring.py`). Days and weights come from the `plan` relation, so that the text is the same each day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import add

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from leadline.engagement.cells import NUMBER_TEXT
from leadline.engagement.expressions import arg_max, both, epoch_us, in_thousandths
from leadline.engagement.metrics import DAY_KINDS, SCALE, MetricKind
from leadline.scoring.arithmetic import WEIGHT_ONE
from leadline.scoring.ruleset import Across, Measure

UNCAPPED = 2**62
"""The cap of a measure without one, or whose days combine in a way that has none."""
ABSENT, PRESENT = 0, 1
"""A trait's state; greater numbers are the values that the ruleset names."""

CELLS = ibis.table(
    {"metric": "int16", "identity": "int64", "day": "date", "key": "int64", "value": "int64", "seq": "int64"},
    name="scoped_cells",
)
IDENTITIES = ibis.table({"identity": "int64", "lead": "int64", "alone": "bool"}, name="scoped_identities")
TRAITS = ibis.table(
    {
        "identity": "int64",
        "key": "string",
        "value": "string",
        "present": "bool",
        "occurred_at": "timestamp",
        "message_hash": "int64",
    },
    name="scoped_traits",
)
LEADS = ibis.table({"lead": "int64"}, name="scoped_leads")
PLAN = ibis.table(
    {"measure": "int16", "metric": "int16", "day": "date", "weight": "int64", "cap": "int64"}, name="plan"
)
"""Every measure with every day of its window: what a cell of that day weighs, and the daily cap."""
LEAD_DAYS = ibis.table({"lead": "int64", "measure": "int16", "day": "date", "value": "int64"}, name="lead_days")
"""What `lead_days` gave, kept."""


@ibis.udf.agg.builtin(name="arg_max")
def arg_max_day(value: int, day: dt.date) -> int:  # type: ignore[empty-body,valid-type]  # DuckDB has the body
    """The value of the row with the latest day; rows without a day do not count."""


@ibis.udf.scalar.builtin(name="regexp_full_match")
def full_match(text: str, pattern: str) -> bool:  # type: ignore[empty-body]  # DuckDB has the body
    """Whether the whole text matches."""


ROW_COLUMNS = ("lead", "measure", "day", "value", "weight", "cap", "seq", "key")
Numbered = Sequence[tuple[int, Measure]]


def raw_column(index: int) -> str:
    """The column that holds the raw of the measure at this place."""
    return f"raw_{index}"


def raws(measures: Sequence[Measure]) -> ir.Table:
    """One row for each of `scoped_leads`: lead, raw_0, raw_1, ... in the order of `measures`; 0 without data."""
    numbered = list(enumerate(measures))
    parts = [
        build(chosen)
        for build, kinds in _BUILDERS
        if (chosen := [(index, measure) for index, measure in numbered if measure.across in kinds])
    ]
    joined = reduce(_with_part, parts, LEADS)
    filled = {raw_column(index): joined[raw_column(index)].fill_null(0) for index, _ in numbered}
    return joined.select("lead", **filled)


def _with_part(left: ir.Table, right: ir.Table) -> ir.Table:
    return left.left_join(right, "lead", rname="{name}_again").drop("lead_again")


def _planned(cells: ir.Table, measures: Numbered) -> ir.Table:
    """Each cell with each measure that its day counts for."""
    plan = PLAN.filter(PLAN.measure.isin([index for index, _ in measures]))
    return cells.inner_join(plan, ["metric", "day"])


def _of_days(measures: Numbered) -> ir.Table:
    """Sum, max, min and last. A lead with one identity needs no combining: its cells are its days."""
    by_identity = _combined(_planned(CELLS, measures), "identity", measures)
    alone = IDENTITIES.filter(IDENTITIES.alone).select("identity", "lead")
    single = by_identity.inner_join(alone, "identity").drop("identity")
    several = _combined(_lead_days(measures), "lead", measures)
    return single.select(several.columns).union(several)


def _lead_days(measures: Numbered) -> ir.Table:
    """The cells of leads with several identities; where it matters, those of one day as one, before the cap."""
    shared = IDENTITIES.filter(~IDENTITIES.alone).select("identity", "lead")
    rows = _planned(CELLS, measures).inner_join(shared, "identity")
    by_day = [(index, measure) for index, measure in measures if _depends_on_days(measure)]
    as_they_are = rows.filter(~rows.measure.isin([-1, *(index for index, _ in by_day)]))
    return _days_combined(rows.filter(rows.measure.isin([-1, *(index for index, _ in by_day)])), by_day).union(
        as_they_are.select(*ROW_COLUMNS)
    )


def _depends_on_days(measure: Measure) -> bool:
    """Whether combining a day's cells first can change the result: not for the greatest, smallest or latest of all."""
    if measure.metric.kind in DAY_KINDS:
        return measure.across not in (Across.MAX, Across.MIN)
    same = {(Across.MAX, MetricKind.MAX), (Across.MIN, MetricKind.MIN), (Across.LAST, MetricKind.LAST)}
    return (measure.across, measure.metric.kind) not in same


def _days_combined(rows: ir.Table, measures: Numbered) -> ir.Table:
    combined = {name: value for name, value in _day_values(rows).items() if name in _wanted(measures)}
    days = rows.group_by("lead", "measure", "day").agg(**combined, weight=rows.weight.max(), cap=rows.cap.max())
    unordered = ibis.null("int64")
    return days.mutate(value=_value_of_kind(days, measures), seq=unordered, key=unordered).select(*ROW_COLUMNS)


def _day_values(rows: ir.Table) -> dict[str, ir.IntegerValue]:
    return {
        "latest": arg_max(rows.value, both(rows.seq, rows.key)),
        "greatest": rows.value.max(),
        "smallest": rows.value.min(),
        "added": rows.value.sum(),
    }


DAY_VALUE = {MetricKind.LAST: "latest", MetricKind.MAX: "greatest", MetricKind.MIN: "smallest"} | dict.fromkeys(
    DAY_KINDS, "greatest"
)
"""How the cells of one day combine (`cells.combine`), where they are not added."""


def _wanted(measures: Numbered) -> set[str]:
    """Only what some measure needs is computed: each aggregate of so many groups costs."""
    return {DAY_VALUE.get(measure.metric.kind, "added") for _, measure in measures} | {"added"}


def _value_of_kind(days: ir.Table, measures: Numbered) -> ir.IntegerValue:
    cases = [
        (days.measure.isin([i for i, m in measures if DAY_VALUE.get(m.metric.kind) == name]), days[name])
        for name in sorted(_wanted(measures) - {"added"})
    ]
    return ibis.cases(*cases, else_=days.added) if cases else days.added


def _combined(rows: ir.Table, by: str, measures: Numbered) -> ir.Table:
    rows = rows.mutate(weighted=ibis.least(rows.value, rows.cap) * rows.weight)
    return rows.group_by(by).agg(**{raw_column(i): _across(rows, i, m) for i, m in measures})


def _across(rows: ir.Table, index: int, measure: Measure) -> ir.IntegerValue:
    mine = rows.measure == index
    if measure.across in (Across.SUM, Across.DISTINCT):
        return ibis.cases((mine, rows.weighted)).sum()
    if measure.across is Across.MAX:
        return ibis.cases((mine, rows.weighted)).max()
    if measure.across is Across.MIN:
        return ibis.cases((mine, rows.value)).min() * WEIGHT_ONE
    if measure.metric.kind is MetricKind.LAST:
        return arg_max(rows.weighted, ibis.cases((mine, both(rows.seq, rows.key))))
    return arg_max_day(rows.weighted, ibis.cases((mine, rows.day)))


def _of_keys(measures: Numbered) -> ir.Table:
    """Distinct: keys that nothing cancelled, each once; of those first seen on one day the cap admits the latest."""
    admitted = _admitted(measures)
    sums = {
        raw_column(index): ibis.cases((admitted.measure == index, admitted.weight * SCALE)).sum()
        for index, _ in measures
    }
    return admitted.group_by("lead").agg(**sums)


def _admitted(measures: Numbered) -> ir.Table:
    planned = _planned(CELLS, measures).inner_join(IDENTITIES.select("identity", "lead"), "identity")
    keys = planned.group_by("lead", "measure", "key").agg(
        first_day=planned.day.min(),
        last_day=planned.day.max(),
        weight=planned.weight.max(),  # the weight of the last day: it only falls with age
        lowest=planned.value.min(),
        cap=planned.cap.max(),
    )
    counted = keys.filter(keys.lowest > 0)
    place = ibis.row_number().over(group_by=["lead", "measure", "first_day"], order_by=counted.last_day.desc())
    admitted = counted.mutate(place=place)
    return admitted.filter((admitted.place + 1) * SCALE <= admitted.cap)


def lead_days(measures: Numbered) -> ir.Table:
    """Lead, measure, day, value: what a day says about a lead, capped, from which raws follow by the weights of days.

    Args:
        measures: with their places in the plan; neither `state` nor `last`.
    """
    keyed = [(index, measure) for index, measure in measures if measure.across is Across.DISTINCT]
    daily = [(index, measure) for index, measure in measures if measure.across is not Across.DISTINCT]
    parts = []
    if daily:
        alone = IDENTITIES.filter(IDENTITIES.alone).select("identity", "lead")
        single = _planned(CELLS, daily).inner_join(alone, "identity").select(*ROW_COLUMNS)
        parts += [_capped(single), _capped(_lead_days(daily))]
    if keyed:
        keys = _admitted(keyed)
        parts.append(keys.select("lead", "measure", day="last_day", value=ibis.literal(SCALE, "int64")))
    return reduce(lambda left, right: left.union(right), parts)


def _capped(rows: ir.Table) -> ir.Table:
    return rows.select("lead", "measure", "day", value=ibis.least(rows.value, rows.cap))


def raws_of_days(measures: Numbered) -> ir.Table:
    """The raws of leads with a day in the window, from the relation `lead_days`: lead, and a column for each place."""
    rows = LEAD_DAYS.inner_join(PLAN, ["measure", "day"])
    return _combined(rows, "lead", measures)


def _of_traits(measures: Numbered) -> ir.Table:
    """State: the latest change of each trait decides."""
    values = sorted({value for _, measure in measures for value in measure.metric.values})
    tokens = {value: number for number, value in enumerate(values, start=PRESENT + 1)}
    keys = sorted({trait for _, measure in measures for trait in measure.metric.traits})
    numeric = sorted({measure.metric.traits[0] for _, measure in measures if _is_number(measure)})
    changes = _trait_changes(keys, tokens, with_numbers=bool(numeric))
    changed = {key: ibis.cases((changes.key == key, changes.order)) for key in keys}
    tokens_now = {f"trait_{keys.index(key)}": arg_max(changes.token, changed[key]) for key in keys}
    numbers_now = {f"number_{keys.index(key)}": arg_max(changes.number, changed[key]) for key in numeric}
    traits = changes.group_by("lead").agg(**tokens_now, **numbers_now)
    columns = {key: traits[f"trait_{place}"].fill_null(ABSENT) for place, key in enumerate(keys)}
    numbers = {key: traits[f"number_{keys.index(key)}"].fill_null(0) for key in numeric}
    states = {
        raw_column(i): numbers[measure.metric.traits[0]] * WEIGHT_ONE
        if _is_number(measure)
        else _state(columns, measure, tokens)
        for i, measure in measures
    }
    return traits.select("lead", **states)


def _is_number(measure: Measure) -> bool:
    return measure.metric.kind is MetricKind.TRAIT_VALUE


def _trait_changes(keys: Sequence[str], tokens: Mapping[str, int], *, with_numbers: bool) -> ir.Table:
    changes = TRAITS.filter(TRAITS.key.isin(keys)).inner_join(IDENTITIES.select("identity", "lead"), "identity")
    named = [(changes.value == value, token) for value, token in tokens.items()]
    token = ibis.cases((~changes.present, ABSENT), *named, else_=PRESENT)
    order = both(epoch_us(changes.occurred_at), changes.message_hash)
    numbers = {"number": _number_in(changes)} if with_numbers else {}
    return changes.select("lead", "key", token=token.cast("int64"), order=order, **numbers)


def _number_in(changes: ir.Table) -> ir.IntegerValue:
    """`cells.number_in` of a trait that is there."""
    number = changes.value.try_cast("float64")
    counts = changes.present & full_match(changes.value, NUMBER_TEXT) & ~number.isinf()
    return ibis.cases((counts, in_thousandths(number))).fill_null(0)


def _state(traits: Mapping[str, ir.IntegerValue], measure: Measure, tokens: Mapping[str, int]) -> ir.IntegerValue:
    metric = measure.metric
    held = [traits[key] >= PRESENT for key in metric.traits]
    if metric.kind is MetricKind.TRAIT:
        held = [traits[key].isin([tokens[value] for value in metric.values]) for key in metric.traits]
    return reduce(add, [each.cast("int64") for each in held]) * (SCALE * WEIGHT_ONE)


_BUILDERS: tuple[tuple[Callable[[Numbered], ir.Table], Iterable[Across]], ...] = (
    (_of_days, (Across.SUM, Across.MAX, Across.MIN, Across.LAST)),
    (_of_keys, (Across.DISTINCT,)),
    (_of_traits, (Across.STATE,)),
)
