"""The examples of a ruleset: invented people, and what must come out."""

import pytest

from leadline.qualification.examples import failing_examples, run_examples
from leadline.scoring.document import bundled_ruleset, load_ruleset

TEXT = bundled_ruleset("offshore-staffing").read_text()
RULES = TEXT[: TEXT.index("\nexamples:")]


def told(examples: str) -> list[str]:
    """What the examples of a text fail with."""
    results = run_examples(load_ruleset(f"{RULES}\nexamples:\n{examples}"))
    return [failure for result in results for failure in result.failures]


@pytest.mark.parametrize("name", ["offshore-staffing", "course-platform"])
def test_bundled_examples_pass(name: str) -> None:
    ruleset = load_ruleset(bundled_ruleset(name).read_text())
    assert len(run_examples(ruleset)) == len(ruleset.examples) >= 2
    assert failing_examples(ruleset) == []


def test_the_job_seeker_of_the_default_ruleset_fails_when_the_rules_forget_them() -> None:
    text = TEXT.replace("{intent: work}", "{intent: hire}", 1).replace("[Job Application Submitted]", "[Job Applied]")
    failing = {result.name: result.failures for result in failing_examples(load_ruleset(text))}
    assert failing["job seeker is disqualified"] == [
        "disqualified by nothing, expected job_seeker_intent.",
        "stage is qualified, expected disqualified (Requested a quote for 1 seat).",
    ]


def test_a_changed_weight_fails_the_examples_that_are_exact() -> None:
    failing = failing_examples(load_ruleset(TEXT.replace("weight: 35, full_at: 6", "weight: 36, full_at: 6")))
    assert [result.name for result in failing] == ["hurried quote", "hurried quote, three weeks later", "learner"]
    assert failing[0].failures[0].startswith("total is 36.")


QUOTE = "events: [{event: Quote Requested, days_ago: 1, properties: {quote_id: q, seats: 4}}]"


@pytest.mark.parametrize(
    ("expect", "failure"),
    [
        ("{grade: A}", "grade is C, expected A."),
        ("{total: {at_least: 90}}", "total is 29."),
        ("{total: {at_most: 1}}", "expected at most 1."),
        ("{total: {at_least: 1, at_most: 2}}", "expected at least 1 and at most 2."),
        ("{fit: 1}", "fit is 3, expected 1."),
        ("{quote_requests: 50}", "quote_requests is 9"),
        ("{disqualified: true}", "disqualified by nothing, expected any."),
        ("{stage: qualified}", "stage is initial_engagement, expected qualified."),
    ],
)
def test_a_failing_expectation_says_what_came_out(expect: str, failure: str) -> None:
    (found,) = told(f"  someone: {{{QUOTE}, expect: {expect}}}")
    assert failure in found


def test_numbers_are_exact_to_six_decimals() -> None:
    (found,) = told(f"  someone: {{{QUOTE}, expect: {{total: 1}}}}")
    exact = found.split()[2].rstrip(",")
    assert told(f"  someone: {{{QUOTE}, expect: {{total: {exact}}}}}") == []
    assert told(f"  someone: {{{QUOTE}, expect: {{total: {float(exact) + 0.000001:.6f}}}}}") != []


def test_a_person_is_known_by_an_address_or_a_user_id() -> None:
    known = QUOTE.replace("properties", "userId: u1, properties")
    phone = "traits: {phone: +49 30 1234}, expect: {stage: qualified}"
    assert told(f"  by id: {{{known}, {phone}}}") == []
    assert told(f"  by address: {{{QUOTE}, traits: {{email: a@b.example}}, expect: {{stage: qualified}}}}") == []
    assert told(f"  visitor: {{{QUOTE}, {phone}}}") != []


def test_an_example_of_a_day_and_time_stamps() -> None:
    event = "{event: Quote Requested, timestamp: 2026-05-01T10:00:00Z, properties: {quote_id: q}}"
    assert told(f"  dated: {{as_of: 2026-05-22, events: [{event}], expect: {{quote_requests: 50}}}}") == []


def test_traits_are_known_before_the_first_event() -> None:
    traits = "{email: a@b.example, title: x, phone: x, company_name: x, employees: 3, industry: x, country: GB}"
    events = "[{event: Quiz Completed, days_ago: 9, properties: {score: 80}}, {event: Tool Used, days_ago: 2}]"
    assert (
        told(
            f"  prepared: {{events: {events}, traits: {traits}, expect: {{quiz_results: 100, profile_completion: 75}}}}"
        )
        == []
    )
