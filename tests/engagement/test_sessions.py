"""Sessions: where they begin, how long attention lasted, and that the order of arrival does not matter."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from leadline.engagement.sessions import NO_CAMPAIGN, Activity, Campaign, sessions

MINUTE = 60_000_000
HOUR = 60 * MINUTE
SPRING: Campaign = ("google", "cpc", "spring")
SUMMER: Campaign = ("google", "cpc", "summer")


def seen(
    minutes: float, campaign: Campaign = NO_CAMPAIGN, kind: str = "page", engaged_ms: float | None = None
) -> Activity:
    return Activity(round(minutes * MINUTE), round(minutes * 100), kind, campaign, engaged_ms)


def test_thirty_minutes_without_activity_end_a_session() -> None:
    visits = sessions([seen(0), seen(30), seen(60.01)])
    assert [visit.events for visit in visits] == [2, 1]


def test_midnight_splits_nothing() -> None:
    assert len(sessions([seen(24 * 60 - 5), seen(24 * 60 + 5)])) == 1


def test_no_session_begins_more_than_a_day_before_its_last_event() -> None:
    visits = sessions([seen(minutes) for minutes in range(0, 3 * 24 * 60, 20)])
    assert [visit.ended_micros - visit.started_micros for visit in visits] == [24 * HOUR, 24 * HOUR, 23 * HOUR]
    assert len({visit.run_started_micros for visit in visits}) == 1


def test_another_campaign_begins_a_session() -> None:
    visits = sessions([seen(0, SPRING), seen(1), seen(2, SPRING), seen(3, SUMMER), seen(4)])
    assert [(visit.events, visit.campaign) for visit in visits] == [(3, SPRING), (2, SUMMER)]


def test_the_first_campaign_of_a_visit_without_one_is_another() -> None:
    visits = sessions([seen(0), seen(1, SPRING), seen(2)])
    assert [(visit.events, visit.campaign) for visit in visits] == [(1, NO_CAMPAIGN), (2, SPRING)]


def test_attention_is_what_heartbeats_say() -> None:
    (visit,) = sessions([seen(0), seen(1, kind="track", engaged_ms=40_000), seen(9, kind="track", engaged_ms=60_000)])
    assert visit.engaged_ms == 100_000


def test_attention_never_exceeds_the_visit() -> None:
    (visit,) = sessions(
        [seen(10), seen(11, kind="track", engaged_ms=45_000), seen(11, kind="track", engaged_ms=50_000)]
    )
    assert visit.engaged_ms == 60_000


def test_a_heartbeat_alone_counts_the_time_before_it() -> None:
    (visit,) = sessions([seen(5, kind="track", engaged_ms=30_000)])
    assert visit.engaged_ms == 30_000


def test_an_impossible_heartbeat_does_not_count() -> None:
    (visit,) = sessions([seen(0), seen(1, kind="track", engaged_ms=-5), seen(2, kind="track", engaged_ms=90_000_000)])
    assert visit.engaged_ms == 2 * 60_000  # as without heartbeats


def test_without_heartbeats_two_minutes_of_each_gap_count() -> None:
    (visit,) = sessions([seen(0), seen(1), seen(21)])
    assert (visit.pages, visit.engaged_ms) == (3, 3 * 60_000)


CAMPAIGNS = st.sampled_from([NO_CAMPAIGN, NO_CAMPAIGN, SPRING, SUMMER, ("mail", None, None)])
ACTIVITY = st.builds(
    Activity,
    st.integers(0, 60 * HOUR),
    st.integers(0, 3),
    st.sampled_from(["page", "track", "screen"]),
    CAMPAIGNS,
    st.none() | st.floats(-10, 100_000_000),
)
HISTORY = st.lists(ACTIVITY, max_size=60, unique_by=lambda one: (one.occurred_micros, one.message_hash))


@given(HISTORY, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(history: list[Activity], random: object) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)
    assert sessions(shuffled) == sessions(history)


@given(HISTORY)
def test_every_activity_is_in_one_session_and_sessions_keep_their_rules(history: list[Activity]) -> None:
    visits = sessions(history)
    assert sum(visit.events for visit in visits) == len(history)
    for before, after in pairwise(visits):
        assert before.ended_micros <= after.started_micros
    for visit in visits:
        assert visit.ended_micros - visit.started_micros <= 24 * HOUR
        assert visit.run_started_micros <= visit.started_micros <= visit.ended_micros <= visit.run_ended_micros
        assert visit.engaged_ms >= 0
