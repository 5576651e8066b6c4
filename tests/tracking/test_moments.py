"""When an event happened, by clocks that are wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_cast import NOON, NOON_MICROS

from leadline.kernel.clock import to_micros
from leadline.tracking.moments import EARLIEST_MICROS, BadTimestampError, occurred_micros, parse_micros

MINUTE = 60_000_000
HOUR = 60 * MINUTE


def minutes_before_arrival(timestamp: object, sent_at: object = None) -> float:
    return (NOON_MICROS - occurred_micros(timestamp, sent_at, NOON_MICROS)) / MINUTE


def test_without_a_timestamp_it_happened_when_it_arrived() -> None:
    assert minutes_before_arrival(None) == 0
    assert minutes_before_arrival(None, "2026-03-01T11:00:00Z") == 0


@pytest.mark.parametrize("ahead", [timedelta(days=-3000), timedelta(hours=-5), timedelta(0), timedelta(days=400)])
def test_the_difference_between_two_readings_of_a_wrong_clock_is_right(ahead: timedelta) -> None:
    happened, sent = (NOON + ahead - timedelta(minutes=m) for m in (10, 1))
    assert minutes_before_arrival(happened.isoformat(), sent.isoformat()) == 9


def test_a_client_that_does_not_say_when_it_sent_is_believed() -> None:
    assert minutes_before_arrival("2026-03-01T11:50:00Z") == 10


@pytest.mark.parametrize("sent_at", [None, "", "soon", 7, [], {}, "1970-01-01", "9" * 500, True])
def test_an_unreadable_sending_time_is_ignored(sent_at: object) -> None:
    assert minutes_before_arrival("2026-03-01T11:50:00Z", sent_at) == 10


def test_the_future_is_clamped_to_the_arrival() -> None:
    assert minutes_before_arrival("2027-01-01T00:00:00Z") == 0
    assert minutes_before_arrival("2027-01-01T00:00:00Z", "2026-12-31T00:00:00Z") == 0


def test_what_the_correction_pushes_before_2000_happened_then() -> None:
    assert occurred_micros("2000-01-02", "2100-01-01", NOON_MICROS) == EARLIEST_MICROS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00", NOON_MICROS),
        ("2026-03-01 12:00:00", NOON_MICROS),
        (" 2026-03-01T12:00:00Z ", NOON_MICROS),
        ("2026-03-01T13:00:00+01:00", NOON_MICROS),
        ("2026-03-01T12:00:00.000001Z", NOON_MICROS + 1),
        ("2026-03-01", NOON_MICROS - 12 * HOUR),
    ],
)
def test_timestamps_without_a_zone_are_utc(text: str, expected: int) -> None:
    assert parse_micros(text) == expected


@pytest.mark.parametrize(
    "value", ["", "noon", "2026-13-01", "1999-12-31T23:59:59Z", 1772366400, None, [], "0001-01-01"]
)
def test_other_timestamps_are_refused(value: object) -> None:
    with pytest.raises(BadTimestampError):
        parse_micros(value)


@settings(deadline=None)  # shared cores
@given(st.datetimes(min_value=datetime(2000, 1, 2), timezones=st.timezones()))  # noqa: DTZ001  # hypothesis adds the zone
def test_reading_is_exact(moment: datetime) -> None:
    assert parse_micros(moment.isoformat()) == to_micros(moment.astimezone(UTC))


@settings(deadline=None)  # shared cores
@given(st.text() | st.datetimes().map(str), st.text() | st.datetimes().map(str), st.integers(EARLIEST_MICROS, 2**52))
def test_nothing_happens_after_it_arrived(timestamp: str, sent_at: str, received: int) -> None:
    try:
        assert EARLIEST_MICROS <= occurred_micros(timestamp, sent_at, received) <= received
    except BadTimestampError:
        with pytest.raises(BadTimestampError):
            parse_micros(timestamp)
