"""The conversions that a backtest looks at: outcomes, deals that were won, and triggers of stages."""

import json
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

from leadline.eventstore.backtest import CONVERSIONS
from leadline.eventstore.backtest_stages import trigger_part
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.scoring.leakage import conversion_named
from leadline.scoring.outcomes import Occurrence, occurrences
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import ConversionRule
from leadline.tracking.events import Event

WON_DEAL = "won_deal"
BATCH = 10_000
Row = tuple[str, str, int, int, int | None, int | None]


def track_events(cursor: Cursor, names: Sequence[str]) -> Iterator[Event]:
    """The track events of these names that are no noise, in no order."""
    cursor.execute(sql("backtest_track_events"), {"names": list(names)})
    while rows := cursor.fetchmany(BATCH):
        for message_hash, name, identity, micros, properties, source in rows:
            yield Event(message_hash, "track", name, identity, micros, json.loads(properties or "{}"), "", source)


def conversion_table(cursor: Cursor, rulesets: Sequence[Ruleset], outcome: ConversionRule) -> pa.Table:
    """Every conversion that makes an outcome or a customer, or triggers a stage."""
    seen: dict[ConversionRule, list[Occurrence]] = {}

    def found(rule: ConversionRule) -> list[Occurrence]:
        if rule not in seen:
            seen[rule] = occurrences(rule, track_events(cursor, (rule.event, *rule.unless)))
        return seen[rule]

    rows = [_row("outcome", "", 0, each) for each in found(outcome)]
    for rule in {won for each in rulesets if (won := conversion_named(each, WON_DEAL)) is not None}:
        rows += [_row("customer", "", 0, each) for each in found(rule)]
    for place, ruleset in enumerate(rulesets):
        rows += _triggers(place, ruleset, found)
    columns = zip(*rows, strict=True) if rows else [[] for _ in CONVERSIONS]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, CONVERSIONS, strict=True)]
    return pa.table(arrays, schema=CONVERSIONS)


def _triggers(place: int, ruleset: Ruleset, found: Callable[[ConversionRule], list[Occurrence]]) -> Iterator[Row]:
    days = {rule.name: rule.trigger_days for rule in ruleset.stages}
    for rule in ruleset.conversions:
        stages = [stage for stage in rule.triggers if stage in days]
        for each in found(rule) if stages else ():
            if all(condition.holds(each.facts) for condition in rule.trigger_where):
                yield from (_row(trigger_part(place), stage, days[stage], each) for stage in stages)


def _row(part: str, stage: str, days: int, each: Occurrence) -> Row:
    return part, stage, days, each.identity, each.occurred_micros, each.cancelled_micros
