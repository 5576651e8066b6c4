"""Who goes by their age leaves every metric that adds up as it was, over any days of any zone; nothing counts twice."""

import random
from datetime import date

import pytest
from duckdb import DuckDBPyConnection
from measured_cast import CONVERSIONS, History, history
from test_measured_numbers import PLACES, near, periods

from leadline.analytics.metrics import measures
from leadline.eventstore.aged import fold, settle, tally
from leadline.eventstore.measured import Asked, measured

ADDING = [measure.name for measure in measures(CONVERSIONS) if measure.adds]
OF_LEADS = ("people", "moves", "conversions", "touches")


def let_go(cursor: DuckDBPyConnection, leads: list[int]) -> None:
    """Their rows, as an erasure takes them and the tables in memory follow."""
    for table in OF_LEADS:
        cursor.execute(f"DELETE FROM {table} WHERE lead IN (SELECT unnest(?))", [leads])  # noqa: S608  # our own names
    cursor.execute("DELETE FROM events WHERE identity // 10 IN (SELECT unnest(?))", [leads])
    cursor.execute("DELETE FROM identity_lead WHERE lead IN (SELECT unnest(?))", [leads])


def some(made: History, seed: int) -> list[list[int]]:
    """Two batches of people, also of those who are on no list."""
    leads = sorted({row["lead"] for row in made.rows("identity_lead")})
    random.Random(seed).shuffle(leads)  # noqa: S311  # an order, no secret
    return [leads[:5], leads[5:14]]


@pytest.mark.parametrize(("zone", "around"), [*PLACES, ("Asia/Kathmandu", date(2026, 5, 20))])
def test_what_adds_up_is_the_same_before_and_after(zone: str, around: date) -> None:
    made, asked = history(3, zone, around), periods(zone, around, 3)
    with made.connect() as cursor:
        before = measured(cursor, ADDING, Asked(asked, made.now))
        for number, leads in enumerate(some(made, 3), start=1):
            assert tally(cursor, number, leads, ADDING, made.now) > 0
            let_go(cursor, leads)
            settle(cursor, number)
        after = measured(cursor, ADDING, Asked(asked, made.now))
        fold(cursor)
        folded = measured(cursor, ADDING, Asked(asked, made.now))
    for name in ADDING:
        for wanted, found, again in zip(before[name][""], after[name][""], folded[name][""], strict=True):
            assert near(found.value, wanted.value), name
            assert near(again.value, wanted.value), name
            assert found.cases == again.cases == wanted.cases, name
    assert any(one.value for one in before["tool-uses"][""])


def test_a_batch_counts_once_its_people_are_gone_and_not_before() -> None:
    made, asked = history(4, "UTC", date(2026, 5, 20)), periods("UTC", date(2026, 5, 20), 4)
    leads = some(made, 4)[1]
    with made.connect() as cursor:
        before = measured(cursor, ADDING, Asked(asked, made.now))
        tally(cursor, 1, leads, ADDING, made.now)
        assert measured(cursor, ADDING, Asked(asked, made.now)) == before
        tally(cursor, 1, leads, ADDING, made.now)  # the first time, a crash came in between
        let_go(cursor, leads)
        settle(cursor, 1)
        settle(cursor, 1)
        after = measured(cursor, ADDING, Asked(asked, made.now))
    assert [one.cases for one in after["sessions"][""]] == [one.cases for one in before["sessions"][""]]


def test_a_segment_and_parts_know_only_people_who_are_held() -> None:
    made, asked = history(5, "UTC", date(2026, 5, 20)), periods("UTC", date(2026, 5, 20), 5)
    leads = [row["lead"] for row in made.rows("people")]
    with made.connect() as cursor:
        tally(cursor, 1, leads, ADDING, made.now)
        let_go(cursor, leads)
        settle(cursor, 1)
        assert any(one.value for one in measured(cursor, ["new-people"], Asked(asked, made.now))["new-people"][""])
        assert measured(cursor, ["new-people"], Asked(asked, made.now, by="channel"))["new-people"] == {}
        narrowed = measured(cursor, ["new-people"], Asked(asked, made.now, who="people.known"))["new-people"][""]
        assert not any(one.value for one in narrowed)
