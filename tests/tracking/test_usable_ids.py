"""Ids that name nobody."""

import pytest

from leadline.tracking.ids import usable_id

SEGMENT = ["0", "-", "000-000", "-1", "null", "anonymous", "00000000-0000-0000-0000-000000000000"]
POSTHOG = (
    "anonymous guest distinctid distinct_id id not_authenticated email undefined true false [object|Object] NaN None "
    "none null 0"
).split()


@pytest.mark.parametrize("value", [*SEGMENT, *(word.replace("|", " ") for word in POSTHOG), "", "  ", "\t"])
def test_placeholders_name_nobody(value: str) -> None:
    for text in (value, value.upper(), f" {value} ", f'"{value}"', f"'{value}'", f'" {value} "'):
        assert usable_id(text) is None


@pytest.mark.parametrize("value", [None, True, False, 1.5, [], {}, ["u1"], 0, -1])
def test_only_text_and_whole_numbers_are_ids(value: object) -> None:
    assert usable_id(value) is None


@pytest.mark.parametrize(("value", "expected"), [("u1", "u1"), (" u1 ", "u1"), (7, "7"), ("jane@acme.example",) * 2])
def test_other_ids_are_kept(value: object, expected: str) -> None:
    assert usable_id(value) == expected


def test_somebody_may_be_called_nan() -> None:
    assert usable_id("Nan") == "Nan"
    assert usable_id("nan") is usable_id("NAN") is usable_id("NaN") is None


def test_long_ids_are_not_cut_into_the_same_person() -> None:
    assert usable_id("x" * 2_000 + "1") != usable_id("x" * 2_000 + "2")
