"""The part of a document that says when a lead moves: conversions, stages, recycling."""

from collections.abc import Mapping, Sequence

from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.faults import fault, known
from leadline.scoring.metric_rules import read_conditions
from leadline.scoring.quantities import thousandths
from leadline.scoring.reading import Reading
from leadline.scoring.stage_entries import LADDER, ConversionEntry, RecyclingEntry, StageEntry, ThresholdEntry
from leadline.scoring.stage_terms import ConversionRule, Recycling, StageRule, Threshold


def read_conversions(document: DocumentEntry, reading: Reading) -> tuple[ConversionRule, ...]:
    """The conversion rules, in the document's order."""
    read = []
    for name, entry in document.conversions.items():
        with reading.entry():
            read.append(_conversion(name, entry))
    return tuple(read)


def _conversion(name: str, entry: ConversionEntry) -> ConversionRule:
    at = f"conversions.{name}"
    if entry.unless and not entry.key:
        raise fault(f"{at}.unless", "only a conversion with a key can be cancelled.")
    return ConversionRule(
        name=name,
        event=entry.event,
        where=read_conditions(entry.where, f"{at}.where"),
        key=entry.key,
        amount=entry.amount,
        currency=entry.currency,
        unless=tuple(entry.unless),
        triggers=tuple(entry.triggers),
        trigger_where=read_conditions(entry.trigger_where, f"{at}.trigger_where"),
        facts=tuple(entry.facts),
        sentence=entry.sentence,
    )


def read_stages(document: DocumentEntry, reading: Reading, factors: Sequence[str]) -> tuple[StageRule, ...]:
    """The stage rules, lowest stage first.

    Args:
        factors: the names that thresholds may mention.
    """
    read = []
    for name in LADDER:
        entry: StageEntry | None = getattr(document.stages, name)
        if entry is not None:
            with reading.entry():
                read.append(_stage(name, entry, factors))
    return tuple(read)


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
        enter_total_hours=entry.enter_total.for_hours if entry.enter_total else 0,
        stay_total=stay_total,
        trigger_days=entry.trigger_days,
        dwell_days=entry.dwell_days,
        needs=tuple(entry.needs),
    )


def _points(value: float | None, at: str) -> int | None:
    return None if value is None else thousandths(value, at)


def _threshold(entry: ThresholdEntry | None, factors: Sequence[str], at: str) -> Threshold | None:
    if entry is None:
        return None
    for name in entry.of:
        known(f"{at}.of.{name}", "factor", name, factors)
    if entry.at_least > len(entry.of):
        raise fault(f"{at}.at_least", f"{entry.at_least} of {len(entry.of)} factors can not be asked for.")
    return Threshold(entry.at_least, tuple((name, thousandths(v, f"{at}.of.{name}")) for name, v in entry.of.items()))


def _check_hysteresis(enter: Threshold | None, stay: Threshold | None, at: str) -> None:
    if stay and not enter:
        raise fault(f"{at}.stay", "a stage that is not entered by factors is not left by them.")
    entering: Mapping[str, int] = dict(enter.factors) if enter else {}
    for name, value in stay.factors if stay else ():
        if value > entering.get(name, value):
            raise fault(f"{at}.stay.of.{name}", "the value to stay is above the one to enter.")


def read_recycling(document: DocumentEntry) -> Recycling:
    """What silence does; the default recycles nobody."""
    entry = document.recycling or RecyclingEntry()
    return Recycling(entry.after_silent_days, tuple(entry.stages))
