"""Each metric out of the store is the one that a plain computation gives, in any zone, over any periods at once."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from measured_cast import CHANNELS, CONVERSIONS, Brute, History, Row, history

from leadline.analytics.metrics import measures
from leadline.analytics.periods import Grain, Period
from leadline.analytics.segments import parse_segment
from leadline.eventstore.measured import Asked, measured
from leadline.eventstore.segments import segment_sql

NAMES = [measure.name for measure in measures(CONVERSIONS)]
PLACES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Asia/Manila", date(2026, 5, 20)),
    ("UTC", date(2026, 1, 1)),
]
OF_VISITS = ("visitors", "sessions", "engaged", "engagement", "bounce", "active")
OF_PEOPLE = [name for name in NAMES if not name.startswith(OF_VISITS)]


def periods(zone: str, around: date, seed: int) -> list[Period]:
    """Overlapping ones, in no order: a month with its days and weeks, the month before, and one that is ahead."""
    month = Period(around - timedelta(days=15), around + timedelta(days=14), zone)
    ahead = Period(around + timedelta(days=400), around + timedelta(days=401), zone)
    found = [month, month.before, ahead, *month.buckets(Grain.DAY)[10:20], *month.buckets(Grain.WEEK)]
    random.Random(seed).shuffle(found)  # noqa: S311  # an order, no secret
    return found


def near(found: Any, wanted: Any) -> bool:
    return bool(found == pytest.approx(wanted, rel=1e-9, abs=1e-9)) if wanted is not None else found is None


@pytest.mark.parametrize(("zone", "around"), PLACES)
@pytest.mark.parametrize("seed", range(2))
def test_every_metric_is_what_its_definition_says(zone: str, around: date, seed: int) -> None:
    made, asked = history(seed, zone, around), periods(zone, around, seed)
    with made.connect() as cursor:
        found = measured(cursor, NAMES, Asked(asked, made.now))
    wrong = [
        (name, period, one.value, wanted)
        for name in NAMES
        for period, one in zip(asked, found[name][""], strict=True)
        if not near(one.value, wanted := Brute(made, period).value(name))
    ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(2))
def test_a_segment_leaves_the_others_out(seed: int) -> None:
    made, asked = history(seed, "Europe/London", date(2026, 3, 29)), periods("Europe/London", date(2026, 3, 29), seed)

    def keep(person: Row) -> bool:
        return person["grade"] == "A" and person["known"]

    who = segment_sql(parse_segment("grade=A,known=yes"), now=made.now)
    with made.connect() as cursor:
        found = measured(cursor, NAMES, Asked(asked, made.now, *who))
    assert all(
        near(one.value, Brute(made, period, keep).value(name))
        for name in NAMES
        for period, one in zip(asked, found[name][""], strict=True)
    )


def test_parts_are_people_of_a_channel() -> None:
    made = history(9, "Asia/Manila", date(2026, 5, 20))
    asked = periods("Asia/Manila", date(2026, 5, 20), 9)
    with made.connect() as cursor:
        found = measured(cursor, OF_PEOPLE, Asked(asked, made.now, by="channel"))
    for name in OF_PEOPLE:
        for channel, told in found[name].items():
            of = [
                Brute(made, period, lambda person, of=channel: person["channel"] == of).value(name) for period in asked
            ]
            assert all(near(one.value, wanted) for one, wanted in zip(told, of, strict=True))
    assert set(found["new-people"]) == set(CHANNELS)


def test_visits_have_channels_of_their_own() -> None:
    made, period = history(5, "UTC", date(2026, 1, 1)), Period(date(2025, 12, 10), date(2026, 1, 20))
    with made.connect() as cursor:
        found = measured(cursor, ["sessions"], Asked([period], made.now, by="channel"))["sessions"]
    visits = Brute(made, period).visits()
    assert {channel: one[0].value for channel, one in found.items()} == {
        channel: sum(visit["channel"] == channel for visit in visits)
        for channel in {visit["channel"] for visit in visits}
    }


@pytest.mark.parametrize("seed", range(3))
def test_what_adds_up_adds_up_over_the_days_of_daylight_saving(seed: int) -> None:
    zone, around = PLACES[seed]
    made, month = (
        history(seed, zone, around, 60),
        Period(around - timedelta(days=20), around + timedelta(days=20), zone),
    )
    adding = [measure.name for measure in measures(CONVERSIONS) if measure.adds]
    with made.connect() as cursor:
        found = measured(cursor, adding, Asked([month, *month.buckets(Grain.DAY)], made.now))
    for name in adding:
        whole, *days = (one.value or 0 for one in found[name][""])
        assert whole == pytest.approx(sum(days))
    assert found["sessions"][""][0].value


def test_what_comes_after_now_does_not_count() -> None:
    made = history(3, "UTC", date(2026, 1, 1), 60)
    earlier = History(made.now - timedelta(days=30), made.tables)
    period = Period(date(2025, 12, 1), date(2026, 1, 31))
    with made.connect() as cursor:
        found = measured(cursor, NAMES, Asked([period], earlier.now))
    assert all(near(found[name][""][0].value, Brute(earlier, period).value(name)) for name in NAMES)
    assert found["sessions"][""][0].value != Brute(made, period).value("sessions")


def test_without_anybody_counts_are_nothing_and_shares_are_none() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 2))
    empty = history(1, "UTC", date(2026, 1, 1), 0)
    with empty.connect() as cursor:
        found = measured(cursor, NAMES, Asked([period], empty.now))
    assert (found["new-leads"][""][0].value, found["revenue"][""][0].value) == (0, 0)
    assert found["qualification-rate"][""][0].value is None
    assert {found[name][""][0].cases for name in NAMES} == {0}
