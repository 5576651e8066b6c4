"""Who is due is what a plain computation over their events says, whatever the periods of their sources."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.eventstore.due import CANDIDATES, due_groups, due_leads, find_due
from leadline.eventstore.usage import naive

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAYS = st.one_of(st.none(), st.integers(1, 60))
SOURCES = (1, 2, 3)
Seen = tuple[int, int, int]
"""A lead, a source, and how many days ago."""
PERIODS = st.fixed_dictionaries(
    {("visitors", None): DAYS, ("known", None): DAYS},
    optional={(rule, source): DAYS for rule in ("visitors", "known") for source in SOURCES},
)
EVENTS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(SOURCES), st.integers(0, 70)), max_size=20)
HEARD = st.dictionaries(st.integers(1, 6), st.tuples(st.booleans(), st.integers(0, 70)), max_size=6)
STORE = duckdb.connect(config={"threads": 1})
Periods = Mapping[tuple[str, int | None], int | None]


def by_hand(periods: Periods, events: list[Seen], heard: Mapping[int, tuple[bool, int]]) -> dict[int, str]:
    """Each person's longest period, and whether it is over."""
    due = {}
    for lead, (known, ago) in heard.items():
        rule = "known" if known else "visitors"
        sources = {source for who, source, _ in events if who == lead} or {None}
        found = [periods.get((rule, source), periods[rule, None]) for source in sources]
        if None not in found and ago >= max(days for days in found if days is not None):
            due[lead] = rule
    return due


@settings(max_examples=60)
@given(periods=PERIODS, events=EVENTS, heard=HEARD)
def test_who_is_due_is_what_the_rule_says(
    periods: Periods, events: list[Seen], heard: dict[int, tuple[bool, int]]
) -> None:
    with STORE.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TABLE identity_lead AS SELECT range * 10 AS identity, range AS lead FROM range(1, 7)"
        )
        cursor.execute("CREATE OR REPLACE TABLE events (identity BIGINT, source INTEGER, occurred_at TIMESTAMP)")
        for lead, source, ago in events:
            cursor.execute("INSERT INTO events VALUES (?, ?, ?)", [lead * 10, source, naive(NOW - timedelta(days=ago))])
        rows = [
            {"lead": lead, "known": known, "heard": naive(NOW - timedelta(days=ago))}
            for lead, (known, ago) in heard.items()
        ]
        find_due(cursor, [pa.Table.from_pylist(rows, schema=CANDIDATES)], periods, NOW)
        wanted = by_hand(periods, events, heard)
        for rule in ("visitors", "known"):
            assert due_leads(cursor, rule) == sorted(lead for lead, each in wanted.items() if each == rule)
        assert sum(due.count for due in due_groups(cursor)) == len(wanted)
        assert due_leads(cursor) == sorted(wanted)
