"""The rules of retention, told by examples. Bucket i is from 10 i to before 10 (i + 1)."""

from leadline.analytics.retention import Cohort, Counting, Retention, RetentionClock, is_complete, means, returns_of

BOUNDS = (0, 10, 20, 30, 40)


def wanted(**changes: object) -> Retention:
    return Retention(**{"bounds": BOUNDS, "span": 10, **changes})


def test_the_first_start_ever_decides_the_cohort() -> None:
    assert returns_of(wanted(), [-5, 12], [12]) == set()
    assert returns_of(wanted(cohort=Cohort.RECURRING), [-5, 12], [25]) == {(1, -1), (1, 0)}


def test_onwards_counts_who_comes_later() -> None:
    assert returns_of(wanted(counting=Counting.ONWARDS), [1], [35]) == {(0, -1), (0, 0), (0, 1), (0, 2)}
    assert returns_of(wanted(), [1], [35]) == {(0, -1), (0, 2)}


def test_a_bracket_is_from_one_edge_to_before_the_next() -> None:
    brackets = wanted(counting=Counting.BRACKETS, edges=(1, 3, 4))
    assert returns_of(brackets, [1], [25]) == {(0, -1), (0, 0)}
    assert returns_of(brackets, [1], [35]) == {(0, -1), (0, 1)}


def test_rolling_counts_from_each_persons_own_start() -> None:
    assert returns_of(wanted(clock=RetentionClock.ROLLING), [9], [11]) == {(0, -1)}
    assert returns_of(wanted(), [9], [11]) == {(0, -1), (0, 0)}


def test_a_cell_is_complete_when_its_bucket_is_over() -> None:
    assert is_complete(wanted(), 0, 0, now=20)
    assert not is_complete(wanted(), 0, 0, now=19)
    assert not is_complete(wanted(clock=RetentionClock.ROLLING), 0, 0, now=20 - 1)
    assert not is_complete(wanted(), 3, 0, now=1_000)  # outside the period


def test_the_weighted_mean_counts_people_and_the_simple_one_cohorts() -> None:
    assert means([(10, 5), (90, 0), (0, 0)]) == (0.05, 0.25)
    assert means([]) == (None, None)
