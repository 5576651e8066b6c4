"""What stands of what sales said."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from stage_cast import RULESET, START, day

from leadline.qualification.sales_words import SalesState, SalesWord, Word, first_contact, own_word, sales_state

LATER = day(100)
WORDS = st.lists(
    st.builds(
        SalesWord,
        st.sampled_from([word.value for word in Word]),
        st.integers(0, 20).map(day),
        st.sampled_from(["not_hiring", "vendor"]),
        st.sampled_from(["qualified", "recycled"]),
        st.one_of(st.none(), st.integers(0, 40).map(day)),
    ),
    max_size=12,
)


def state(*words: SalesWord, at: datetime = LATER) -> SalesState:
    return sales_state(words, at, RULESET)


def said(kind: Word, number: float, **more: object) -> SalesWord:
    return SalesWord(kind.value, day(number), **more)


def test_nothing_stands_of_nothing() -> None:
    assert state() == SalesState()


def test_the_first_acceptance_counts_and_the_latest_contact() -> None:
    words = (said(Word.ACCEPT, 1), said(Word.CONTACT, 2), said(Word.ACCEPT, 3), said(Word.CONTACT, 4))
    assert state(*words) == SalesState(accepted_at=day(1), contacted_at=day(4))
    assert first_contact(words) == day(2)


def test_a_rejection_ends_acceptance_snooze_and_override() -> None:
    words = (
        said(Word.ACCEPT, 1),
        said(Word.SNOOZE, 1, until=day(9)),
        said(Word.OVERRIDE, 1, stage="qualified", until=LATER + timedelta(days=1)),
        said(Word.REJECT, 2, reason="vendor"),
    )
    assert state(*words) == SalesState(rejection="vendor", rejected_at=day(2))
    assert state(*words, said(Word.ACCEPT, 3)).accepted_at is None
    assert state(*words, said(Word.REQUALIFY, 3), said(Word.ACCEPT, 4)) == SalesState(accepted_at=day(4))


def test_an_override_ends_by_itself_or_is_released() -> None:
    held = said(Word.OVERRIDE, 1, stage="qualified", until=day(9))
    assert state(held, at=day(9) - timedelta(microseconds=1)).override_stage == "qualified"
    assert state(held, at=day(9)) == SalesState()
    assert state(held, said(Word.RELEASE, 2), at=day(3)) == SalesState()


def test_recycling_releases_and_coming_back_ends_the_rejection_that_recycled() -> None:
    words = (said(Word.ACCEPT, 1), said(Word.CONTACT, 1), said(Word.RECYCLED, 2))
    assert state(*words) == SalesState()
    assert first_contact(words) is None
    no = said(Word.REJECT, 1, reason="not_hiring")
    assert state(no, said(Word.RECYCLED, 1), said(Word.RETURNED, 5)) == SalesState()
    vendor = said(Word.REJECT, 1, reason="vendor")
    assert state(vendor, said(Word.RETURNED, 5)).rejection == "vendor"


def test_the_machine_says_nothing_about_what_sales_moved() -> None:
    assert own_word("qualified", "recycled", START, {"silence"}) == said(Word.RECYCLED, 0)
    assert own_word("recycled", "qualified", START, {"active_again"}) == said(Word.RETURNED, 0)
    for code in ("override", "requalified"):
        assert own_word("qualified", "recycled", START, {code}) is None
        assert own_word("recycled", "qualified", START, {code}) is None
    assert own_word("initial_engagement", "qualified", START, {"trigger"}) is None


@given(WORDS, st.integers(0, 40).map(day))
def test_later_words_change_nothing_that_stood_before(words: list[SalesWord], at: datetime) -> None:
    known = [word for word in words if word.at <= at]
    assert sales_state(words, at, RULESET) == sales_state(known, at, RULESET)


@given(WORDS, st.integers(0, 40).map(day))
def test_who_is_rejected_is_in_nobodys_hands(words: list[SalesWord], at: datetime) -> None:
    stands = sales_state(words, at, RULESET)
    assert not (stands.rejection and stands.accepted_at)
    assert bool(stands.rejection) == (stands.rejected_at is not None)
    assert stands.override_until is None or stands.override_until > at


@given(WORDS)
def test_saying_it_again_at_once_changes_nothing(words: list[SalesWord]) -> None:
    twice = [again for word in words for again in (word, word)]
    assert sales_state(twice, LATER, RULESET) == sales_state(words, LATER, RULESET)
