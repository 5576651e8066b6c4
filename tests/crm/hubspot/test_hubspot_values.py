"""HubSpot's values and cursors, read as they were written."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.connectors.hubspot.cursor import Cursor, Feed
from leadline.crm.connectors.hubspot.values import from_hubspot, to_hubspot

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis takes naive bounds


@given(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=3)))
def test_numbers_come_back_as_they_were(value: int | Decimal) -> None:
    assert from_hubspot(to_hubspot(value, "number"), "number") == value


@given(MOMENTS)
def test_moments_come_back_to_the_millisecond_and_dates_are_of_utc(moment: datetime) -> None:
    told = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert from_hubspot(to_hubspot(told, "datetime"), "datetime") == told
    assert to_hubspot(moment.astimezone(UTC), "date") == moment.date().isoformat()
    assert from_hubspot(to_hubspot(moment.date(), "date"), "date") == moment.date()
    assert to_hubspot(moment.date(), "datetime").endswith("T00:00:00.000Z")


def test_what_is_not_as_its_type_says_stays_a_text() -> None:
    assert from_hubspot("about 5", "number") == "about 5"
    assert from_hubspot("", "number") is None
    assert from_hubspot("1772442000000", "datetime") == datetime(2026, 3, 2, 9, tzinfo=UTC)


SINCE = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # as above


@given(SINCE, SINCE, st.none() | SINCE, st.sampled_from(Feed), st.sampled_from(["", "501", "99999999999"]))
def test_a_cursor_is_read_as_it_was_written(
    since: datetime, emptied: datetime, began: datetime | None, feed: Feed, last: str
) -> None:
    whole = [each and each.replace(microsecond=0) for each in (since, emptied, began)]
    cursor = Cursor(whole[0], whole[2], feed, last, emptied=whole[1])  # type: ignore[arg-type]  # None comes from None only
    assert Cursor.read(cursor.text) == cursor
