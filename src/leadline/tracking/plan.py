"""The tracking plan: which events are expected, with which properties, and in which ways an event can break it."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import msgspec

from leadline.tracking import scrub

Type = Literal["string", "number", "integer", "boolean", "list", "object", "any"]
Action = Literal["warn", "block"]
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", dict: "object"}
NAME_LENGTH = 120
CACHED = 4096

UNPLANNED = "Unplanned-Event"
MISSING = "Required-Missing"
WRONG_TYPE = "Datatype-Mismatch"
EXTRA = "Additional-Properties"
WRONG_VALUE = "Value-Not-Planned"
KINDS = (UNPLANNED, MISSING, WRONG_TYPE, EXTRA, WRONG_VALUE)
"""RudderStack's names of violations; the last is ours."""

ALLOW, WARN, BLOCK = "allow", "warn", "block"


class PropertyRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one property must be. `personal` ones never reach the event store."""

    type: Type = "any"
    required: bool = False
    values: tuple[str, ...] = ()
    personal: bool = False
    description: str = ""


class EventRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one event must carry."""

    properties: dict[str, PropertyRule] = msgspec.field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What a source's owner decided: what happens to events that break the plan ("allow", "warn" or "block"), and
    whether its events are only shown and never stored."""

    mode: str = BLOCK
    test: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an event breaks the plan. `kind` is one of `KINDS`; `property` is empty for a whole event."""

    kind: str
    property: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One property's rule, made quick. `types` is None when any will do."""

    name: str
    types: frozenset[type] | None
    whole: bool
    required: bool
    values: frozenset[str]

    def passes(self, value: object) -> bool:
        """Whether a value keeps to the rule."""
        if value is None:
            return not self.required
        if self.types is not None and type(value) not in self.types and not (self.whole and _is_whole(value)):
            return False
        return not self.values or _text(value) in self.values


@dataclass(frozen=True)
class TrackingPlan:
    """Events by name. One without events plans nothing, and nothing can break it.

    Attributes:
        version: as its owner counts; shown, never compared.
        unplanned: what a source in block mode does with an event that is not listed: "warn" stores it all the same.
        extra_properties: the same for properties that are not listed.
    """

    name: str
    events: Mapping[str, EventRule] = field(default_factory=dict)
    version: str = "1"
    unplanned: Action = "warn"
    extra_properties: Action = "warn"
    description: str = ""
    includes: tuple[str, ...] = ()

    def violations(self, event: str, properties: Mapping[str, object]) -> tuple[Violation, ...]:
        """Everything that is wrong with a track event; empty when all is well."""
        checks = self._checks.get(event)
        if checks is None:
            return _unplanned(event) if self.events else ()
        names, each = checks
        for check in each:  # most events keep to the plan: they are told so without a list being made
            if not check.passes(properties.get(check.name)):
                return self._judged(event, properties)
        return () if properties.keys() <= names else tuple(_extras(names, properties))

    def blocking(self, violations: Iterable[Violation]) -> list[Violation]:
        """Those that send an event of a source in block mode to quarantine."""
        return [each for each in violations if self._action(each.kind) == BLOCK]

    def listed(self, event: str) -> frozenset[str]:
        """Properties of an event that the plan lists as not personal."""
        rule = self.events.get(event)
        return frozenset(n for n, p in rule.properties.items() if not p.personal) if rule else frozenset()

    def personal(self, event: str) -> frozenset[str]:
        """Properties of an event that the plan marks as personal."""
        rule = self.events.get(event)
        return frozenset(n for n, p in rule.properties.items() if p.personal) if rule else frozenset()

    def _action(self, kind: str) -> str:
        return {UNPLANNED: self.unplanned, EXTRA: self.extra_properties}.get(kind, BLOCK)

    def _judged(self, event: str, properties: Mapping[str, object]) -> tuple[Violation, ...]:
        rules = self.events[event].properties
        found = [_judge(name, rule, properties.get(name)) for name, rule in rules.items()]
        return (*(violation for violation in found if violation is not None), *_extras(rules, properties))

    @cached_property
    def _checks(self) -> Mapping[str, tuple[frozenset[str], tuple[Check, ...]]]:
        return {
            event: (frozenset(rule.properties), tuple(_check(name, each) for name, each in rule.properties.items()))
            for event, rule in self.events.items()
        }


def _check(name: str, rule: PropertyRule) -> Check:
    accepted = [kind for kind, text in TYPES.items() if text == rule.type or (rule.type, text) == ("number", "integer")]
    types = None if rule.type == "any" else frozenset(accepted)
    return Check(name, types, rule.type == "integer", rule.required, frozenset(rule.values))


def _judge(name: str, rule: PropertyRule, value: object) -> Violation | None:
    if value is None:
        return Violation(MISSING, name, f"{name} is missing") if rule.required else None
    if not _is(value, rule.type):
        return Violation(WRONG_TYPE, name, f"{name} is {_type_of(value)}, planned is {rule.type}")
    if rule.values and _text(value) not in rule.values:
        return Violation(WRONG_VALUE, name, f"{name} is none of {', '.join(rule.values)}")
    return None


def _is(value: object, wanted: Type) -> bool:
    kind = TYPES.get(type(value))
    if kind == wanted or wanted == "any":
        return True
    if wanted == "number":
        return kind == "integer"
    return wanted == "integer" and _is_whole(value)


def _is_whole(value: object) -> bool:
    """JSON has one kind of number: 3.0 is whole."""
    return isinstance(value, float) and value.is_integer()


def _text(value: object) -> str:
    """A value as `values` writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(maxsize=CACHED)
def _unplanned(event: str) -> tuple[Violation, ...]:
    """Cached, since a platform sends the same events all day."""
    return (Violation(UNPLANNED, "", f"{event} is not in the plan"),)


def _extras(planned: Container[str], properties: Mapping[str, object]) -> list[Violation]:
    extra = [name for name, value in properties.items() if value is not None and name not in planned]
    return [_short_extra(name) if len(name) <= NAME_LENGTH else _extra(name) for name in extra]


def _extra(name: str) -> Violation:
    shown = _shown(name)
    return Violation(EXTRA, shown, f"{shown} is not in the plan")


_short_extra = lru_cache(maxsize=CACHED)(_extra)


def _shown(name: str) -> str:
    """A property's name as it may be stored and shown: clients can send anything for one."""
    return "(personal)" if scrub.looks_personal(name) else scrub.without_nul(name)[:NAME_LENGTH]


def _type_of(value: object) -> str:
    return TYPES.get(type(value), type(value).__name__)
