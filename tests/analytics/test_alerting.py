"""Alerts judge complete buckets once, keep silence after a firing, and want enough cases."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.alert_words import often_words, rule_words, sentence
from leadline.analytics.alerting import (
    GRACE,
    AlertRule,
    Comparison,
    Point,
    Why,
    complete_buckets,
    due_buckets,
    is_complete,
    judge,
)
from leadline.analytics.metrics import measure_of
from leadline.analytics.periods import Grain, Period
from leadline.analytics.report import ValueKind

MONDAY = date(2026, 3, 2)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Manila", "Australia/Lord_Howe"])
GRAINS = st.sampled_from(list(Grain))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # hypothesis wants bounds without a zone
RULES = st.builds(
    AlertRule,
    st.sampled_from(list(Comparison)),
    st.sampled_from([ValueKind.COUNT, ValueKind.SECONDS, ValueKind.SHARE]),
    side=st.sampled_from(["above", "below", "both"]),
    value=st.floats(0.01, 0.5),
    least=st.integers(0, 5),
    quiet_hours=st.integers(0, 200),
)
VALUES = st.lists(st.none() | st.integers(0, 12), min_size=1, max_size=80)


def days(values: Sequence[int | None], first: date = MONDAY, zone: str = "UTC") -> list[Point]:
    dates = [first + timedelta(days=place) for place in range(len(values))]
    return [Point(Period(day, day, zone), value, value or 0) for day, value in zip(dates, values, strict=True)]


def fired(rule: AlertRule, points: list[Point]) -> list[date]:
    return [each.point.bucket.first for each in judge(rule, points, points[0].bucket.first) if each.fires]


def below(value: float, **options: int) -> AlertRule:
    return AlertRule(Comparison.THRESHOLD, ValueKind.COUNT, side="below", value=value, **options)


@given(RULES, VALUES)
def test_nothing_fires_for_a_bucket_that_fired_before(rule: AlertRule, values: list[int | None]) -> None:
    points = days(values)
    first = fired(rule, points)
    again = judge(rule, points, points[0].bucket.first, first)
    assert not set(first) & {each.point.bucket.first for each in again if each.fires}


@given(RULES, VALUES)
def test_firings_keep_the_silence_between_them(rule: AlertRule, values: list[int | None]) -> None:
    found = fired(rule, days(values))
    assert all((later - first).days * 24 >= rule.quiet_hours for first, later in pairwise(found))


@given(RULES, VALUES)
def test_a_bucket_fires_only_with_enough_cases_in_it_or_in_what_it_is_compared_with(
    rule: AlertRule, values: list[int | None]
) -> None:
    points = days(values)
    most = max(point.cases for point in points)
    if most < rule.least:
        assert fired(rule, points) == []
    if rule.comparison is Comparison.THRESHOLD:
        by_day = {point.bucket.first: point.cases for point in points}
        assert all(by_day[day] >= rule.least for day in fired(rule, points))


@given(RULES, VALUES, st.integers(0, 79))
def test_judging_bit_by_bit_fires_the_same_as_judging_at_once(
    rule: AlertRule, values: list[int | None], cut: int
) -> None:
    points = days(values)
    place = min(cut, len(points) - 1)
    before = fired(rule, points[:place]) if place else []
    rest = judge(rule, points, points[place].bucket.first, before)
    assert before + [each.point.bucket.first for each in rest if each.fires] == fired(rule, points)


@given(GRAINS, ZONES, MOMENTS)
def test_only_complete_buckets_are_judged(grain: Grain, zone: str, now: datetime) -> None:
    found = complete_buckets(grain, zone, now, 3)
    assert all(each.end + GRACE <= now for each in found)
    following = Period(found[-1].last + timedelta(days=1), found[-1].last + timedelta(days=1), zone)
    assert not is_complete(Period(following.first, _end(following.first, grain), zone), now)


def _end(first: date, grain: Grain) -> date:
    long = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 32}[grain]
    following = first + timedelta(days=long)
    return (following.replace(day=1) if grain is Grain.MONTH else following) - timedelta(days=1)


@given(GRAINS, ZONES, MOMENTS, st.lists(st.integers(1, 5000), min_size=1, max_size=12))
def test_checks_at_any_times_judge_each_bucket_exactly_once(
    grain: Grain, zone: str, start: datetime, minutes: list[int]
) -> None:
    judged, checked, now = [], start, start
    for each in minutes:
        now += timedelta(minutes=each)
        judged += due_buckets(grain, zone, checked, now)
        checked = now
    assert judged == due_buckets(grain, zone, start, now)
    assert len(judged) == len(set(judged))


def test_no_day_is_missed_when_the_clock_changes() -> None:
    zone, checked = "Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC)
    found = []
    for hour in range(1, 24 * 5):
        now = datetime(2026, 3, 27, 12, tzinfo=UTC) + timedelta(hours=hour)
        found += due_buckets(Grain.DAY, zone, checked, now)
        checked = now
    assert [each.first.day for each in found] == [27, 28, 29, 30, 31]


def test_silence_of_a_day_does_not_swallow_the_day_after_a_short_one() -> None:
    points = days([1, 1, 1], date(2026, 3, 28), "Europe/Berlin")  # the 29th has 23 hours
    assert len(fired(below(5, quiet_hours=24), points)) == 3
    assert len(fired(below(5, quiet_hours=25), points)) == 2


def test_a_friday_is_compared_with_the_friday_before() -> None:
    week = [20, 20, 20, 20, 9, 2, 2]
    rule = AlertRule(Comparison.WEEKDAY, ValueKind.COUNT, side="both", value=0.5)
    assert fired(rule, days([*week, *week])) == []
    assert fired(rule, days([*week, 20, 20, 20, 20, 20, 2, 2])) == [MONDAY + timedelta(days=11)]


def test_a_change_against_nothing_is_no_change() -> None:
    rule = AlertRule(Comparison.CHANGE, ValueKind.COUNT, side="below", value=0.3, least=5)
    found = judge(rule, days([10, 3, None, 4]), MONDAY)
    assert [each.why for each in found] == [Why.UNKNOWN, Why.FIRES, Why.UNKNOWN, Why.UNKNOWN]


def test_a_fall_to_nothing_has_the_cases_of_what_it_fell_from() -> None:
    rule = AlertRule(Comparison.CHANGE, ValueKind.COUNT, side="below", value=0.5, least=8)
    assert fired(rule, days([10, 0])) == [MONDAY + timedelta(days=1)]
    assert fired(rule, days([7, 0])) == []


def test_the_time_before_anything_was_measured_is_not_what_is_usual() -> None:
    rule = AlertRule(Comparison.ANOMALY, ValueKind.COUNT, value=0.01)
    assert fired(rule, days([0] * 60 + [30] * 8)) == []


def test_an_anomaly_is_told_with_what_is_usual_on_its_weekday() -> None:
    week: list[int | None] = [12, 12, 12, 12, 12, 3, 3]
    rule = AlertRule(Comparison.ANOMALY, ValueKind.COUNT, value=0.01)
    points = days([*week * 8, 12, 1])
    found = judge(rule, points, points[-1].bucket.first)[0]
    words = sentence(measure_of("qualified-leads"), rule, found)
    assert found.fires
    assert words.startswith("Qualified leads fell to 1 on Tue 28 Apr; usual on a Tuesday is ")


def test_rules_and_previews_are_told_in_words() -> None:
    about = measure_of("qualified-leads")
    assert rule_words(below(3), about) == "a day below 3"
    change = AlertRule(Comparison.CHANGE, ValueKind.COUNT, Grain.WEEK, "below", 0.3)
    assert rule_words(change, about) == "a week 30% below the week before"
    assert often_words(1, 180, Grain.DAY) == "It would have fired once in the last 180 days."
    assert often_words(0, 90, Grain.DAY) == "It would not have fired in the last 90 days."
    assert "too little history" in often_words(0, 0, Grain.WEEK)
