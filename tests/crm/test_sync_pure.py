"""The pure parts of the sync loop: backoff, circuit breaker, bisecting, stamps, secrets cut out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.backoff import BASE_SECONDS, LONGEST_SECONDS, bound, pause
from leadline.crm.bisecting import bisected
from leadline.crm.breaker import SHORTEST_SECONDS, THRESHOLD, Breaker, after_failure, after_success
from leadline.crm.calling import Calls, OutageError
from leadline.crm.choosing import choose, mixed
from leadline.crm.errors import RateLimitedError, RejectedError, UnreachableError
from leadline.crm.records import Outcome, Sent
from leadline.crm.redacting import MASK, without

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROLLS = st.floats(0, 1, exclude_max=True)


class TestBackoff:
    """Full jitter under a bound that doubles."""

    @given(st.integers(0, 10_000), ROLLS)
    def test_a_pause_lies_between_nothing_and_its_bound(self, attempts: int, roll: float) -> None:
        assert 0 <= pause(attempts, roll) <= bound(attempts) <= LONGEST_SECONDS

    @given(st.integers(1, 100))
    def test_the_bound_doubles_up_to_the_longest(self, attempts: int) -> None:
        assert bound(attempts + 1) == min(2 * bound(attempts), LONGEST_SECONDS)

    def test_the_first_bound_is_the_base(self) -> None:
        assert bound(1) == BASE_SECONDS

    def test_the_roll_spreads_over_the_whole_bound(self) -> None:
        assert pause(3, 0.0) == 0.0
        assert pause(3, 0.5) == 2 * BASE_SECONDS


class TestBreaker:
    """Counts failures in a row."""

    @given(st.lists(st.one_of(st.none(), ROLLS), max_size=30))
    def test_it_is_open_when_the_last_calls_failed_and_only_then(self, calls: list[float | None]) -> None:
        breaker, failed = Breaker(), 0
        for roll in calls:
            breaker = after_success() if roll is None else after_failure(breaker, NOW, roll)
            failed = 0 if roll is None else failed + 1
            assert breaker.failures == failed
            assert breaker.blocks(NOW) == (failed >= THRESHOLD)

    @given(st.integers(THRESHOLD - 1, 60), ROLLS)
    def test_it_opens_for_no_less_than_the_shortest_and_no_more_than_the_longest_time(
        self, failures: int, roll: float
    ) -> None:
        until = after_failure(Breaker(failures), NOW, roll).closed_until
        assert until is not None
        assert SHORTEST_SECONDS <= (until - NOW).total_seconds() <= LONGEST_SECONDS

    @given(st.integers(0, 20), ROLLS, st.floats(0, 100_000))
    def test_it_opens_at_once_for_as_long_as_the_vendor_says(self, failures: int, roll: float, seconds: float) -> None:
        until = after_failure(Breaker(failures), NOW, roll, retry_after=seconds).closed_until
        assert until is not None
        assert until >= NOW + timedelta(seconds=seconds)

    def test_it_closes_when_its_time_has_come(self) -> None:
        breaker = Breaker(THRESHOLD, NOW + timedelta(seconds=10))
        assert breaker.blocks(NOW)
        assert not breaker.blocks(NOW + timedelta(seconds=10))


class TestCalls:
    """What is waited out, and what ends a run."""

    def silent(self) -> Sent:
        self.made += 1
        raise UnreachableError("Nobody answers.")

    def test_once_the_circuit_is_open_nothing_more_is_called(self) -> None:
        self.made = 0
        calls = Calls(Breaker(), lambda: NOW, lambda _: None, lambda: 0.5)
        for _ in range(THRESHOLD + 2):
            with pytest.raises(UnreachableError if self.made < THRESHOLD - 1 else OutageError):
                calls.ask(self.silent)
        assert self.made == THRESHOLD

    def test_the_vendor_is_given_the_time_it_asks_for_and_jitter(self) -> None:
        waited: list[float] = []
        answers = iter([RateLimitedError("", retry_after=7.0), RateLimitedError(""), None])
        calls = Calls(Breaker(), lambda: NOW, waited.append, lambda: 0.5)

        def answer() -> str:
            if (error := next(answers)) is not None:
                raise error
            return "there"

        assert calls.ask(answer) == "there"
        assert waited == [7.5, 1.0]

    def test_a_longer_wait_is_left_to_the_next_run(self) -> None:
        calls = Calls(Breaker(), lambda: NOW, lambda _: None, lambda: 0.5)

        def answer() -> str:
            raise RateLimitedError("", retry_after=900.0)

        with pytest.raises(OutageError):
            calls.ask(answer)
        assert calls.breaker.closed_until == NOW + timedelta(seconds=900)


class Vendor:
    """Refuses every batch with one of `bad` in it; one call after another is not answered, where `silent` says so."""

    def __init__(self, bad: set[int], silent: frozenset[int] = frozenset()) -> None:
        self.bad, self.silent, self.calls, self.kept = bad, silent, 0, list[int]()

    def send(self, rows: Sequence[int]) -> Sequence[Sent]:
        self.calls += 1
        if self.calls in self.silent:
            raise UnreachableError("Nobody answers.")
        if self.bad & set(rows):
            raise RejectedError("A row is bad.", vendor_code="422", advice="Mend it.")
        self.kept += rows
        return [Sent(Outcome.UPDATED, str(row)) for row in rows]


class TestBisecting:
    """The bad rows of a batch stand alone in the end."""

    @given(st.integers(1, 70), st.data())
    def test_exactly_the_bad_rows_are_refused_and_all_others_arrive_once(self, count: int, data: st.DataObject) -> None:
        bad = data.draw(st.sets(st.integers(0, count - 1)))
        vendor = Vendor(bad)
        answers = bisected(range(count), vendor.send)
        assert [row for row, sent in enumerate(answers) if sent.outcome is Outcome.REFUSED] == sorted(bad)
        assert sorted(vendor.kept) == [row for row in range(count) if row not in bad]
        assert vendor.calls <= 1 + 2 * len(bad) * (1 + count.bit_length())

    def test_a_refused_row_has_the_vendors_words(self) -> None:
        (sent,) = bisected([7], Vendor({7}).send)
        assert (sent.code, sent.message, sent.advice) == ("422", "A row is bad.", "Mend it.")

    def test_a_half_that_gets_no_answer_is_for_later(self) -> None:
        vendor = Vendor({0}, silent=frozenset({2}))
        answers = bisected(range(4), vendor.send)
        assert [sent.outcome for sent in answers] == [Outcome.LATER, Outcome.LATER, Outcome.UPDATED, Outcome.UPDATED]

    def test_when_the_first_call_gets_no_answer_nobody_is_blamed(self) -> None:
        with pytest.raises(UnreachableError):
            bisected(range(4), Vendor(set(), silent=frozenset({1})).send)

    def test_answers_that_are_not_one_a_row_are_a_fault(self) -> None:
        with pytest.raises(ValueError, match="3 rows were sent and 1 answers"):
            bisected(range(3), lambda _: [Sent(Outcome.UPDATED)])


class TestChoosing:
    """Stamps, and who is looked at because of them."""

    @given(st.integers(0, 2**63 - 1), st.integers(0, 10_000))
    def test_a_mixed_stamp_fits_a_column_and_is_never_the_one_for_look_again(self, stamp: int, version: int) -> None:
        assert 0 < mixed(stamp, version) < 2**63

    @given(st.integers(0, 2**63 - 1), st.integers(1, 1000), st.integers(1, 1000))
    def test_another_mapping_is_another_stamp(self, stamp: int, one: int, other: int) -> None:
        assert (mixed(stamp, one) == mixed(stamp, other)) == (one == other)

    def test_only_who_changed_or_is_due_is_looked_at(self) -> None:
        later, before = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
        standing = {
            1: (1, 11, "", False, None),  # as it was
            2: (2, 99, "", False, None),  # changed
            3: (3, 13, "", False, before),  # due
            4: (4, 99, "", False, later),  # changed, and waits
            5: (5, 99, "deleted", False, None),  # changed, and is at rest
            6: (6, 16, "", True, None),  # parked, as it was
            7: (7, 99, "", True, None),  # parked, and changed
        }
        stamps = {lead: 10 + lead for lead in (*standing, 8)}
        choice = choose(standing, stamps, NOW)
        assert choice.leads == [2, 3, 7, 8]
        assert choice.linked == [2, 4, 5, 7]
        assert choice.resting == [5]

    def test_a_lead_that_is_no_more_is_looked_at_once(self) -> None:
        assert choose({1: (1, 11, "", False, None)}, {}, NOW).leads == [1]
        assert choose({1: (1, 1, "", False, None)}, {}, NOW).leads == []

    def test_who_is_asked_for_is_looked_at_whatever_the_stamps_say_and_nobody_else(self) -> None:
        standing = {1: (1, 11, "", False, None), 2: (2, 99, "", False, None)}
        assert choose(standing, {1: 11, 2: 12, 3: 13}, NOW, only=[1, 3]).leads == [1, 3]


class TestSecrets:
    """Cut out of what vendors say."""

    @given(
        st.lists(st.text("abcdef0123456789", min_size=4, max_size=12), max_size=4),
        st.text("abcdef0123456789 ", max_size=80),
    )
    def test_no_secret_is_left(self, secrets: list[str], text: str) -> None:
        told = without(" ".join([text, *secrets]), secrets)
        assert not [secret for secret in secrets if secret in told.replace(MASK, "|")]

    def test_the_rest_stays(self) -> None:
        assert without("the key s3cr3t is not good", ["s3cr3t"]) == f"the key {MASK} is not good"
