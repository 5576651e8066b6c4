"""A first tracking plan from what has arrived. Pure: events and their properties go in, a document comes out.

It is a draft for a person to read: it says what was, and not what was meant.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from leadline.tracking import scrub
from leadline.tracking.plan import TYPES
from leadline.tracking.traits import canonical_name

ENOUGH_EVENTS = 20
"""A property that was in all of so many events, or more, is required."""
ENOUGH_VALUES = 50
MOST_VALUES = 10
REPEATED = 5
"""An enumeration has at most `MOST_VALUES` values, each seen `REPEATED` times or more, in `ENOUGH_VALUES` events."""
CODE = re.compile(r"[a-z0-9][a-z0-9_.:/+-]{0,39}|[A-Z][A-Z0-9_]{0,9}")
"""Words that name a kind of thing. "Ann" is none: a capital and small letters may be somebody's name."""
IDENTIFYING = frozenset("id ids key uuid guid sku slug url path page title text number code hash".split())
COUNTED_VALUES = 50


@dataclass
class Seen:
    """What was seen of one property: how often, as which types, and which texts."""

    count: int = 0
    types: set[str] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)

    def add(self, value: object) -> None:
        """See one value that is not null."""
        self.count += 1
        self.types.add(TYPES.get(type(value), "any"))
        if isinstance(value, str) and len(self.texts) <= COUNTED_VALUES:
            self.texts[value] += 1


@dataclass
class EventSeen:
    """What was seen of one event."""

    count: int = 0
    properties: dict[str, Seen] = field(default_factory=dict)

    def add(self, properties: Mapping[str, object]) -> None:
        """See one."""
        self.count += 1
        for name, value in properties.items():
            if value is not None:
                self.properties.setdefault(name, Seen()).add(value)


def infer(events: Iterable[tuple[str, Mapping[str, object]]], name: str, enough: int = ENOUGH_EVENTS) -> dict[str, Any]:
    """The document of a plan that none of these events breaks.

    Args:
        events: names and properties of track events.
        enough: how many events it takes to call a property required.
    """
    seen: dict[str, EventSeen] = {}
    for event, properties in events:
        seen.setdefault(event, EventSeen()).add(properties)
    rules = {event: _event_rule(each, enough) for event, each in sorted(seen.items())}
    return {"name": name, "version": 1, "events": rules}


def as_yaml(document: Mapping[str, Any], comment: str) -> str:
    """A document as YAML, in the order in which it was made, under a comment."""
    text = _dumped(document, readable=True)
    if yaml.safe_load(text) != document:  # odd line breaks in a name survive only when they are escaped
        text = _dumped(document, readable=False)
    return f"# {comment}\n{text}"


def _dumped(document: Mapping[str, Any], *, readable: bool) -> str:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=readable, width=110)


def _event_rule(seen: EventSeen, enough: int) -> dict[str, Any]:
    if not seen.properties:
        return {}
    return {
        "properties": {
            name: _property_rule(name, each, required=each.count == seen.count >= enough)
            for name, each in sorted(seen.properties.items())
        }
    }


def _property_rule(name: str, seen: Seen, *, required: bool) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": _type(seen.types)}
    if required:
        rule["required"] = True
    if rule["type"] == "string" and (values := _enumeration(name, seen)):
        rule["values"] = values
    return rule


def _type(types: set[str]) -> str:
    if types == {"integer", "number"}:
        return "number"
    return next(iter(types)) if len(types) == 1 else "any"


def _enumeration(name: str, seen: Seen) -> list[str]:
    """The values, when they are few, often seen, and plainly kinds of things and nobody's name; else nothing."""
    if seen.count < ENOUGH_VALUES or len(seen.texts) > MOST_VALUES or min(seen.texts.values()) < REPEATED:
        return []
    if _may_identify(name) or not all(map(_is_code, seen.texts)):
        return []
    return sorted(seen.texts)


def _may_identify(name: str) -> bool:
    words = set(canonical_name(name).split("_"))
    return scrub.is_personal_name(name) or bool(words & (IDENTIFYING | scrub.PERSON_WORDS | scrub.PERSONAL_NAMES))


def _is_code(text: str) -> bool:
    return CODE.fullmatch(text) is not None and not scrub.looks_personal(text)
