"""A segment loads once, and a message is stored once."""

from datetime import date, timedelta

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from event_cast import DAY, HOUR, NOON, page, segment, trait

from leadline.eventstore.loading import LoadResult, day_ranges, last_load_seq, load_segment
from leadline.eventstore.queries import count_events, status_counts, traits_of


def paths(cursor: DuckDBPyConnection) -> list[str]:
    return [path for (path,) in cursor.execute("SELECT path FROM events ORDER BY ALL").fetchall()]


def test_loads_are_numbered(cursor: DuckDBPyConnection) -> None:
    assert load_segment(cursor, segment("a", [page(1)])) == LoadResult(1, 1, 0)
    assert load_segment(cursor, segment("b", [page(2)])) == LoadResult(2, 1, 0)
    assert last_load_seq(cursor) == 2


def test_a_name_loads_once(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1)]))
    assert load_segment(cursor, segment("a", [page(2)])) == LoadResult(1, 1, 0)
    assert paths(cursor) == ["/1"]


def test_an_empty_segment_is_remembered(cursor: DuckDBPyConnection) -> None:
    assert load_segment(cursor, segment("a", [])) == LoadResult(1, 0, 0)
    assert status_counts(cursor).segments == 1


def test_of_a_message_repeated_inside_the_first_stays(cursor: DuckDBPyConnection) -> None:
    first, second = page(1, path="/first"), page(1, path="/second", at=NOON + HOUR)
    assert load_segment(cursor, segment("a", [first, page(2), second])) == LoadResult(1, 2, 1, repeated=(2,))
    assert paths(cursor) == ["/2", "/first"]


def test_a_message_of_an_earlier_load_is_a_repeat(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1)]))
    assert load_segment(cursor, segment("b", [page(1), page(2)])) == LoadResult(2, 1, 1, repeated=(0,))


def test_a_repeat_is_named_once_by_its_row(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1), page(3)]))
    incoming = [page(5), page(3), page(3), page(4), page(1)]
    assert load_segment(cursor, segment("b", incoming)) == LoadResult(2, 2, 3, repeated=(1, 2, 4))
    assert load_segment(cursor, segment("b", incoming)).repeated == ()


def test_a_message_sent_again_with_another_time_is_found_within_a_day(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1)]))
    assert load_segment(cursor, segment("b", [page(1, at=NOON + DAY)])).duplicates == 1
    assert load_segment(cursor, segment("c", [page(1, at=NOON + 3 * DAY)])).duplicates == 0


def test_the_same_hash_with_another_message_key_is_another_message(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1)]))
    assert load_segment(cursor, segment("b", [page(1, message_key=b"x" * 16)])).stored == 1
    assert load_segment(cursor, segment("c", [page(1, source=2)])).stored == 1


def test_traits_go_with_their_message(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1), page(1)], [trait(1, "title"), trait(1, "phone"), trait(1, "title")]))
    load_segment(cursor, segment("b", [page(1), page(2)], [trait(1, "country"), trait(2, "industry")]))
    assert sorted(change.key for change in traits_of(cursor, [1])) == ["industry", "phone", "title"]


def test_a_failed_load_leaves_nothing(cursor: DuckDBPyConnection) -> None:
    broken = segment("a", [page(1)])
    broken = type(broken)("a", broken.events.drop_columns(["path"]), broken.traits)
    with pytest.raises(duckdb.BinderException, match="path"):
        load_segment(cursor, broken)
    assert count_events(cursor) == last_load_seq(cursor) == 0
    assert load_segment(cursor, segment("a", [page(1)])).stored == 1


def test_days_become_ranges_with_slack() -> None:
    day = date(2026, 11, 22)
    days = [day - timedelta(days=400), day, day + timedelta(days=3)]
    assert day_ranges(days) == [
        (day - timedelta(days=401), day - timedelta(days=399)),
        (day - timedelta(days=1), day + timedelta(days=4)),
    ]
    assert day_ranges([date.min, date.max])[0][0] == date.min
