"""The smallest next steps that a person can take: one event, or traits filled in, for each factor and conversion.

A step is something that could really come in: an event that meets all filters of the metric, and those of the
conversions of the same event, with a key that was never seen; a number that reaches what the factor is full at, or the
daily cap where that is less; every trait that is missing. What a step is worth is not said here but measured, by
scoring the history with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leadline.engagement.metrics import ACTIVITY_KINDS, ENGAGED_PROPERTY, SCALE, Condition, Metric, MetricKind
from leadline.kernel.clock import from_micros, utc_day
from leadline.scoring.measuring import latest_traits
from leadline.scoring.ruleset import Across, Factor, Ruleset
from leadline.scoring.stage_terms import ConversionRule
from leadline.tracking.events import Event, TraitChange

NEW_KEY = "what-if"
LAST_HASH = 2**63 - 1
"""After every event of the same microsecond."""
MOST_NAMED = 3
DERIVED_TRAITS = frozenset({"email_class"})
"""What nobody tells of themselves."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        name: of the factor or the conversion that it is for.
        action: what somebody would do, in words: "a strategy call".
        event: what would come in; None for traits.
        traits: what would be filled in.
    """

    name: str
    action: str
    event: Event | None = None
    traits: tuple[TraitChange, ...] = ()


def next_steps(ruleset: Ruleset, traits: Sequence[TraitChange], identity: int, at_micros: int) -> list[Step]:
    """One step for each factor that a person can move, then for each conversion trigger that none of these is.

    Args:
        traits: what is known, of all the lead's identities.
        identity: whose the steps would be.
        at_micros: when they would happen.
    """
    made = [_for_factor(ruleset, factor, traits, identity, at_micros) for factor in ruleset.factors]
    steps = [step for step in made if step is not None]
    return [*steps, *_for_conversions(ruleset, steps, identity, at_micros)]


def _for_factor(
    ruleset: Ruleset, factor: Factor, traits: Sequence[TraitChange], identity: int, at_micros: int
) -> Step | None:
    action = factor.action or factor.label
    if factor.measure.across is Across.STATE:
        filled = tuple(_filled(factor, traits, identity, at_micros))
        return Step(factor.name, _filling(factor, action, filled), traits=filled) if filled else None
    properties = _properties(ruleset, factor)
    if properties is None:
        return None
    return Step(factor.name, action, _event(factor.measure.metric, properties, identity, at_micros))


def _event(metric: Metric, properties: dict[str, object], identity: int, at_micros: int) -> Event:
    if metric.kind in ACTIVITY_KINDS:
        return Event(LAST_HASH, "page", "Page", identity, at_micros, properties)
    return Event(LAST_HASH, "track", metric.events[0], identity, at_micros, properties)


def _properties(ruleset: Ruleset, factor: Factor) -> dict[str, object] | None:
    """The properties of the step's event; None when no event can meet the filters."""
    metric = factor.measure.metric
    own = _wanted(factor)
    found = _meeting(own, metric.where)
    if found is None or metric.kind in ACTIVITY_KINDS:
        return found
    rules = [rule for rule in ruleset.conversions if rule.event == metric.events[0]]
    for rule in rules:
        more = _meeting(found | _key(rule, found), (*rule.where, *rule.trigger_where))
        if more is not None and all(condition.holds(more) for condition in metric.where):
            found = more
    return found


def _wanted(factor: Factor) -> dict[str, object]:
    """What the metric reads, so high that one event fills the factor, or the day's cap."""
    metric, cap = factor.measure.metric, factor.measure.daily_cap
    full = factor.full_at if cap is None or factor.measure.across is not Across.SUM else min(factor.full_at, cap)
    if metric.kind in (MetricKind.ENGAGED_SECONDS, MetricKind.ACTIVE_SECONDS):
        return {ENGAGED_PROPERTY: full}  # thousandths of a second are milliseconds
    if metric.kind is MetricKind.DISTINCT:
        return {metric.property: f"{NEW_KEY}-{factor.name}"}
    return {metric.property: _number(full)} if metric.property else {}


def _number(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, SCALE)
    return thousandths / SCALE if rest else whole


def _key(rule: ConversionRule, found: dict[str, object]) -> dict[str, object]:
    return {rule.key: f"{NEW_KEY}-{rule.name}"} if rule.key and rule.key not in found else {}


def _meeting(given: dict[str, object], conditions: Iterable[Condition]) -> dict[str, object] | None:
    """The properties with whatever else it takes to meet all conditions; None when that can't be."""
    wanted, found = list(conditions), dict(given)
    for name in dict.fromkeys(condition.property for condition in wanted):
        of_it = [condition for condition in wanted if condition.property == name]
        if all(condition.holds(found) for condition in of_it):
            continue
        fitting = (value for value in _candidates(of_it) if all(c.holds({name: value}) for c in of_it))
        found[name] = next(fitting, None)
    if not all(condition.holds(found) for condition in wanted):
        return None
    return {name: value for name, value in found.items() if value is not None}


def _candidates(conditions: Iterable[Condition]) -> Iterator[object]:
    """Values worth trying: the ones that are named, and numbers at and beside the bounds."""
    for condition in conditions:
        yield from condition.values
        for bound in (condition.at_least, condition.at_most, condition.above, condition.below):
            if bound is not None:
                near = (bound, bound + 1, bound - 1, bound + 0.001, bound - 0.001)
                yield from (int(each) if each == int(each) else each for each in near)
    yield from (NEW_KEY, 1, True, None)


def _filled(factor: Factor, traits: Sequence[TraitChange], identity: int, at_micros: int) -> Iterator[TraitChange]:
    """The traits that are missing, or that say something else than counts."""
    metric = factor.measure.metric
    known = latest_traits(traits, utc_day(from_micros(at_micros)))
    for key in metric.traits:
        change = known.get(key)
        present = change is not None and change.present
        value = _trait_value(factor, change.value if change else None)
        if key not in DERIVED_TRAITS and (not present or value is not None):
            yield TraitChange(identity, key, value, True, at_micros, LAST_HASH)


def _filling(factor: Factor, action: str, filled: Sequence[TraitChange]) -> str:
    """One trait is what the ruleset calls it; several are named, and many are counted."""
    if len(filled) == 1:
        return action
    names = [change.key.replace("_", " ") for change in filled]
    if len(names) > MOST_NAMED:
        return f"filling in the {len(names)} missing fields of {factor.label[:1].lower()}{factor.label[1:]}"
    return f"filling in {', '.join(names[:-1])} and {names[-1]}"


def _trait_value(factor: Factor, current: str | None) -> str | None:
    """The text that a trait would need to have; None when being there is enough, or when it has it."""
    metric = factor.measure.metric
    if metric.kind is MetricKind.TRAIT:
        return None if current in metric.values else metric.values[0]
    if metric.kind is MetricKind.TRAIT_VALUE:
        return str(_number(factor.full_at))
    return None


def _for_conversions(ruleset: Ruleset, steps: Sequence[Step], identity: int, at_micros: int) -> Iterator[Step]:
    """Conversions that trigger stages and whose event is no step yet."""
    covered = {step.event.name for step in steps if step.event is not None}
    for rule in ruleset.conversions:
        if rule.triggers and rule.event not in covered:
            properties = _meeting(_key(rule, {}), (*rule.where, *rule.trigger_where))
            if properties is not None:
                event = Event(LAST_HASH, "track", rule.event, identity, at_micros, properties)
                yield Step(rule.name, _plain(rule.name), event)


def _plain(name: str) -> str:
    return name.replace("_", " ")
