"""The JSON Schema of ruleset documents, for editors: made of the structs that read them, so that it can not drift."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.entries import Entry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ATTRIBUTE = re.compile(r"^ {4,}(\w+): (.*(?:\n {9,}.*)*)", re.MULTILINE)
Schema = dict[str, Any]


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    """Struct name -> field as written in a document -> what it means."""
    return {kind.__name__: described(kind) for kind in _kinds(Entry)}


def ruleset_schema() -> Schema:
    """The schema (draft 2020-12). What needs a look at other entries, such as a metric's name, is not in it."""
    (root,), components = msgspec.json.schema_components((DocumentEntry,), ref_template="#/$defs/{name}")
    definitions = {name: _described(name, component) for name, component in components.items()}
    document = definitions.pop(root["$ref"].rpartition("/")[2])
    return {"$schema": DIALECT, **document, "title": "Leadline ruleset", "$defs": definitions}


def described(kind: type[Entry]) -> dict[str, str]:
    """What the fields of a struct mean, by the name that documents use: its `Attributes:`, and those it inherits."""
    told: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found = ATTRIBUTE.findall((each.__doc__ or "").partition("Attributes:")[2])
        told |= {name: " ".join(text.split()) for name, text in found}
    fields = msgspec.structs.fields(kind)
    return {each.encode_name: told[each.name] for each in fields if each.name in told}


def _kinds(kind: type[Entry]) -> Iterator[type[Entry]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _described(name: str, component: Schema) -> Schema:
    """A definition with its first words as its description, and those of each field with the field."""
    told = {key: value for key, value in component.items() if key != "title"}
    if "description" in told:
        told["description"] = " ".join(told["description"].partition("Attributes:")[0].split())
    texts = _texts().get(name, {})
    if "properties" in told:
        told["properties"] = {
            field: {**schema, "description": texts.get(field, "")} for field, schema in told["properties"].items()
        }
    return told
