"""The JSON Schema of ruleset documents, for editors: made of the structs that read them, so that it can not drift.

`document_schema` does it for any document that is read through structs of `entries.py`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.entries import Entry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ATTRIBUTE = re.compile(r"^ {4,}(\w+): (.*(?:\n {9,}.*)*)", re.MULTILINE)
Schema = dict[str, Any]


def ruleset_schema() -> Schema:
    """The schema (draft 2020-12). What needs a look at other entries, such as a metric's name, is not in it."""
    return document_schema(DocumentEntry, "Leadline ruleset")


def document_schema(kind: type[Entry], title: str) -> Schema:
    """The schema of documents that a struct reads."""
    (root,), components = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    texts = {each.__name__: described(each) for each in _kinds(Entry)}
    definitions = {name: _described(component, texts.get(name, {})) for name, component in components.items()}
    document = definitions.pop(root["$ref"].rpartition("/")[2])
    return {"$schema": DIALECT, **document, "title": title, "$defs": definitions}


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


def _described(component: Schema, texts: Mapping[str, str]) -> Schema:
    """A definition with its first words as its description, and those of each field with the field."""
    told = {key: value for key, value in component.items() if key != "title"}
    if "description" in told:
        told["description"] = " ".join(told["description"].partition("Attributes:")[0].split())
    if "properties" in told:
        told["properties"] = {
            field: {**schema, "description": texts.get(field, "")} for field, schema in told["properties"].items()
        }
    return told
