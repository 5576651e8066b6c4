"""Cells become raws: the first half of scoring over the event store, for one lead or a million in one pass.

The expressions read relations by name. Whoever runs them decides what these hold: everything, or what belongs to some
leads (`eventstore/scoring.py`). Days and weights come from the `plan` relation, so that the text is the same each day.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from leadline.engagement.expressions import HASH_SPAN, WIDE, arg_max, epoch_us
from leadline.engagement.metrics import SCALE, MetricKind
from leadline.scoring.arithmetic import WEIGHT_ONE
from leadline.scoring.ruleset import Across, Measure

UNCAPPED = 2**62
"""The cap of a measure without one."""
ABSENT, PRESENT = 0, 1
"""A trait's state; greater numbers are the values that the ruleset names."""

CELLS = ibis.table(
    {"metric": "int16", "identity": "int64", "day": "date", "key": "int64", "value": "int64", "seq": WIDE},
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


@ibis.udf.agg.builtin(name="arg_max")
def arg_max_day(value: int, day: dt.date) -> int:  # type: ignore[empty-body,valid-type]  # DuckDB has the body
    """The value of the row with the latest day; rows without a day do not count."""


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
    """Sum, max and last. A lead with one identity needs no combining: its cells are its days."""
    by_identity = _combined(_planned(CELLS, measures), "identity", measures)
    alone = IDENTITIES.filter(IDENTITIES.alone).select("identity", "lead")
    single = by_identity.inner_join(alone, "identity").drop("identity")
    several = _combined(_lead_days(measures), "lead", measures)
    return single.select(several.columns).union(several)


def _lead_days(measures: Numbered) -> ir.Table:
    """The days of leads with several identities: their cells of one day as one, before the cap."""
    shared = IDENTITIES.filter(~IDENTITIES.alone).select("identity", "lead")
    rows = _planned(CELLS, measures).inner_join(shared, "identity")
    grouped = rows.group_by("lead", "measure", "day").agg(
        added=rows.value.sum(),
        greatest=rows.value.max(),
        latest=arg_max(rows.value, rows.seq),
        seq=rows.seq.max(),
        weight=rows.weight.max(),
        cap=rows.cap.max(),
    )
    return grouped.mutate(value=_value_of_kind(grouped, measures))


def _value_of_kind(days: ir.Table, measures: Numbered) -> ir.IntegerValue:
    last = [index for index, measure in measures if measure.metric.kind is MetricKind.LAST]
    most = [index for index, measure in measures if measure.metric.kind in (MetricKind.MAX, MetricKind.ACTIVE_DAYS)]
    return ibis.cases(
        (days.measure.isin([*last, -1]), days.latest), (days.measure.isin([*most, -1]), days.greatest), else_=days.added
    )


def _combined(rows: ir.Table, by: str, measures: Numbered) -> ir.Table:
    return rows.group_by(by).agg(**{raw_column(i): _ACROSS[m.across](rows, i, m).cast(WIDE) for i, m in measures})


def _sum(rows: ir.Table, index: int, measure: Measure) -> ir.Value:
    return ibis.cases((rows.measure == index, ibis.least(rows.value, rows.cap) * rows.weight)).sum()


def _max(rows: ir.Table, index: int, measure: Measure) -> ir.Value:
    return ibis.cases((rows.measure == index, rows.value * rows.weight)).max()


def _last(rows: ir.Table, index: int, measure: Measure) -> ir.Value:
    if measure.metric.kind is MetricKind.LAST:
        return arg_max(rows.value * rows.weight, ibis.cases((rows.measure == index, rows.seq)))
    return arg_max_day(rows.value * rows.weight, ibis.cases((rows.measure == index, rows.day)))


def _of_keys(measures: Numbered) -> ir.Table:
    """Distinct: keys that nothing cancelled, each once; of those first seen on one day the cap admits the latest."""
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
    admitted = admitted.filter((admitted.place + 1) * SCALE <= admitted.cap)
    sums = {
        raw_column(index): ibis.cases((admitted.measure == index, admitted.weight * SCALE)).sum().cast(WIDE)
        for index, _ in measures
    }
    return admitted.group_by("lead").agg(**sums)


def _of_traits(measures: Numbered) -> ir.Table:
    """State: the latest change of each trait decides."""
    values = sorted({value for _, measure in measures for value in measure.metric.values})
    tokens = {value: number for number, value in enumerate(values, start=PRESENT + 1)}
    latest = _latest_traits(sorted({trait for _, measure in measures for trait in measure.metric.traits}), tokens)
    counts = {raw_column(index): _state(latest, measure, tokens) for index, measure in measures}
    return latest.group_by("lead").agg(**counts)


def _latest_traits(keys: Sequence[str], tokens: dict[str, int]) -> ir.Table:
    changes = TRAITS.filter(TRAITS.key.isin(keys)).inner_join(IDENTITIES.select("identity", "lead"), "identity")
    named = [(changes.value == value, token) for value, token in tokens.items()]
    token = ibis.cases((~changes.present, ABSENT), *named, else_=PRESENT)
    order = epoch_us(changes.occurred_at).cast(WIDE) * ibis.literal(HASH_SPAN, WIDE) + changes.message_hash.cast(WIDE)
    changes = changes.mutate(token=token.cast("int64"), order=order)
    return changes.group_by("lead", "key").agg(token=arg_max(changes.token, changes.order))


def _state(latest: ir.Table, measure: Measure, tokens: dict[str, int]) -> ir.Value:
    metric = measure.metric
    wanted = latest.token >= PRESENT
    if metric.kind is MetricKind.TRAIT:
        wanted = latest.token.isin([tokens[value] for value in metric.values])
    return (latest.key.isin(metric.traits) & wanted).sum().cast(WIDE) * ibis.literal(SCALE * WEIGHT_ONE, WIDE)


_ACROSS: dict[Across, Callable[[ir.Table, int, Measure], ir.Value]] = {
    Across.SUM: _sum,
    Across.MAX: _max,
    Across.LAST: _last,
}
_BUILDERS: tuple[tuple[Callable[[Numbered], ir.Table], Iterable[Across]], ...] = (
    (_of_days, (Across.SUM, Across.MAX, Across.LAST)),
    (_of_keys, (Across.DISTINCT,)),
    (_of_traits, (Across.STATE,)),
)
