"""How the days of a window combine: decay, windows, caps, state, and cancelled keys."""

from score_cast import ONE, change, counted, event, metric, raw

from leadline.engagement.metrics import MetricKind
from leadline.scoring.arithmetic import WEIGHT_ONE
from leadline.scoring.ruleset import Across, Measure

CALLS = metric(MetricKind.DISTINCT, "Booked", property="call_id", unless=("Cancelled",))


def distinct(window_days: int = 30, half_life_days: float | None = None, daily_cap: int | None = None) -> Measure:
    return Measure(CALLS, Across.DISTINCT, window_days, half_life_days, daily_cap)


def test_an_event_of_one_half_life_ago_weighs_half() -> None:
    measure = counted(half_life_days=7)
    assert raw(measure, event(0, "Done")) == ONE
    assert raw(measure, event(7, "Done")) == ONE // 2
    assert raw(measure, event(14, "Done")) == ONE // 4


def test_a_window_is_the_as_of_day_and_the_days_before_it() -> None:
    measure = counted(window_days=90)
    assert raw(measure, event(89, "Done")) == ONE
    assert raw(measure, event(90, "Done")) == 0


def test_the_day_begins_and_ends_at_utc_midnight() -> None:
    assert raw(counted(window_days=1), event(0, "Done", hour=0), event(0, "Done", hour=23)) == 2 * ONE
    assert raw(counted(window_days=1), event(1, "Done", hour=23)) == 0


def test_events_after_the_as_of_day_are_ignored() -> None:
    assert raw(counted(), event(-1, "Done")) == 0


def test_missing_data_measures_0() -> None:
    assert raw(counted()) == raw(distinct()) == 0
    for across in (Across.MAX, Across.LAST):
        assert raw(Measure(metric(MetricKind.LAST, "Scored", property="score"), across, 30)) == 0


def test_a_daily_cap_holds_each_day_for_itself() -> None:
    busy = [event(0, "Done") for _ in range(5)] + [event(1, "Done")]
    assert raw(counted(daily_cap=3000), *busy) == 4 * ONE


def test_the_cap_applies_to_all_identities_of_a_lead_together() -> None:
    both = [event(0, "Done", identity=1), event(0, "Done", identity=1), event(0, "Done", identity=2)]
    assert raw(counted(daily_cap=2000), *both) == 2 * ONE


def test_max_weighs_each_day_before_it_compares() -> None:
    measure = Measure(metric(MetricKind.MAX, "Progressed", property="progress"), Across.MAX, 60, half_life_days=10)
    old, new = event(10, "Progressed", progress=100), event(0, "Progressed", progress=40)
    assert raw(measure, old, new) == 50 * ONE


def test_last_is_the_latest_value_and_not_the_greatest() -> None:
    measure = Measure(metric(MetricKind.LAST, "Scored", property="score"), Across.LAST, 60)
    assert raw(measure, event(3, "Scored", score=90), event(1, "Scored", score=60)) == 60 * ONE
    assert raw(measure, event(1, "Scored", hour=9, score=90), event(1, "Scored", hour=10, score=60)) == 60 * ONE


def test_last_of_two_identities_is_the_later_one() -> None:
    measure = Measure(metric(MetricKind.LAST, "Scored", property="score"), Across.LAST, 60)
    later = event(0, "Scored", identity=1, hour=20, score=10)
    assert raw(measure, event(0, "Scored", identity=2, hour=8, score=99), later) == 10 * ONE


def test_a_distinct_key_counts_once_from_its_latest_day() -> None:
    again = [event(10, "Booked", call_id="c"), event(5, "Booked", call_id="c")]
    assert raw(distinct(half_life_days=5), *again) == ONE // 2


def test_a_cancelled_key_does_not_count() -> None:
    booked, cancelled = event(3, "Booked", call_id="c"), event(1, "Cancelled", call_id="c")
    other = event(2, "Booked", call_id="d")
    assert raw(distinct(), booked, cancelled, other) == ONE


def test_a_cancellation_of_another_identity_and_of_the_same_day_counts_too() -> None:
    assert raw(distinct(), event(1, "Booked", call_id="c"), event(1, "Cancelled", identity=2, call_id="c")) == 0


def test_a_cancellation_after_the_as_of_day_is_not_known_yet() -> None:
    assert raw(distinct(), event(1, "Booked", call_id="c"), event(-1, "Cancelled", call_id="c")) == ONE


def test_the_cap_of_distinct_admits_new_keys_a_day() -> None:
    one_day = [event(4, "Booked", call_id=each) for each in "abc"]
    assert raw(distinct(daily_cap=2000), *one_day) == 2 * ONE
    assert raw(distinct(daily_cap=2000), *one_day, event(3, "Booked", call_id="d")) == 3 * ONE


def test_of_the_keys_of_a_day_the_cap_admits_those_seen_last() -> None:
    first = [event(10, "Booked", call_id=each) for each in "ab"]
    assert raw(distinct(half_life_days=10, daily_cap=1000), *first, event(0, "Booked", call_id="b")) == ONE


def test_state_counts_traits_that_are_filled() -> None:
    measure = Measure(metric(MetricKind.COMPLETENESS, traits=("title", "phone", "country")), Across.STATE, 0)
    known = (change(400, "title", "Owner"), change(3, "phone", None), change(3, "other", "x"))
    assert raw(measure, traits=known) == 2 * ONE


def test_state_reads_the_latest_change_up_to_the_as_of_day() -> None:
    measure = Measure(metric(MetricKind.COMPLETENESS, traits=("title",)), Across.STATE, 0)
    given, removed = change(3, "title", "Owner"), change(1, "title", None, present=False)
    assert raw(measure, traits=(removed, given)) == 0
    assert raw(measure, traits=(given, change(-1, "title", None, present=False))) == ONE


def test_a_trait_holds_while_it_has_one_of_the_values() -> None:
    measure = Measure(metric(MetricKind.TRAIT, traits=("email_class",), values=("own", "test")), Across.STATE, 0)
    assert raw(measure, traits=(change(1, "email_class", "test"),)) == ONE
    assert raw(measure, traits=(change(1, "email_class", "business"),)) == 0


def test_raws_are_exact_where_floats_are_not() -> None:
    tenth = Measure(metric(MetricKind.SUM, "Paid", property="amount"), Across.SUM, 30)
    assert raw(tenth, *(event(0, "Paid", amount=0.1) for _ in range(10))) == ONE == 1000 * WEIGHT_ONE
