"""A segment as SQL chooses whom a plain reading of it chooses."""

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "analytics"))  # any segment

from segment_texts import segments

from leadline.analytics.segment_fields import FIELDS, Field, FieldKind, FlagTest
from leadline.analytics.segments import Condition, Operator, Segment, parse_segment
from leadline.eventstore.projections import PEOPLE_ROWS
from leadline.eventstore.segments import segment_sql

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAIN_NOW = NOW.replace(tzinfo=None)
TEXT_VALUES = ["", "a", "A", "aB", "b ,", "a|b", "Germany", "France", "Atlantis", None]
COLUMNS = {field.column: field for field in FIELDS.values()}
KINDS = {
    FieldKind.TEXT: (pa.string(), st.sampled_from(TEXT_VALUES)),
    FieldKind.COUNTRY: (pa.string(), st.sampled_from(TEXT_VALUES)),
    FieldKind.CHOICE: (pa.string(), st.sampled_from(["qualified", "customer", "", None])),
    FieldKind.WHOLE: (pa.int64(), st.sampled_from([0, 1, 2, 3, None])),
    FieldKind.POINTS: (
        pa.int64(),
        st.sampled_from([0, 1_000_000, 1_500_000, 55_000_000, 54_999_999, -2_000_000, None]),
    ),
    FieldKind.MONEY: (pa.decimal128(18, 2), st.sampled_from([Decimal(0), Decimal("9.5"), Decimal(100), None])),
}
HOURS = [0, 1, 2, 36, 48, 168, 169, 5000, -1, -30]
MOMENTS = st.one_of(
    st.none(),
    st.sampled_from([PLAIN_NOW - timedelta(hours=each) for each in HOURS]),
    st.dates(date(2021, 1, 1), date(2029, 12, 31)).map(lambda day: datetime(day.year, day.month, day.day)),  # noqa: DTZ001  # as the store has it
)


def column_of(field: Field) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
    if field.kind is FieldKind.FLAG and field.test is FlagTest.TRUE:
        return pa.bool_(), st.sampled_from([True, False, None])
    return KINDS.get(field.kind, (pa.timestamp("us"), MOMENTS))


def people() -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({name: column_of(field)[1] for name, field in COLUMNS.items()})
    return st.lists(row, min_size=1, max_size=8)


def fits(segment: Segment, row: Mapping[str, Any]) -> bool:
    return all(meets(each, row[each.field.column]) for each in segment.conditions)


def meets(each: Condition, value: Any) -> bool:
    if each.field.kind is FieldKind.FLAG:
        return holds(each.field.test, value) is each.meant[-1]
    if each.operator in (Operator.IS, Operator.IS_NOT):
        return is_one_of(each, value) is (each.operator is Operator.IS)
    return value is not None and compares(each, value)


def holds(test: FlagTest | None, value: Any) -> bool:
    if test is FlagTest.AHEAD:
        return value is not None and value > PLAIN_NOW
    return value is True if test is FlagTest.TRUE else value is not None


def is_one_of(each: Condition, value: Any) -> bool:
    if isinstance(value, str) and each.field.kind is not FieldKind.CHOICE:
        return value.lower() in [
            (one or "").lower() if isinstance(one, str) or one is None else one for one in each.meant
        ]
    return value in each.meant


def compares(each: Condition, value: Any) -> bool:
    wanted = each.meant[0]
    if isinstance(wanted, timedelta):
        age: timedelta = PLAIN_NOW - value
        value = age
    elif isinstance(wanted, date):
        value = value.date()
    return {
        Operator.AT_LEAST: value >= wanted,
        Operator.AT_MOST: value <= wanted,
        Operator.MORE: value > wanted,
        Operator.LESS: value < wanted,
    }[each.operator]


@given(people(), segments())
@settings(max_examples=60, deadline=None)
def test_sql_and_plain_reading_choose_the_same(rows: list[dict[str, Any]], segment: Segment) -> None:
    schema = pa.schema([("number", pa.int64()), *((name, column_of(field)[0]) for name, field in COLUMNS.items())])
    table = pa.Table.from_pylist([{"number": place, **row} for place, row in enumerate(rows)], schema)
    condition, given_values = segment_sql(segment, "someone", NOW)
    with duckdb.connect() as cursor:
        cursor.register("rows", table)
        query = f"SELECT number, {condition} FROM rows AS someone ORDER BY number"  # noqa: S608  # what is tested
        found = cursor.execute(query, given_values).fetchall()
    assert [fit for _, fit in found] == [fits(segment, row) for row in rows]


@pytest.mark.parametrize(
    ("text", "zone", "chosen"),
    [
        ("last_seen>=2026-05-02", "UTC", [False, False, True]),
        ("last_seen>=2026-05-02", "Asia/Manila", [False, True, True]),
        ("last_seen<=2026-05-01", "Asia/Manila", [True, False, False]),
        ("last_seen>2026-05-01", "America/New_York", [False, False, False]),
    ],
)
def test_days_are_those_of_the_segments_zone(text: str, zone: str, chosen: list[bool]) -> None:
    condition, values = segment_sql(parse_segment(text, zone))
    moments = (
        "(VALUES (1, TIMESTAMP '2026-05-01 15:59'), (2, TIMESTAMP '2026-05-01 16:00'), (3, TIMESTAMP '2026-05-02'))"
    )
    with duckdb.connect() as cursor:
        query = f"SELECT {condition} FROM {moments} AS people (place, last_seen_at) ORDER BY place"  # noqa: S608  # as above
        assert [fit for (fit,) in cursor.execute(query, values).fetchall()] == chosen


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak"])
def test_the_first_and_last_days_that_there_are_can_be_asked(zone: str) -> None:
    for text in ("last_seen>=0001-01-01", "last_seen<=9999-12-30"):
        condition, values = segment_sql(parse_segment(text, zone))
        with duckdb.connect() as cursor:
            people = "(SELECT TIMESTAMP '2026-05-01' AS last_seen_at) AS people"
            assert cursor.execute(f"SELECT {condition} FROM {people}", values).fetchall() == [(True,)]  # noqa: S608


def test_two_segments_in_one_query_do_not_share_parameters() -> None:
    first, given_first = segment_sql(parse_segment("total>=5"), prefix="one")
    other, given_other = segment_sql(parse_segment("total>=6"), prefix="other")
    assert first != other
    assert not given_first.keys() & given_other.keys()


def test_without_a_clock_the_store_tells_the_time() -> None:
    condition, values = segment_sql(parse_segment("last_seen<7d"))
    with duckdb.connect() as cursor:
        people = "(SELECT (now() AT TIME ZONE 'UTC') - INTERVAL 1 DAY AS last_seen_at) AS people"
        assert cursor.execute(f"SELECT {condition} FROM {people}", values).fetchall() == [(True,)]  # noqa: S608  # what is tested


def test_every_field_is_a_column_of_people() -> None:
    added = {"qualified_at", "customer_at", "channel", "source", "campaign", "landing", "event_source", "crm_status"}
    assert set(COLUMNS) <= {*PEOPLE_ROWS.names, *added}
