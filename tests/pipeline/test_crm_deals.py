"""A deal's way as events: each once, in their order, and the last word and the last amount are what counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.records import RemoteDeal
from leadline.pipeline.crm.deals import CANCELLED, LOST, OPENED, WON, DealEvent, Told, news
from leadline.qualification.facts import conversions_of
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.tracking.events import Event

RULESET = read_ruleset(bundled_ruleset("offshore-staffing"))
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
NEW = Told()
HOUR = timedelta(hours=1)


def deal(state: str, amount: str | None = "100", at: datetime = NOW, reason: str = "") -> RemoteDeal:
    return RemoteDeal("d1", state, at, NOW - HOUR, None if amount is None else Decimal(amount), "gbp", reason)


def names(events: tuple[DealEvent, ...]) -> list[str]:
    return [event.event for event in events]


def test_a_deal_won_at_first_sight_was_opened_before() -> None:
    events, told = news(1, deal("won"), NEW, NOW)
    assert names(events) == [OPENED, WON]
    assert [event.at for event in events] == [NOW - HOUR, NOW + timedelta(milliseconds=1)]
    assert events[1].properties == {"opportunity_id": "d1", "deal_id": "d1", "amount": 100, "currency": "GBP"}
    assert news(1, deal("won"), told, NOW + HOUR) == ((), told)


def test_each_change_is_told_and_nothing_else() -> None:
    _, opened = news(1, deal("open"), NEW, NOW)
    again, priced = news(1, deal("open", "120"), opened, NOW + HOUR)
    assert names(again) == [OPENED]
    won, after = news(1, deal("won", "120"), priced, NOW + 2 * HOUR)
    assert names(won) == [WON]
    cheaper, after = news(1, deal("won", "90.5"), after, NOW + 3 * HOUR)
    assert (names(cheaper), cheaper[0].properties["amount"]) == ([WON], 90.5)
    reopened, after = news(1, deal("open", "90.5"), after, NOW + 4 * HOUR)
    assert names(reopened) == [CANCELLED]
    lost, after = news(1, deal("lost", "90.5", reason="Too dear"), after, NOW + 5 * HOUR)
    assert (names(lost), lost[0].properties["reason"]) == ([LOST], "Too dear")
    back, _ = news(1, deal("won", "90.5"), after, NOW + 6 * HOUR)
    assert names(back) == [OPENED, WON]


def test_what_is_told_after_a_crash_has_the_same_ids_and_what_changed_meanwhile_has_others() -> None:
    first, _ = news(1, deal("won"), NEW, NOW)
    again, _ = news(1, deal("won"), NEW, NOW + HOUR)
    other, _ = news(1, deal("won", "101"), NEW, NOW + HOUR)
    ids = [[event.message_id for event in events] for events in (first, again, other)]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
    assert not set(ids[0]) & {event.message_id for event in news(2, deal("won"), NEW, NOW)[0]}


def test_times_never_go_back_and_never_ahead() -> None:
    _, told = news(1, deal("open"), NEW, NOW)
    earlier, after = news(1, deal("won", at=NOW - 99 * HOUR), told, NOW + HOUR)
    assert told.at is not None
    assert told.at < earlier[0].at <= NOW
    ahead, _ = news(1, deal("lost", at=NOW + 999 * HOUR), after, NOW + 2 * HOUR)
    assert all(event.at <= NOW + 3 * HOUR for event in ahead)
    assert ahead[0].at > earlier[0].at


STEPS = st.lists(
    st.tuples(st.sampled_from(["open", "won", "lost"]), st.sampled_from(["1", "2.5", "100", None]), st.integers(-9, 9)),
    min_size=1,
    max_size=8,
)


@given(STEPS, st.randoms(use_true_random=False), st.booleans())
def test_revenue_is_what_the_crm_says_last_in_whatever_order_events_arrive(steps, shuffled, twice) -> None:  # type: ignore[no-untyped-def]  # hypothesis knows
    told, stored = NEW, list[Event]()
    for hour, (state, amount, skew) in enumerate(steps):
        now = NOW + hour * HOUR
        seen = deal(state, amount, now + skew * HOUR)
        events, after = news(1, seen, told, now)
        if twice:
            assert [each.message_id for each in news(1, seen, told, now + HOUR)[0]] == [
                each.message_id for each in events
            ]
        told = after
        stored += [_stored(event) for event in events]
    shuffled.shuffle(stored)
    found = {each.name: each for each in conversions_of(RULESET, stored)}
    state, amount, _ = steps[-1]
    won = found.get("won_deal")
    assert (won is not None and not won.cancelled) == (state == "won")
    assert found["opportunity"].cancelled == (state == "lost")
    if state == "won" and amount is not None:
        assert won is not None
        assert won.amount == Decimal(amount)


def _stored(event: DealEvent) -> Event:
    micros = round(event.at.timestamp() * 1_000_000)
    number = int(event.message_id.replace("-", "")[:15], 16)
    return Event(number, "track", event.event, 7, micros, event.properties, "", 1)
