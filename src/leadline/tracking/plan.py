"""The tracking plan: which events are expected, with which properties. An event that breaks it is quarantined."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from leadline.kernel.errors import ConfigurationError, DocumentError

Type = Literal["string", "number", "integer", "boolean", "list", "object", "any"]
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", dict: "object"}


class PropertyRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one property must be. `personal` ones never reach the event store."""

    type: Type = "any"
    required: bool = False
    values: tuple[str, ...] = ()
    personal: bool = False


class EventRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one event must carry."""

    properties: dict[str, PropertyRule] = msgspec.field(default_factory=dict)
    description: str = ""


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    events: dict[str, EventRule]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an event breaks the plan. `kind` is RudderStack's term for it."""

    kind: str
    property: str
    text: str


@dataclass(frozen=True)
class TrackingPlan:
    """Events by name. An event that is not planned is let through: its properties count as free text."""

    name: str
    events: Mapping[str, EventRule] = field(default_factory=dict)

    def violations(self, event: str, properties: Mapping[str, object]) -> list[Violation]:
        """Everything that is wrong with a track event; empty when it is not planned or all is well."""
        rule = self.events.get(event)
        if rule is None:
            return []
        found = [_judge(name, wanted, properties.get(name)) for name, wanted in rule.properties.items()]
        return [violation for violation in found if violation is not None] if any(found) else []

    def listed(self, event: str) -> frozenset[str]:
        """Properties of an event that the plan lists as not personal."""
        rule = self.events.get(event)
        return frozenset(n for n, p in rule.properties.items() if not p.personal) if rule else frozenset()

    def personal(self, event: str) -> frozenset[str]:
        """Properties of an event that the plan marks as personal."""
        rule = self.events.get(event)
        return frozenset(n for n, p in rule.properties.items() if p.personal) if rule else frozenset()


def load_plan(text: str) -> TrackingPlan:
    """Read a plan from YAML.

    Raises:
        DocumentError: it is not valid; the message names the path inside it.
    """
    try:
        document = msgspec.convert(yaml.safe_load(text), _Document)
    except (yaml.YAMLError, ValueError, RecursionError, msgspec.ValidationError) as error:
        raise DocumentError(f"The tracking plan is invalid: {error}") from error
    return TrackingPlan(document.name, document.events)


def bundled_plan(name_or_path: str) -> Path:
    """The file of a plan given as a path, or as the name of one that comes with Leadline."""
    package = Path(__file__).parents[1]
    file = f"{name_or_path}.yaml"
    places = (Path(name_or_path), package.parents[1] / "plans" / file, package / "plans" / file)
    for place in places:
        if place.is_file():
            return place
    raise ConfigurationError(f"There is no tracking plan {name_or_path!r}.", advice="Set LEADLINE_PLAN to a YAML file.")


def read_plan(path: Path) -> TrackingPlan:
    """`load_plan` from a file."""
    return load_plan(path.read_text(encoding="utf-8"))


def _judge(name: str, rule: PropertyRule, value: object) -> Violation | None:
    if value is None:
        text = f"{name} is missing"
        return Violation("Required-Missing", name, text) if rule.required else None
    if not _is(value, rule.type):
        return Violation("Datatype-Mismatch", name, f"{name} is {_type_of(value)}, planned is {rule.type}")
    if rule.values and str(value) not in rule.values:
        return Violation("Value-Not-Planned", name, f"{name} is none of {', '.join(rule.values)}")
    return None


def _is(value: object, wanted: Type) -> bool:
    kind = TYPES.get(type(value))
    if kind == wanted or wanted == "any":
        return True
    if wanted == "number":
        return kind == "integer"
    # JSON has one kind of number: 3.0 is whole.
    return wanted == "integer" and isinstance(value, float) and value.is_integer()


def _type_of(value: object) -> str:
    return TYPES.get(type(value), type(value).__name__)
