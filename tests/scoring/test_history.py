"""What the scoring SDK takes: Segment messages, Events, traits under many names."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score_cast import AS_OF, DEFAULT, change, event, happened, learner_history, profile, quote_history

from leadline import LeadScorer, LeadScoringEngine, UserData
from leadline.kernel.errors import DocumentError
from leadline.scoring.history import read_history

ENGINE = LeadScoringEngine(DEFAULT)


def test_a_mapping_and_user_data_are_the_same() -> None:
    history = quote_history()
    assert ENGINE.calculate_score(UserData(**history)) == ENGINE.calculate_score(history)


def test_as_of_is_a_day_a_moment_or_text() -> None:
    moments = [
        "2026-03-01",
        "2026-03-01T23:59:59Z",
        "2026-03-02T00:30:00+01:00",
        datetime(2026, 3, 1, tzinfo=UTC),
        AS_OF,
    ]
    scores = {ENGINE.calculate_score(quote_history() | {"as_of": each}).total_micro for each in moments}
    assert scores == {36_966_504}


def test_without_as_of_it_is_today() -> None:
    assert read_history({}).as_of in {date.today(), datetime.now(UTC).date()}  # noqa: DTZ011  # either side of midnight


def test_a_repeated_message_counts_once() -> None:
    once = happened(0, "Tool Used", completed=True) | {"messageId": "m1"}
    score = LeadScorer().score_lead({"events": [once, once], "as_of": AS_OF})
    assert score.engagement.tool_usage.raw == 1.0


def test_equal_messages_without_an_id_are_two() -> None:
    tool = happened(0, "Tool Used", completed=True)
    assert LeadScorer().score_lead({"events": [tool, tool], "as_of": AS_OF}).engagement.tool_usage.raw == 2.0


def test_nested_and_camel_case_traits_are_the_profile() -> None:
    traits = {"jobTitle": "Owner", "company": {"name": "Acme", "employees": 12, "industry": "retail"}, "phone": ""}
    score = ENGINE.calculate_score({"traits": traits, "as_of": AS_OF})
    assert score.readiness.profile_completion.raw == 4.0


def test_identify_and_group_messages_bring_traits_of_their_time() -> None:
    when = "2026-02-01T10:00:00Z"
    events = [
        {"type": "identify", "userId": "u", "timestamp": when, "traits": {"title": "Owner", "email": "a@web.de"}},
        {"type": "group", "groupId": "g", "timestamp": when, "traits": {"name": "Acme", "industry": "retail"}},
    ]
    after = ENGINE.calculate_score({"events": events, "as_of": "2026-02-01"})
    before = ENGINE.calculate_score({"events": events, "as_of": "2026-01-31"})
    assert (after.readiness.profile_completion.raw, after.penalties) == (3.0, ("free_mail_address",))
    assert (before.readiness.profile_completion.raw, before.penalties) == (0.0, ())


def test_events_and_trait_changes_are_taken_as_they_are() -> None:
    events = [event(0, "Tool Used", completed=True), event(0, "Tool Used", identity=2, completed=True)]
    score = ENGINE.calculate_score({"events": events, "traits": [change(1, "title", "Owner")], "as_of": AS_OF})
    assert (score.engagement.tool_usage.raw, score.readiness.profile_completion.raw) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("given_data", "path"),
    [
        ({"events": [{"type": "track", "event": "X"}]}, "events[0].timestamp"),
        ({"events": [{"type": "track", "event": "X", "timestamp": "yesterday"}]}, "events[0].timestamp"),
        ({"events": [{"type": "track", "timestamp": "2026-01-01"}]}, "events[0].event"),
        ({"events": [7]}, "events[0]"),
        ({"as_of": "soon"}, "as_of"),
        ({"evnets": []}, "evnets"),
    ],
)
def test_a_fault_names_its_place(given_data: dict[str, object], path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        ENGINE.calculate_score(given_data)
    assert caught.value.message.startswith(f"{path}:")


@settings(deadline=None)  # shared cores
@given(st.data())
def test_the_order_of_events_does_not_matter(data: st.DataObject) -> None:
    history = data.draw(st.sampled_from([quote_history(), quote_history(40), learner_history()]))
    extra = [happened(day, "Quiz Completed", score=day) for day in (2, 3, 3)]
    extra += [happened(2, "Strategy Call Booked", call_id="c"), happened(2, "Strategy Call Cancelled", call_id="c")]
    events = [*history["events"], *extra]
    shuffled = data.draw(st.permutations(events))
    assert ENGINE.calculate_score(history | {"events": shuffled}) == ENGINE.calculate_score(
        history | {"events": events}
    )


def test_two_runs_give_the_same_bits() -> None:
    assert ENGINE.calculate_score(learner_history()).as_dict() == ENGINE.calculate_score(learner_history()).as_dict()


def test_profile_traits_are_all_eight() -> None:
    assert ENGINE.calculate_score({"traits": profile(8), "as_of": AS_OF}).readiness.profile_completion.score == 100.0


def test_what_a_robot_sent_counts_for_nothing() -> None:
    agent = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    tool = {"event": "Tool Used", "timestamp": "2026-11-20T10:00:00Z", "properties": {"tool": "x", "completed": True}}
    title = {"type": "identify", "timestamp": "2026-11-20T10:00:00Z", "traits": {"title": "CEO"}}
    history = read_history({"events": [tool, {**tool, "context": agent}, {**title, "context": agent}]})
    assert [event.noise for event in history.events] == ["", "bot", "bot"]
    assert history.traits == ()
