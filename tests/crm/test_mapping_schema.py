"""The published JSON Schema of mappings says what the reader says, as far as a schema can."""

from collections.abc import Iterator
from typing import Any

import pytest
from mapping_cast import DOCUMENT

from leadline.crm.mapping import faults
from leadline.crm.mapping_schema import mapping_schema
from leadline.scoring.yaml_text import mark_yaml

jsonschema = pytest.importorskip("jsonschema")

SCHEMA = mapping_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
INVALID = [
    ("object: crm.lead", "objekt: crm.lead"),
    ("[qualified, customer]", "[custmer]"),
    ("email_from: email", "email_from: emial"),
    ("email_from: email", "email_from: {from: emial}"),
    ("email_from: email", "email_from: [email]"),
    ("truncate: 24", "truncate: 0"),
    ("type: integer", "type: number"),
    ("round: 0", "round: 0.5"),
    ("owner: theirs", "owner: me"),
    ("[city, country]", "[city, contry]"),
    ("Working: accepted", "Working: acepted"),
    ("{rejected: vendor}", "{rejcted: vendor}"),
    ("events: [quote_requested]", "events: some"),
]


def test_the_schema_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_valid_document_is_valid() -> None:
    assert [*VALIDATOR.iter_errors(mark_yaml(DOCUMENT).values)] == []


@pytest.mark.parametrize(("written", "instead"), INVALID)
def test_what_the_schema_refuses_the_reader_refuses(written: str, instead: str) -> None:
    text = DOCUMENT.replace(written, instead)
    assert text != DOCUMENT
    assert [*VALIDATOR.iter_errors(mark_yaml(text).values)]
    assert faults(text)


def test_every_field_of_the_schema_is_described() -> None:
    assert [*_undescribed(SCHEMA)] == []


def _undescribed(schema: dict[str, Any]) -> Iterator[str]:
    for title, kind in [("document", schema), *schema["$defs"].items()]:
        for name, each in kind.get("properties", {}).items():
            if not each.get("description"):
                yield f"{title}.{name}"
