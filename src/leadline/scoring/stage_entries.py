"""The part of a ruleset document that later stages read: conversions, stages, recycling."""

from collections.abc import Callable, Mapping, Sequence

from leadline.engagement.metrics import Condition
from leadline.scoring.entries import (
    ConversionEntry,
    Number,
    RecyclingEntry,
    StageEntry,
    ThresholdEntry,
    fault,
    known,
    read_entries,
    read_entry,
)
from leadline.scoring.quantities import points_within, whole_days
from leadline.scoring.ruleset import ConversionRule, Recycling, StageRule, Threshold

LADDER = ("profile_development", "conversion_signals", "qualified")
"""The stages a ruleset has rules for, lowest first. Everyone is in the stage below; the others have no thresholds."""
RECYCLED_FROM = (*LADDER, "customer")
NEEDS = ("known", "reachable", "permitted")

Conditions = Callable[[Mapping[str, object], str], tuple[Condition, ...]]


def read_conversions(section: Mapping[str, object], conditions: Conditions) -> tuple[ConversionRule, ...]:
    """The conversion rules, in the document's order."""
    entries = read_entries(section, ConversionEntry, "conversions")
    return tuple(_conversion(name, entry, conditions) for name, entry in entries.items())


def _conversion(name: str, entry: ConversionEntry, conditions: Conditions) -> ConversionRule:
    at = f"conversions.{name}"
    if entry.unless and not entry.key:
        raise fault(f"{at}.unless", "only a conversion with a key can be cancelled.")
    return ConversionRule(
        name=name,
        event=entry.event,
        where=conditions(entry.where, f"{at}.where"),
        key=entry.key,
        amount=entry.amount,
        currency=entry.currency,
        unless=tuple(entry.unless),
        triggers=tuple(known(f"{at}.triggers", "stage", stage, LADDER) for stage in entry.triggers),
        trigger_where=conditions(entry.trigger_where, f"{at}.trigger_where"),
        facts=tuple(entry.facts),
        sentence=entry.sentence,
    )


def read_stages(section: Mapping[str, object], factors: Sequence[str]) -> tuple[StageRule, ...]:
    """The stage rules, lowest stage first."""
    for name in section:
        known(f"stages.{name}", "stage", name, LADDER)
    entries = read_entries(section, StageEntry, "stages")
    return tuple(_stage(name, entries[name], factors) for name in LADDER if name in entries)


def _stage(name: str, entry: StageEntry, factors: Sequence[str]) -> StageRule:
    at = f"stages.{name}"
    enter = _threshold(entry.enter, factors, f"{at}.enter")
    stay = _threshold(entry.stay, factors, f"{at}.stay")
    _check_hysteresis(enter, stay, at)
    enter_total = _points(entry.enter_total.points if entry.enter_total else None, f"{at}.enter_total.points")
    stay_total = _points(entry.stay_total, f"{at}.stay_total")
    if enter_total is not None and stay_total is not None and stay_total > enter_total:
        raise fault(f"{at}.stay_total", "a stage is left below the total that enters it.")
    return StageRule(
        name=name,
        enter=enter,
        stay=stay,
        enter_total=enter_total,
        enter_total_hours=_hours(entry, at),
        stay_total=stay_total,
        trigger_days=whole_days(entry.trigger_days, f"{at}.trigger_days"),
        dwell_days=whole_days(entry.dwell_days, f"{at}.dwell_days", least=0),
        needs=tuple(known(f"{at}.needs", "need", need, NEEDS) for need in entry.needs),
    )


def _points(value: Number | None, at: str) -> int | None:
    return None if value is None else points_within(value, at)


def _hours(entry: StageEntry, at: str) -> int:
    hours = entry.enter_total.for_hours if entry.enter_total else 0
    if not 0 <= hours <= 24 * 365:
        raise fault(f"{at}.enter_total.for_hours", f"{hours} is not a number of hours from 0 to {24 * 365}.")
    return hours


def _threshold(entry: ThresholdEntry | None, factors: Sequence[str], at: str) -> Threshold | None:
    if entry is None:
        return None
    for name in entry.of:
        known(f"{at}.of.{name}", "factor", name, factors)
    if not 1 <= entry.at_least <= len(entry.of):
        raise fault(f"{at}.at_least", f"{entry.at_least} of {len(entry.of)} factors can not be asked for.")
    return Threshold(entry.at_least, tuple((name, points_within(v, f"{at}.of.{name}")) for name, v in entry.of.items()))


def _check_hysteresis(enter: Threshold | None, stay: Threshold | None, at: str) -> None:
    if stay and not enter:
        raise fault(f"{at}.stay", "a stage that is not entered by factors is not left by them.")
    entering = dict(enter.factors) if enter else {}
    for name, value in stay.factors if stay else ():
        if value > entering.get(name, value):
            raise fault(f"{at}.stay.of.{name}", "the value to stay is above the one to enter.")


def read_recycling(value: object) -> Recycling:
    """What silence does; the default recycles nobody."""
    entry = read_entry({} if value is None else value, RecyclingEntry, "recycling")
    days = whole_days(entry.after_silent_days, "recycling.after_silent_days")
    stages = tuple(known("recycling.stages", "stage", stage, RECYCLED_FROM) for stage in entry.stages)
    return Recycling(days, stages)
