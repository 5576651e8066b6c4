"""Pipedrive's values and cursors, read as they were written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.connectors.pipedrive.cursor import Cursor, Feed
from leadline.crm.connectors.pipedrive.values import (
    Kind,
    NoOptionError,
    definition,
    field_of,
    from_pipedrive,
    primary,
    to_pipedrive,
    with_primary,
)
from leadline.crm.records import FieldType, RemoteField

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis takes naive bounds


def kind(type_: str, name: str = "leadline_x", options: tuple[tuple[int, str], ...] = ()) -> Kind:
    return Kind(name, "a" * 40, name.replace("_", " ").capitalize(), type_, options)


@given(st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**9), 10**9, places=2)))
def test_numbers_go_as_numbers_and_come_back_as_they_were(value: int | Decimal) -> None:
    told = to_pipedrive(value, kind("double"), "EUR")
    assert isinstance(told, int | float)
    assert from_pipedrive(told, kind("double")) == value


@given(MOMENTS)
def test_a_date_is_of_utc_and_a_moment_in_a_text_says_so(moment: datetime) -> None:
    assert to_pipedrive(moment, kind("date"), "") == moment.date().isoformat()
    assert from_pipedrive(to_pipedrive(moment.date(), kind("date"), ""), kind("date")) == moment.date()
    assert to_pipedrive(moment, kind("varchar"), "") == moment.replace(microsecond=0).isoformat()[:19] + "Z"


@given(st.sampled_from(["qualified", "profile_development", "A", "b2", "Web", "two words"]))
def test_a_choice_that_we_make_takes_and_gives_back_our_word(value: str) -> None:
    made = definition(RemoteField("leadline_x", "Leadline x", FieldType.CHOICE, choices=((value, "Some words"),)))
    own = kind("enum", options=((77, made["options"][0]["label"]),))
    assert to_pipedrive(value, own, "") == 77
    told = from_pipedrive(77, own)
    assert told == value or (value == "Web" and told == "web"), (
        "A word with a capital letter alone is read in small ones."
    )


def test_a_choice_of_theirs_is_told_by_its_label() -> None:
    theirs = kind("enum", "industry", ((5, "Health care"), (6, "Retail")))
    assert to_pipedrive("health care", theirs, "") == 5
    assert from_pipedrive(6, theirs) == "Retail"
    with pytest.raises(NoOptionError, match="Mining"):
        to_pipedrive("Mining", theirs, "")


def test_yes_and_no_are_a_choice_of_ours() -> None:
    made = definition(RemoteField("leadline_x", "Leadline x", FieldType.BOOLEAN))
    assert made["options"] == [{"label": "Yes"}, {"label": "No"}]
    own = kind("enum", options=((1, "Yes"), (2, "No")))
    assert [from_pipedrive(to_pipedrive(value, own, ""), own) for value in (True, False)] == [True, False]
    described = field_of(own)
    assert described is not None
    assert described.type is FieldType.BOOLEAN


def test_money_has_its_currency_beside_it_and_what_is_odd_stays_a_text() -> None:
    assert to_pipedrive(Decimal("12.50"), kind("monetary"), "USD") == {"value": 12.5, "currency": "USD"}
    assert from_pipedrive({"value": 12.5, "currency": "USD"}, kind("monetary")) == Decimal("12.5")
    assert from_pipedrive("soon", kind("date")) == "soon"
    assert from_pipedrive("2026-03-02", kind("date")) == date(2026, 3, 2)
    assert from_pipedrive(None, kind("enum")) is None


ENTRIES = st.lists(st.sampled_from(["a@x.test", "b@x.test", "c@x.test"]), unique=True, max_size=3)


@given(ENTRIES, st.sampled_from(["", "a@x.test", "n@x.test"]))
def test_another_first_address_leaves_what_people_added_beside_it(values: list[str], new: str) -> None:
    before = [{"value": each, "primary": at == 0, "label": "work"} for at, each in enumerate(values)]
    after = with_primary(before, new)
    assert [each["value"] for each in after] == [*([new] if new else []), *(each for each in values[1:] if each != new)]
    assert primary(after) == (new or (values[1] if len(values) > 1 else ""))


@given(MOMENTS, st.none() | MOMENTS, st.sampled_from(Feed), st.sampled_from(["", "next-500", 'a"b']))
def test_a_cursor_is_read_as_it_was_written(since: datetime, began: datetime | None, feed: Feed, page: str) -> None:
    whole = [each and each.replace(microsecond=0) for each in (since, began)]
    cursor = Cursor(whole[0], whole[1], feed, page)  # type: ignore[arg-type]  # None comes from None only
    assert Cursor.read(cursor.text) == cursor
