"""Plain values of a document as the structs of `entries.py`, with every fault of their shape told at once."""

import re
from collections.abc import Iterator, Mapping
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from leadline.scoring.entries import Entry, Section
from leadline.scoring.faults import PathFaultError, fault, unknown

Faults = list[PathFaultError]


class Broken:
    """Stands for a value that has a fault, so that what holds it can be left out too."""


BROKEN = Broken()
WORDS: Mapping[str, str] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}
"""What msgspec's names of types are called here."""
LIMITS: Mapping[str, str] = {">": "more than {}", ">=": "{} or more", "<": "less than {}", "<=": "{} or less"}
QUOTE = "YAML reads yes, no, on and off as true or false: put the text in quotes."


def read_shape(value: object, hint: Any, at: str, faults: Faults) -> Any:
    """A value as what its type hint asks for; `BROKEN` when it can not be used.

    An entry with a fault is broken, a section only when a required part is. A mapping of entries loses broken ones,
    any other mapping is broken with one of its values.

    Args:
        at: the path of the value.
        faults: what is wrong is added here.
    """
    kind = _mapping_hint(hint) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and kind is not None:
        if get_origin(kind) is not dict:
            return _struct(value, kind, at, faults)
        return _entries(value, hint, get_args(kind)[1], at, faults)
    return _leaf(value, hint, at, faults)


def _mapping_hint(hint: Any) -> Any:
    """The struct or mapping that a hint allows, if any."""
    if get_origin(hint) is Annotated:
        return _mapping_hint(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return next((each for each in get_args(hint) if _mapping_hint(each) is not None), None)
    is_struct = isinstance(hint, type) and issubclass(hint, Entry)
    return hint if is_struct or get_origin(hint) is dict else None


def _struct(value: Mapping[Any, Any], kind: type[Entry], at: str, faults: Faults) -> Any:
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    before = len(faults)
    faults.extend(unknown(_join(at, name), "field", str(name), fields) for name in value if name not in fields)
    given: dict[str, Any] = {}
    for name, each in fields.items():
        if name in value:
            given[each.name] = read_shape(value[name], each.type, _join(at, name), faults)
        elif each.required:
            faults.append(fault(_join(at, name), "this field is missing."))
            given[each.name] = BROKEN
    if issubclass(kind, Section):
        given = {name: each for name, each in given.items() if each is not BROKEN}
        whole = all(each.name in given for each in fields.values() if each.required)
    else:
        whole = len(faults) == before
    return kind(**given) if whole else BROKEN


def _entries(value: Mapping[Any, Any], hint: Any, inner: Any, at: str, faults: Faults) -> Any:
    if get_origin(hint) is Annotated and not value:
        return _leaf(value, hint, at, faults)
    read = {name: read_shape(each, inner, _join(at, name), faults) for name, each in value.items()}
    sound = {name: each for name, each in read.items() if each is not BROKEN}
    is_entry = isinstance(inner, type) and issubclass(inner, Entry)
    return sound if is_entry or len(sound) == len(read) else BROKEN


def _join(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)


def _leaf(value: object, hint: Any, at: str, faults: Faults) -> Any:
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        faults.append(_told(str(error), value, hint, at))
        return BROKEN


def _told(text: str, value: object, hint: Any, at: str) -> PathFaultError:
    message, _, inside = text.partition(" - at `$")
    where = at + inside.rstrip("`")
    if found := re.fullmatch(r"Invalid enum value (.*)", message):
        what, names = next(_choices(hint), ("value", ()))
        return unknown(where, what, found[1].strip("'"), names)
    if found := re.fullmatch(r"Expected `(.*)`, got `(.*)`", message):
        return _wrong_type(where, found[1], found[2])
    if found := re.fullmatch(r"Expected `(?:int|float)` (>=?|<=?) (.*)", message):
        return fault(where, f"{value} must be {LIMITS[found[1]].format(f'{float(found[2]):g}')}.")
    if re.fullmatch(r"Expected `.*` of length >= 1", message):
        return fault(where, "this may not be empty.")
    return fault(where, f"{message[0].lower()}{message[1:]}.")


def _wrong_type(where: str, wanted: str, got: str) -> PathFaultError:
    names = list(dict.fromkeys(WORDS.get(name, name) for name in wanted.split(" | ") if name != "null"))
    told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    advice = QUOTE if got == "bool" and "str" in wanted else ""
    return fault(where, f"expected {told}, got {WORDS.get(got, got)}.", advice)


def _choices(hint: Any) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The names that a hint allows, and what they are called."""
    if isinstance(hint, EnumType):
        yield "value", tuple(hint)
    elif get_origin(hint) is Literal:
        yield "value", get_args(hint)
    elif get_origin(hint) is Annotated:
        base, *metas = get_args(hint)
        titles = [meta.title for meta in metas if isinstance(meta, msgspec.Meta) and meta.title]
        yield from ((titles[0] if titles else what, names) for what, names in _choices(base))
    else:
        yield from (found for each in get_args(hint) if each is not NoneType for found in _choices(each))
