"""Values of fields compared, whichever side they come from."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.hashing import alike, hash_of, plain
from leadline.crm.records import Value
from leadline.crm.value_texts import sound

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
FIELDS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES.map(sound), max_size=6)
SAME: list[tuple[Value, Value]] = [
    (3, Decimal("3.0")),
    (3, "3"),
    (Decimal("12.50"), Decimal("12.5")),
    (Decimal("1E+3"), 1000),
    (None, ""),
    ("", "  "),
    ("a\r\nb ", "a\nb"),
    (True, "true"),
    (date(2026, 3, 1), "2026-03-01"),
    (datetime(2026, 3, 1, 8, 0, 0, 999, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=1)))),
    (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00Z"),
]
OTHERS: list[tuple[Value, Value]] = [
    (0, None),
    (False, None),
    (1, True),
    ("+49", "49"),
    ("a", "A"),
    (date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_looks_the_same_to_a_person_is_alike_and_has_one_hash(one: Value, other: Value) -> None:
    assert alike(one, other)
    assert hash_of({"a": one}) == hash_of({"a": other})


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_does_not_is_not(one: Value, other: Value) -> None:
    assert not alike(one, other)
    assert hash_of({"a": one}) != hash_of({"a": other})


def test_a_field_that_is_empty_is_told_from_one_that_was_not_asked_for() -> None:
    assert hash_of({"a": None}) != hash_of({})


def test_a_hash_has_32_digits_and_does_not_change_between_versions() -> None:
    assert hash_of({"name": "Amelia", "score": 71}) == "376e82a583412d81676805c50fc3ab6a"


@given(FIELDS)
def test_fields_are_kept_as_json_that_is_alike_and_hashes_the_same(fields: dict[str, Value]) -> None:
    kept = json.loads(json.dumps(plain(fields)))
    assert kept == plain(kept)
    assert hash_of(kept) == hash_of(fields)
    assert all(alike(kept[name], value) for name, value in fields.items())


@given(FIELDS)
def test_the_order_of_fields_does_not_matter(fields: dict[str, Value]) -> None:
    assert hash_of(dict(reversed(fields.items()))) == hash_of(fields)
