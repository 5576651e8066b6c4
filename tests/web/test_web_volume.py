"""Bars of what came in: which hours and days, stacked, never lost."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leadline.web.volume import DAYS, HEIGHT, HOURS, LEAST_HEIGHT, SPARK_HEIGHT, HourVolume, Volume, chart, spark

NOW = datetime(2026, 11, 22, 13, 20, tzinfo=UTC)
BRISBANE = ZoneInfo("Australia/Brisbane")
HOUR = timedelta(hours=1)


def hour(back: int, **counts: int) -> HourVolume:
    return HourVolume(NOW.replace(minute=0) - back * HOUR, Volume(**counts))


def test_the_last_bar_is_the_present_hour() -> None:
    shown = chart([hour(0, received=5), hour(47, received=2), hour(48, received=9)], HOURS, NOW, UTC)
    assert len(shown.bars) == 48
    assert [(bar.label, bar.volume.received) for bar in shown.told] == [
        ("Sun 22 Nov, 13:00", 5),
        ("Fri 20 Nov, 14:00", 2),
    ]
    assert (shown.top, shown.total.received) == (5, 7)
    assert shown.ticks == ("Fri 14:00", "Sat 02:00", "Sat 14:00", "Sun 02:00")


def test_days_are_the_viewers() -> None:
    hours = [hour(0, received=1), hour(23, received=10)]
    assert [bar.volume.received for bar in chart(hours, DAYS, NOW, UTC).told] == [1, 10]
    assert [bar.label for bar in chart(hours, DAYS, NOW, UTC).told] == ["Sun 22 Nov", "Sat 21 Nov"]
    evening = chart([hour(1, received=1), hour(0, received=10)], DAYS, NOW + HOUR, BRISBANE)
    assert [(bar.label, bar.volume.received) for bar in evening.told] == [("Sun 22 Nov", 11)]
    assert len(evening.bars) == 30


def test_a_day_of_23_hours_is_one_bar() -> None:
    berlin, now = ZoneInfo("Europe/Berlin"), datetime(2026, 4, 10, 12, tzinfo=UTC)
    hours = [HourVolume(now - back * HOUR, Volume(1)) for back in range(24 * 30)]
    shown = chart(hours, DAYS, now, berlin)
    assert [bar.volume.received for bar in shown.bars if bar.label == "Sun 29 Mar"] == [23]


def test_parts_stand_on_each_other() -> None:
    (bar,) = chart([hour(0, received=10, quarantined=2, noise=3)], HOURS, NOW, UTC).told
    assert [(part.kind, part.y, part.height) for part in bar.parts] == [
        ("accepted", 50.0, 50.0),
        ("noise", 20.0, 30.0),
        ("quarantined", 0.0, 20.0),
    ]
    assert bar.volume.accepted == 5


def test_nothing_came() -> None:
    shown = chart([], DAYS, NOW, UTC)
    assert (shown.top, shown.told, shown.total) == (0, [], Volume())
    assert all(bar.parts == () for bar in shown.bars)


def test_sparklines() -> None:
    assert spark([0, 4, 1, 0]) == ((11, 0.0, 20.0), (21, 15.0, 5.0))
    assert spark([1, 1000])[0] == (1, SPARK_HEIGHT - LEAST_HEIGHT, LEAST_HEIGHT)
    assert spark([]) == spark([0, 0]) == ()


volumes = st.builds(Volume, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 99), st.integers(0, 9999))


@given(st.lists(st.tuples(st.integers(0, 47), volumes)))
def test_every_event_is_in_one_bar_and_no_bar_leaves_the_chart(told: list[tuple[int, Volume]]) -> None:
    hours = [HourVolume(NOW.replace(minute=0) - back * HOUR, volume) for back, volume in told]
    shown = chart(hours, HOURS, NOW, BRISBANE)
    assert sum(bar.volume.received for bar in shown.bars) == sum(volume.received for _, volume in told)
    assert all(part.y >= 0 for bar in shown.bars for part in bar.parts)
    assert all(bar.parts for bar in shown.bars if bar.volume.accepted)
    assert HEIGHT == 100
