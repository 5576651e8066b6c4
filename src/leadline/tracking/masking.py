"""A message as people may see it who must not see whose it is: its form stays, what may be personal is masked.

What is shown of the properties is what the event store may keep (see `scrub`); everything else says only its type.
"""

from collections.abc import Mapping
from typing import Any

from leadline.tracking import scrub

NOTHING: frozenset[str] = frozenset()
SHOWN = ("type", "event", "name", "timestamp")
PEOPLE = ("userId", "anonymousId", "previousId", "groupId")


def masked(message: object, listed: frozenset[str] = NOTHING, personal: frozenset[str] = NOTHING) -> dict[str, Any]:
    """A message's event, ids and properties; nothing of its context.

    Args:
        listed: properties that the tracking plan lists as not personal; `personal`: those that it says are.
    """
    if not isinstance(message, Mapping):
        return {}
    shown: dict[str, Any] = {name: _shown(name, message[name], listed=True) for name in SHOWN if name in message}
    shown |= {name: _mask(message[name]) for name in PEOPLE if message.get(name) is not None}
    properties, traits = message.get("properties"), message.get("traits")
    if isinstance(properties, Mapping):
        shown["properties"] = _properties(properties, listed, personal)
    if isinstance(traits, Mapping):
        shown["traits"] = {_name(name): _mask(value) for name, value in traits.items()}
    return shown


def _properties(properties: Mapping[str, Any], listed: frozenset[str], personal: frozenset[str]) -> dict[str, Any]:
    return {
        _name(name): _mask(value) if name in personal else _shown(name, value, listed=name in listed)
        for name, value in properties.items()
    }


def _shown(name: str, value: Any, *, listed: bool) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {_name(key): _shown(key, each, listed=listed) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(name, each, listed=listed) for each in value[: scrub.LONGEST_LIST]]
    key = name if listed or not scrub.is_personal_name(name) else ""
    kept = scrub.scrub({key: value}, frozenset({key}) if listed else NOTHING, NOTHING) if key else {}
    return kept[key] if key in kept else _mask(value)


def _mask(value: Any) -> str:
    """What sort of value it is, and no more."""
    if isinstance(value, str):
        return f"(text of {len(value)})" if value else ""
    kinds = {bool: "true or false", int: "whole number", float: "number", list: "list", dict: "object"}
    return f"({kinds.get(type(value), 'nothing')})"


def _name(name: str) -> str:
    return "(personal)" if scrub.looks_personal(name) else scrub.without_nul(name)[: scrub.NAME_LENGTH]
