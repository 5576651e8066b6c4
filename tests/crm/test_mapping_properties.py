"""What holds for every mapping and every record."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mapping_cast import DOCUMENT, NOON

from leadline.crm.hashing import hash_of, plain
from leadline.crm.local_fields import FIELDS
from leadline.crm.mapping import faults, read_mapping
from leadline.crm.records import FieldType, LocalRecord

MAPPING = read_mapping(DOCUMENT)
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**310),
    st.just(10**5000),
    st.floats(),
    st.decimals(),
    st.sampled_from([Decimal("sNaN"), Decimal("1E+999999"), Decimal("-1E-999999")]),
    st.text(st.characters(), max_size=200),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), date.min, date.max]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.binary(max_size=4),
)
NAMES = st.sampled_from([*FIELDS, "conversions.quote_requested"])
RECORDS = st.builds(
    LocalRecord,
    lead=st.integers(1, 9),
    external_id=st.text(st.characters(), max_size=8),
    fields=st.dictionaries(NAMES, ANYTHING, max_size=30),
    wanted=st.booleans(),
    changed_at=st.just(NOON),
    user_id=st.text(st.characters(), max_size=8),
    email=st.text(st.characters(), max_size=8),
)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
SCALARS = st.one_of(st.booleans(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), WORDS)
TEMPLATES = st.lists(
    st.one_of(NAMES.map("{{{}}}".format), NAMES.map("[ {{{}}}]".format), st.sampled_from([", ", " - ", "{{x}}"])),
    min_size=1,
    max_size=5,
).map("".join)
SOURCES = st.one_of(
    NAMES.map(lambda name: {"from": name}),
    TEMPLATES.map(lambda text: {"template": text}),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda names: {"join": names}),
    SCALARS.map(lambda value: {"constant": value}),
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "values": st.dictionaries(WORDS, SCALARS | st.none(), min_size=1, max_size=3),
        "number": st.fixed_dictionaries(
            {}, optional={"scale": st.floats(allow_nan=False), "round": st.integers(0, 12)}
        ),
        "date": st.sampled_from(["%Y-%m-%d", "%d.%m.%Y %H:%M", "%s", "%c"]),
        "type": st.sampled_from([each.value for each in FieldType]),
        "truncate": st.integers(1, 40),
        "default": SCALARS,
        "owner": st.sampled_from(["ours", "theirs", "newest"]),
        "label": WORDS,
    },
)
ENTRIES = st.builds(lambda source, parts: {**source, **parts}, SOURCES, PARTS)
STATUSES = st.dictionaries(
    WORDS, st.sampled_from(["none", "accepted", "contacted", "requalified"]) | WORDS.map(lambda r: {"rejected": r}),
    max_size=3,
)  # fmt: skip
DOCUMENTS = st.fixed_dictionaries(
    {"fields": st.dictionaries(WORDS, ENTRIES, min_size=1, max_size=6)}, optional={"status": STATUSES}
)


KEYS = st.sampled_from(["fields", "who", "status", "back", "events", "from", "template", "x", "stages"])
PLAIN = st.recursive(
    SCALARS | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


def is_sound(value: object) -> bool:
    """Whether every CRM can be told it."""
    if isinstance(value, str):
        return bool(value.encode()) and "\x00" not in value
    if isinstance(value, Decimal | float):
        return Decimal(value).is_finite() and not isinstance(value, float)
    if isinstance(value, datetime):
        return value.tzinfo is not None
    return value is None or isinstance(value, bool | int | date)


@settings(max_examples=200)
@given(RECORDS)
def test_no_record_is_too_odd_to_be_written(record: LocalRecord) -> None:
    values = MAPPING.outgoing(record)
    assert all(is_sound(value) for value in values.values())
    assert len(str(values["name"])) <= 24
    assert len(hash_of(json.loads(json.dumps(plain(values))))) == 32


@settings(max_examples=100)
@given(DOCUMENTS, RECORDS)
def test_a_document_without_faults_writes_every_record(document: dict[str, Any], record: LocalRecord) -> None:
    text = yaml.safe_dump(document, allow_unicode=True)
    assume(not faults(text))
    mapping = read_mapping(text)
    values = mapping.outgoing(record)
    assert set(values) <= set(mapping.fields)
    assert all(is_sound(value) for value in values.values())
    assert hash_of(plain(values)) == hash_of(values)


@settings(max_examples=100)
@given(PLAIN)
def test_whatever_a_document_holds_it_is_read_or_has_faults(document: object) -> None:
    text = yaml.safe_dump(document)
    assert faults(text) or read_mapping(text).fields
