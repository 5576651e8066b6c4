"""Penalties and disqualifications: gates over measures."""

from score_cast import AS_OF, DEFAULT, happened, quote_history

from leadline import LeadScoringEngine

ENGINE = LeadScoringEngine(DEFAULT)


def quote_with(*events: dict[str, object], **traits: object) -> dict[str, object]:
    history = quote_history()
    return history | {"events": [*history["events"], *events], "traits": history["traits"] | traits}


def test_a_missed_call_takes_15_points_of_conversion_for_14_days() -> None:
    fresh = ENGINE.calculate_score(quote_with(happened(13, "Strategy Call Missed", call_id="c")))
    assert (fresh.conversion.score, fresh.penalties) == (34.486833, ("missed_call",))
    old = ENGINE.calculate_score(quote_with(happened(14, "Strategy Call Missed", call_id="c")))
    assert (old.conversion.score, old.penalties) == (49.486833, ())


def test_a_free_mail_address_takes_10_points_of_readiness() -> None:
    score = ENGINE.calculate_score(quote_with(email="owner@gmail.com"))
    assert (score.readiness.score, score.penalties) == (1.25, ("free_mail_address",))
    assert score.disqualifications == ()


def test_a_dimension_never_goes_below_0() -> None:
    missed = {"events": [happened(0, "Strategy Call Missed")], "traits": {"email": "a@gmx.de"}, "as_of": AS_OF}
    score = ENGINE.calculate_score(missed)
    assert (score.conversion.score, score.readiness.score) == (0.0, 0.0)
    assert score.penalties == ("missed_call", "free_mail_address")
    assert (score.engagement.score, score.total) == (4.166667, 0.833333)


def test_a_job_seeker_is_disqualified_and_keeps_the_score() -> None:
    applied = ENGINE.calculate_score(quote_with(happened(700, "Job Application Submitted")))
    assert applied.disqualifications == ("job_application",)
    assert applied.total == 36.966504


def test_intent_work_disqualifies_and_intent_hire_does_not() -> None:
    work = ENGINE.calculate_score(quote_with(happened(5, "Signed Up", intent="work")))
    hire = ENGINE.calculate_score(quote_with(happened(5, "Signed Up", intent="hire")))
    assert (work.disqualifications, hire.disqualifications) == (("job_seeker_intent",), ())


def test_addresses_of_tests_and_disposable_ones_disqualify() -> None:
    test = ENGINE.calculate_score(quote_with(email="qa+1@acme.example"))
    disposable = ENGINE.calculate_score(quote_with(email="x@mailinator.com"))
    assert (test.disqualifications, disposable.disqualifications) == (("own_or_test",), ("disposable_address",))
