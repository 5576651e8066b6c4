"""Stored sessions are those that the definition gives, however loads and merges cut the history."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.eventstore.event_cast import HOUR, NOON, edges, page, segment

from leadline.engagement.sessions import Activity, Campaign, Session, sessions
from leadline.eventstore import sessions as stored_sessions
from leadline.eventstore.cells import touched_after
from leadline.eventstore.edges import append_edges
from leadline.eventstore.loading import load_segment
from leadline.eventstore.schema import sql
from leadline.eventstore.sessions import rebuild_all_sessions, rebuild_sessions, sessions_of

CAMPAIGNS: Sequence[Campaign] = [(None, None, None)] * 4 + [("google", "cpc", "spring"), ("mail", None, None)]


@dataclass(frozen=True)
class Visit:
    """One generated event of a person."""

    identity: int
    minutes: int
    kind: str
    campaign: Campaign
    engaged_ms: float | int | None
    bot: bool


VISITS = st.lists(
    st.builds(
        Visit,
        st.integers(1, 3),
        st.integers(0, 240) | st.integers(0, 80 * 60),
        st.sampled_from(["page", "track", "screen", "identify"]),
        st.sampled_from(CAMPAIGNS),
        st.none() | st.none() | st.none() | st.integers(-5, 90_000_000) | st.floats(0, 10_000),
        st.sampled_from([False] * 9 + [True]),
    ),
    max_size=40,
    unique_by=lambda one: one.minutes,
)


@given(VISITS, st.integers(1, 6), st.booleans(), st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_late_events_and_merges_give_what_events_in_order_give(
    cursor: DuckDBPyConnection, visits: list[Visit], parts: int, merges: bool, random: Random
) -> None:
    _forget_everything(cursor)
    append_edges(cursor, edges((1, 1, 11), (2, 2, 12), (3, 3, 13)))
    shuffled = list(enumerate(visits, start=1))
    random.shuffle(shuffled)
    leads = {1: 11, 2: 12, 3: 13}
    for part in range(parts):
        _load(cursor, f"part-{part}", shuffled[part::parts])
        if merges and part == 0:
            append_edges(cursor, edges((4, 2, 11)))
            leads[2] = 11
            rebuild_sessions(cursor, [11, 12])
    assert _stored(cursor) == _defined(visits, leads)
    assert rebuild_all_sessions(cursor) == sum(len(found) for found in _stored(cursor).values())
    assert _stored(cursor) == _defined(visits, leads)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_a_late_event_joins_two_visits(cursor: DuckDBPyConnection, order: tuple[int, ...]) -> None:
    append_edges(cursor, edges((1, 1, 11)))
    visits = [Visit(1, minutes, "page", CAMPAIGNS[0], None, False) for minutes in (0, 25, 50)]
    for number in order:
        _load(cursor, f"part-{number}", [(number + 1, visits[number])])
    (found,) = sessions_of(cursor, 11, 10)
    assert (found.events, found.engaged_ms, found.path) == (3, 240_000, "/1")


def test_making_all_sessions_again_is_done_or_not_done(
    cursor: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_edges(cursor, edges((1, 1, 11), (2, 2, 12)))
    visits = [Visit(identity, 0, "page", CAMPAIGNS[0], None, False) for identity in (1, 2)]
    _load(cursor, "part", list(enumerate(visits, start=1)))
    before = _stored(cursor)
    parts: list[int] = []
    make_fresh = stored_sessions._make_fresh

    def stopped(cursor: DuckDBPyConnection) -> int:
        parts.append(make_fresh(cursor))
        if len(parts) == 2:
            raise KeyboardInterrupt
        return parts[-1]

    with monkeypatch.context() as patch:
        patch.setattr(stored_sessions, "PART_EVENTS", 1)
        patch.setattr(stored_sessions, "_make_fresh", stopped)
        with pytest.raises(KeyboardInterrupt):
            rebuild_all_sessions(cursor)
    assert _stored(cursor) == before
    monkeypatch.setattr(stored_sessions, "PART_EVENTS", 1)
    assert rebuild_all_sessions(cursor) == 2
    assert _stored(cursor) == before


def _load(cursor: DuckDBPyConnection, name: str, visits: Sequence[tuple[int, Visit]]) -> None:
    before = load_segment(cursor, segment(f"before-{name}", [])).load_seq
    rows = [
        page(
            number,
            visit.identity,
            _moment(visit),
            kind=visit.kind,
            bot=visit.bot,
            internal=False,
            properties=json.dumps({} if visit.engaged_ms is None else {"engaged_ms": visit.engaged_ms}),
            **dict(zip(("utm_source", "utm_medium", "utm_campaign"), visit.campaign, strict=True)),
        )
        for number, visit in visits
    ]
    load_segment(cursor, segment(name, rows))
    touched_after(cursor, before)
    rebuild_sessions(cursor)


def _moment(visit: Visit) -> int:
    return NOON + visit.minutes * HOUR // 60


def _forget_everything(cursor: DuckDBPyConnection) -> None:
    for table in ("events", "segments", "edges", "identity_lead", "sessions"):
        cursor.execute(f"TRUNCATE {table}")


def _stored(cursor: DuckDBPyConnection) -> dict[int, list[Session]]:
    rows = cursor.execute(
        """SELECT lead, epoch_us(run_started_at), epoch_us(run_ended_at), epoch_us(started_at), epoch_us(ended_at),
            events, pages, engaged_ms, utm_source, utm_medium, utm_campaign
        FROM sessions ORDER BY started_at, ended_at"""
    ).fetchall()
    found = defaultdict(list)
    for lead, *numbers, source, medium, name in rows:
        found[lead].append(Session(*numbers, (source, medium, name)))
    return dict(found)


def _defined(visits: Sequence[Visit], leads: dict[int, int]) -> dict[int, list[Session]]:
    activity = defaultdict(list)
    for number, visit in enumerate(visits, start=1):
        if visit.kind != "identify" and not visit.bot:
            one = Activity(_moment(visit), number, visit.kind, visit.campaign, visit.engaged_ms)
            activity[leads[visit.identity]].append(one)
    return {lead: sessions(history) for lead, history in activity.items()}


def test_events_are_joined_by_person_and_not_by_moment(cursor: DuckDBPyConnection) -> None:
    """Of people whose history comes in at once, every span lies around most events: pairs of these fill the disk."""
    cursor.execute("INSERT INTO identity_lead SELECT number, number, true FROM range(60000) AS numbers(number)")
    cursor.execute(
        """INSERT INTO events BY NAME SELECT 1 AS load_seq, number AS message_hash, uuid() AS message_key,
            number // 4 AS identity, 1 AS source, 'page' AS kind, '' AS name, false AS bot, false AS internal,
            TIMESTAMP '2026-01-01' + to_seconds((hash(number) % 8640000)::BIGINT) AS occurred_at,
            occurred_at AS received_at, occurred_at::DATE AS day, '{}' AS properties
        FROM range(240000) AS numbers(number)"""
    )
    cursor.execute(
        """CREATE TEMP TABLE session_spans AS SELECT number AS lead,
            TIMESTAMP '2026-01-01' + to_days(number::INTEGER % 40) AS since,
            TIMESTAMP '2026-04-11' - to_days(number::INTEGER % 20) AS until
        FROM range(50000, 60000) AS numbers(number)"""
    )
    query = sql("session_activity").replace("CREATE OR REPLACE TEMP TABLE session_activity AS", "EXPLAIN")
    ((_, plan),) = cursor.execute(query, {"first": date(2026, 1, 1), "last": date(2026, 4, 11)}).fetchall()
    assert "HASH_JOIN" in plan
    assert "IE_JOIN" not in plan
