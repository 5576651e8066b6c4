"""docs/reference/crm-mapping.md says all that there is, and what it says is so."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import yaml
from mapping_cast import mapping_of

from leadline.crm.conflicts import WRITTEN, Reason
from leadline.crm.local_fields import FIELDS
from leadline.crm.mapping import faults
from leadline.crm.mapping_entries import BackEntry, FieldEntry, MappingEntry, NumberEntry, RejectedEntry, WhoEntry
from leadline.crm.mapping_terms import Owner
from leadline.crm.records import FieldType, LocalRecord
from leadline.crm.value_texts import text_of

PAGE = (Path(__file__).parents[2] / "docs/reference/crm-mapping.md").read_text(encoding="utf-8")
ENTRIES = (BackEntry, FieldEntry, MappingEntry, NumberEntry, RejectedEntry, WhoEntry)
KEYS = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
EXAMPLES = re.findall(r"^\| `(\{.*\})` \| `(\{.*\})` \| `(.*)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("kind", ENTRIES)
def test_every_key_is_told(kind: type[msgspec.Struct]) -> None:
    assert {each.encode_name for each in msgspec.structs.fields(kind)} <= KEYS


@pytest.mark.parametrize("name", FIELDS)
def test_every_local_field_is_told_with_its_type_and_definition(name: str) -> None:
    field = FIELDS[name]
    assert re.search(
        rf"^\| `{name}` \| {field.type.value} \| .{re.escape(field.definition[1:-1])} \|$", PAGE, re.MULTILINE
    )


@pytest.mark.parametrize("word", [*FieldType, *Owner])
def test_every_type_and_owner_is_told(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_and_whether_it_is_written(reason: Reason) -> None:
    assert f"| `{reason.value}` | {'yes' if reason in WRITTEN else 'no'} | " in PAGE


def test_the_document_of_the_page_has_no_faults() -> None:
    (document,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert faults(document) == []


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize(("entry", "known", "sent"), EXAMPLES)
def test_an_example_comes_out_as_the_page_says(entry: str, known: str, sent: str) -> None:
    fields = yaml.safe_load(known)
    record = LocalRecord(1, "ll-1", fields, True, datetime.max.replace(tzinfo=UTC))
    assert text_of(mapping_of(f"x: {entry}").outgoing(record)["x"]) == sent
