"""Numbers as sentences."""

import pytest
from score_cast import AS_OF, DEFAULT, ONE, happened, profile, quote_history

from leadline import LeadScoringEngine
from leadline.scoring.engine import score_raws
from leadline.scoring.history import read_history
from leadline.scoring.ruleset import Factor
from leadline.scoring.sentences import conversion_sentence, seats_and_roles, sentence_for, strongest
from leadline.scoring.stage_terms import ConversionRule

ENGINE = LeadScoringEngine(DEFAULT)
QUOTE = next(rule for rule in DEFAULT.conversions if rule.name == "quote_requested")


def factor(name: str) -> Factor:
    return DEFAULT.factors[DEFAULT.factor_index(name)]


def told(name: str, amount: float, *, plain: bool = True) -> str:
    """The sentence of one factor that measured so much."""
    raws = [0] * len(DEFAULT.measures)
    raws[DEFAULT.factor_index(name)] = round(amount * ONE)
    score = score_raws(raws, DEFAULT)
    return sentence_for(factor(name), score, plain=round(amount * ONE) if plain else None)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [(1, "Completed a tool once"), (2, "Completed a tool twice"), (5, "Completed a tool 5 times")],
)
def test_times_are_once_twice_and_then_numbers(amount: int, sentence: str) -> None:
    assert told("tool_usage", amount) == sentence


@pytest.mark.parametrize(
    ("name", "amount", "sentence"),
    [
        ("content_completion", 1, "Finished 1 piece of content"),
        ("content_completion", 12, "Finished 12 pieces of content"),
        ("return_frequency", 1, "Came back on 1 day"),
        ("course_completion", 2, "Completed 2 courses"),
        ("time_spent", 61, "Spent 1 engaged minute"),
        ("time_spent", 5400, "Spent 90 engaged minutes"),
        ("quiz_results", 62.5, "Scored 62.5 in the readiness quiz"),
        ("team_size", 1, "Wants 1 seat"),
        ("profile_completion", 1, "Filled 1 of 8 profile fields"),
        ("quote_requests", 1, "Requested a quote"),
    ],
)
def test_what_follows_a_1_is_singular(name: str, amount: float, sentence: str) -> None:
    assert told(name, amount) == sentence


@pytest.mark.parametrize(
    ("name", "amount", "sentence"),
    [
        ("tool_usage", 1.9, "Completed a tool at least twice"),
        ("return_frequency", 2.2, "Came back on at least 3 days"),
        ("time_spent", 100, "Spent at least 1 engaged minute"),
        ("time_spent", 30, "Spent some engaged minutes"),
        ("role_builder_progress", 47.6, "Built a role to at least 47 %"),
        ("quiz_results", 75, "Scored 75 in the readiness quiz"),
    ],
)
def test_a_decayed_measure_says_at_least(name: str, amount: float, sentence: str) -> None:
    assert told(name, amount, plain=False) == sentence


def test_the_plain_numbers_of_a_history_ignore_decay_and_caps() -> None:
    events = [happened(day, "Tool Used", completed=True) for day in (30, 30, 30, 30, 2)]
    data = {"events": events, "as_of": AS_OF}
    history, score = read_history(data), ENGINE.calculate_score(data)
    plain = ENGINE.undecayed(history.events, history.traits, history.as_of)
    tools = factor("tool_usage")
    assert sentence_for(tools, score, plain[DEFAULT.factor_index("tool_usage")]) == "Completed a tool 5 times"


def test_the_strongest_factor_gives_most_to_the_total() -> None:
    assert strongest(ENGINE.calculate_score(quote_history())).name == "quote_requests"
    assert strongest(ENGINE.calculate_score({"traits": profile(8), "as_of": AS_OF})).name == "profile_completion"
    assert strongest(ENGINE.calculate_score({})) is None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"seats": 4, "roles": ["bookkeeper"]}, "Requested a quote for 4 bookkeepers"),
        ({"seats": 1, "roles": ["bookkeeper"]}, "Requested a quote for 1 bookkeeper"),
        (
            {"seats": 6, "roles": ["bookkeeper", "web developer"]},
            "Requested a quote for 6 seats: bookkeeper, web developer",
        ),
        ({"seats": 4}, "Requested a quote for 4 seats"),
        ({"roles": ["bookkeeper"]}, "Requested a quote for bookkeepers"),
        ({"seats": 4, "roles": [{"title": "web developer"}]}, "Requested a quote for 4 web developers"),
        ({"seats": None, "roles": []}, "Requested a quote"),
        ({}, "Requested a quote"),
    ],
)
def test_a_quote_says_for_whom(facts: dict[str, object], sentence: str) -> None:
    assert conversion_sentence(QUOTE, facts) == sentence


def test_a_missing_fact_takes_its_clause_along() -> None:
    rule = ConversionRule("upgrade", "Upgraded", sentence="Upgraded to {plan} worth {amount} a month")
    assert conversion_sentence(rule, {"plan": "Team", "amount": 99}) == "Upgraded to Team worth 99 a month"
    assert conversion_sentence(rule, {"amount": 99.5}) == "Upgraded worth 99.5 a month"


def test_roles_may_be_one_text() -> None:
    assert seats_and_roles(3, "virtual_assistant") == "3 virtual assistants"
