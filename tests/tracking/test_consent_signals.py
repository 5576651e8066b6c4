"""What messages say of consent, and what counts of everything that was said."""

import random
from dataclasses import replace as replace_plan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tracking_cast import PLAN, batch, draft_of, message, normalised, record

from leadline.kernel.errors import ConfigurationError
from leadline.tracking.consent import DEFAULT_CATEGORIES, How, Purpose, Said, Times, consent_rules, said_in
from leadline.tracking.normalise import Draft

RULES = consent_rules("analytics=profiling,functional=profiling,ads=sharing", "sharing")
PROFILING, MARKETING, SHARING = Purpose
CATEGORIES = ("analytics", "functional", "ads", "unmapped")


def verdicts(preferences: object, **more: object) -> dict[Purpose, bool]:
    said = said_in(RULES, "Page", {"consent": {"categoryPreferences": preferences, **more}}, {}, {})
    return {each.purpose: each.given for each in said}


def said(body: dict[str, object], **headers: str) -> dict[Purpose, Said]:
    (draft,) = normalised(replace(record(body), headers=headers))
    assert isinstance(draft, Draft), draft
    return {each.purpose: each for each in draft.consents}


@pytest.mark.parametrize("context", [{}, {"consent": None}, {"consent": {}}, {"consent": {"categoryPreferences": 5}}])
def test_without_preferences_nothing_is_said(context: dict[str, object]) -> None:
    assert draft_of(message(context=context)).consents == ()


def test_preferences_without_any_category_refuse_everything_that_is_mapped() -> None:
    assert verdicts({}) == {PROFILING: False, SHARING: False}


def test_of_several_categories_of_one_purpose_all_must_be_given_and_one_refuses() -> None:
    assert verdicts({"analytics": True}) == {}
    assert verdicts({"analytics": True, "functional": True}) == {PROFILING: True}
    assert verdicts({"analytics": True, "functional": False}) == {PROFILING: False}
    assert verdicts({"ads": False}) == {SHARING: False}


@given(st.dictionaries(st.sampled_from(CATEGORIES), st.booleans()))
def test_a_purpose_is_given_only_when_each_of_its_categories_is(preferences: dict[str, bool]) -> None:
    found = verdicts(preferences)
    for purpose, names in RULES.categories.items():
        assert (found.get(purpose) is True) == all(preferences.get(name) is True for name in names)
        assert (found.get(purpose) is False) == (not preferences or any(preferences.get(n) is False for n in names))


@pytest.mark.parametrize("odd", ["true", 1, None, [], {"a": 1}])
def test_what_is_neither_true_nor_false_says_nothing(odd: object) -> None:
    assert verdicts({"ads": odd, "unmapped": True}) == {}


def test_global_privacy_control_refuses_sharing_and_nothing_else() -> None:
    found = said(message(), **{"sec-gpc": "1"})
    assert found == {SHARING: Said(SHARING, False, How.GPC)}
    assert said(message(), **{"sec-gpc": "0"}) == {}


def test_global_privacy_control_refuses_everything_where_the_setting_says_so() -> None:
    rules = consent_rules(DEFAULT_CATEGORIES, "all")
    assert {each.purpose for each in said_in(rules, "Page", {}, {"sec-gpc": "1"}, {})} == set(Purpose)


def test_the_refusal_counts_where_a_message_says_two_things() -> None:
    consent = {"consent": {"categoryPreferences": {"advertising": True, "analytics": True}}}
    found = said(message(context=consent), **{"sec-gpc": "1"})
    assert found[SHARING].given is False
    assert found[SHARING].how is How.GPC
    assert found[PROFILING].given is True


@pytest.mark.parametrize(("value", "given"), [(True, False), ("true", False), (False, True), ("FALSE", True)])
def test_unsubscribing_refuses_marketing_and_its_contrary_takes_that_back(value: object, given: bool) -> None:
    found = said(message("identify", traits={"unsubscribed": value}))
    assert found == {MARKETING: Said(MARKETING, given, How.TRAIT)}


@pytest.mark.parametrize("value", [None, "", "perhaps", 1])
def test_another_value_of_unsubscribed_says_nothing(value: object) -> None:
    assert said(message("identify", traits={"unsubscribed": value})) == {}


def test_a_company_cannot_unsubscribe_a_person() -> None:
    assert said(message("group", groupId="g", traits={"unsubscribed": True})) == {}


@pytest.mark.parametrize("name", ["version", "textVersion"])
def test_the_version_of_the_text_is_kept_without_addresses(name: str) -> None:
    consent = {"categoryPreferences": {"analytics": True}, name: "2026-03 of jane@acme.example"}
    version = said(message(context={"consent": consent}))[PROFILING].version
    assert version.startswith("2026-03 of")
    assert "jane" not in version


def test_segments_event_of_a_choice_is_known_as_one() -> None:
    consent = {"categoryPreferences": {"analytics": False}}
    event = message(event="Segment Consent Preference Updated", context={"consent": consent})
    assert said(event)[PROFILING] == Said(PROFILING, False, How.CHOICE)


def test_segments_event_of_a_choice_breaks_no_plan() -> None:
    strict = replace_plan(PLAN, unplanned="block")
    choice = message(event="Segment Consent Preference Updated", properties={"anything": 1})
    results = normalised(record(choice), record(message(event="Unheard Of")), plan=strict)
    assert [type(each).__name__ for each in results] == ["Draft", "Rejection"]


def test_the_context_of_a_batch_speaks_for_its_messages() -> None:
    body = batch(message(), context={"consent": {"categoryPreferences": {"analytics": True}}})
    (draft,) = normalised(body)
    assert isinstance(draft, Draft)
    assert [each.purpose for each in draft.consents] == [PROFILING]


@pytest.mark.parametrize("text", ["analytics", "analytics=tracking", "=profiling"])
def test_categories_that_cannot_be_read_are_refused_with_advice(text: str) -> None:
    with pytest.raises(ConfigurationError, match="LEADLINE_CONSENT_CATEGORIES"):
        consent_rules(text, "sharing")


def test_an_unknown_reading_of_global_privacy_control_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="LEADLINE_GPC"):
        consent_rules(DEFAULT_CATEGORIES, "some")


# --- What counts

STATEMENTS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.booleans()), max_size=12)
"""(given, when, by hand)"""


def joined(statements: list[tuple[bool, int, bool]]) -> Times:
    found = Times()
    for given_, micros, by_hand in statements:
        found = found.joined(Times.of(given_, micros, by_hand=by_hand))
    return found


def by_brute_force(statements: list[tuple[bool, int, bool]]) -> bool | None:
    loud = [each for each in statements if each[2]] or statements
    if not loud:
        return None
    last = max(micros for _, micros, _ in loud)
    return all(given_ for given_, micros, _ in loud if micros == last)


@given(STATEMENTS)
def test_what_was_said_last_counts_and_by_hand_before_all_else(statements: list[tuple[bool, int, bool]]) -> None:
    assert joined(statements).verdict == by_brute_force(statements)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_order_and_repeats_make_no_difference(statements: list[tuple[bool, int, bool]], chance: random.Random) -> None:
    shuffled = statements + statements[: len(statements) // 2]
    chance.shuffle(shuffled)
    assert joined(shuffled) == joined(statements)


@given(STATEMENTS, STATEMENTS)
def test_whose_name_it_was_said_under_makes_no_difference(
    one: list[tuple[bool, int, bool]], other: list[tuple[bool, int, bool]]
) -> None:
    assert joined(one).joined(joined(other)) == joined(one + other)
