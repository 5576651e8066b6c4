"""What sales says moves leads at once, is kept, told to the feed, and refused with advice when it makes no sense."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user

from leadline.accounts.models import User
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.pipeline import sales
from leadline.pipeline.assigning import assign_waiting
from leadline.pipeline.happenings import contact_promises, qualification_events
from leadline.pipeline.identities import merge
from leadline.pipeline.rescoring import evaluate_leads
from leadline.pipeline.team import team_list, team_set, territory_set
from leadline.qualification.models import QualificationEvent, SalesAction, Seller, Standing, Transition
from leadline.qualification.records import records_of
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesState, SalesWord, Word

ADA = user("ada")
REP = Speaker("Kim")


@pytest.fixture
def ada(place: Installation) -> Iterator[Installation]:
    """A qualified lead, on Monday at ten."""
    place.receive(MONDAY, identify(ADA, MONDAY, email="ada@works.example", country="Germany"))
    at = MONDAY + hours(1)
    place.receive(at, track(ADA, "Quote Requested", at, quote_id="q1", seats=4))
    with time_machine.travel(at, tick=False):
        yield place


def lead(place: Installation) -> int:
    return place.lead("user-ada").pk


def say(place: Installation, kind: Word, at: datetime, note: str = "", **more: object) -> bool:
    word = SalesWord(kind.value, at, **more)
    return sales.say_of(place.engine, lead(place), word, REP, note)


def kinds() -> list[str]:
    return [event["kind"] for event in qualification_events(None)]


def test_accepting_keeps_a_lead_from_falling_and_gives_it_an_owner(ada: Installation) -> None:
    assert say(ada, Word.ACCEPT, MONDAY + hours(2))
    assert not say(ada, Word.ACCEPT, MONDAY + hours(3))
    ada.tick(MONDAY + days(59))
    standing = ada.standing("user-ada")
    assert (standing.stage, standing.owner, standing.accepted_at) == ("qualified", "Kim", MONDAY + hours(2))
    assert SalesAction.objects.count() == 1


def test_a_rejection_moves_the_lead_at_once_and_requalifying_undoes_it(ada: Installation) -> None:
    say(ada, Word.ACCEPT, MONDAY + hours(2))
    say(ada, Word.REJECT, MONDAY + hours(3), reason="vendor")
    standing = ada.standing("user-ada")
    assert (standing.stage, standing.rejection, standing.accepted_at) == ("disqualified", "vendor", None)
    move = Transition.objects.get(to_stage="disqualified")
    assert [reason["sentence"] for reason in move.reasons] == ["Rejected by sales: Sells to us"]
    with pytest.raises(TerminalError, match="Requalify it first"):
        say(ada, Word.ACCEPT, MONDAY + hours(4))
    say(ada, Word.REQUALIFY, MONDAY + hours(5))
    assert ada.stages("user-ada")[-1] == "qualified"
    assert ada.standing("user-ada").rejection == ""


def test_a_rejection_that_recycles_lasts_until_the_lead_is_active_again(ada: Installation) -> None:
    say(ada, Word.CONTACT, MONDAY + hours(2))
    say(ada, Word.REJECT, MONDAY + hours(3), reason="not_hiring")
    ada.tick(MONDAY + days(2))
    assert ada.stages("user-ada")[-1] == "recycled"
    at = MONDAY + days(3)
    ada.receive(at, track(ADA, "Quote Requested", at, quote_id="q2", seats=2))
    standing = ada.standing("user-ada")
    assert (standing.stage, standing.rejection, standing.contacted_at) == ("qualified", "", None)
    assert standing.contact_due_at == at + hours(1)
    ada.tick(at + hours(2))
    assert ada.stages("user-ada")[-1] == "qualified"


def test_an_override_ends_at_its_very_moment_however_ticks_fall(ada: Installation) -> None:
    end = MONDAY + days(2) + hours(5)
    say(ada, Word.OVERRIDE, MONDAY + hours(2), "They asked for peace", stage="profile_development", until=end)
    assert ada.standing("user-ada").stage == "profile_development"
    ada.tick(MONDAY + days(4))
    back = Transition.objects.order_by("at").last()
    assert back is not None
    assert (back.at, back.to_stage) == (end, "qualified")
    assert back.reasons[0]["sentence"] == "No longer held by hand"
    assert ada.standing("user-ada").override_stage == ""


def test_releasing_an_override_lets_the_rules_place_the_lead(ada: Installation) -> None:
    say(ada, Word.OVERRIDE, MONDAY + hours(2), "A test", stage="customer", until=MONDAY + days(9))
    assert not say(ada, Word.OVERRIDE, MONDAY + hours(2), "A test", stage="customer", until=MONDAY + days(9))
    say(ada, Word.RELEASE, MONDAY + hours(3))
    assert ada.stages("user-ada")[1:] == ["qualified", "customer", "qualified"]


@pytest.mark.parametrize(
    ("kind", "more", "note", "advice"),
    [
        (Word.REJECT, {"reason": "nope"}, "", "not_hiring, too_small, unreachable, job_seeker, vendor"),
        (Word.REJECT, {}, "", "needs a reason"),
        (Word.OVERRIDE, {"stage": "qualified", "until": None}, "why", "needs an end"),
        (Word.OVERRIDE, {"stage": "qualified", "until": MONDAY + days(400)}, "why", "a year at most"),
        (Word.OVERRIDE, {"stage": "qualified", "until": MONDAY + days(9)}, " ", "needs a reason"),
        (Word.OVERRIDE, {"stage": "best", "until": MONDAY + days(9)}, "why", "initial_engagement"),
        (Word.SNOOZE, {"until": MONDAY}, "", "in the future"),
        (Word.SNOOZE, {}, "", "needs an end"),
    ],
)
def test_nonsense_is_refused_with_advice(
    ada: Installation, kind: Word, more: dict[str, object], note: str, advice: str
) -> None:
    with pytest.raises(TerminalError) as refused:
        say(ada, kind, MONDAY + hours(2), note, **more)
    assert advice in str(refused.value)
    assert not SalesAction.objects.exists()


def test_nothing_can_be_said_of_a_visitor_or_of_nobody(place: Installation) -> None:
    place.receive(MONDAY, page({"anonymousId": "browser-x"}, MONDAY))
    visitor = place.lead("browser-x").pk
    with pytest.raises(TerminalError, match="visitor"):
        sales.say_of(place.engine, visitor, SalesWord("accept", MONDAY + hours(1)), REP)
    with pytest.raises(NotFoundError):
        sales.say_of(place.engine, 999, SalesWord("accept", MONDAY + hours(1)), REP)
    with pytest.raises(NotFoundError):
        sales.lead_accept(place.engine, "nobody@nowhere.example")


def test_the_reserved_event_is_a_word_too(ada: Installation) -> None:
    at = MONDAY + hours(1.5)
    ada.receive(at, track(ADA, "Lead Contacted", at, owner="Kim", channel="phone"))
    standing = ada.standing("user-ada")
    assert (standing.contacted_at, standing.owner) == (at, "Kim")
    ada.tick(MONDAY + days(3))
    assert ada.standing("user-ada").breached_at is None


def test_every_stage_is_told_once_with_what_a_reader_needs(ada: Installation) -> None:
    (told,) = qualification_events(ada.engine)
    assert (told["kind"], told["lead"], told["at"]) == ("stage_changed", lead(ada), (MONDAY + hours(1)).isoformat())
    assert {key: told["detail"][key] for key in ("from", "to", "grade", "owner")} == {
        "from": "initial_engagement",
        "to": "qualified",
        "grade": ada.standing("user-ada").grade,
        "owner": "",
    }
    assert told["detail"]["reasons"][0]["code"] == "trigger"
    say(ada, Word.REJECT, MONDAY + hours(2), reason="vendor")
    after = qualification_events(ada.engine, after=told["number"])
    assert [each["kind"] for each in after] == ["reject", "stage_changed"]
    assert qualification_events(ada.engine, limit=1) == [told]


def test_a_broken_promise_is_told_once(ada: Installation) -> None:
    due = MONDAY + hours(2)
    assert ada.standing("user-ada").contact_due_at == due
    ada.tick(due - hours(0.1))
    assert "sla_breached" not in kinds()
    for number in range(3):
        ada.tick(due + hours(number))
    assert kinds().count("sla_breached") == 1
    assert ada.standing("user-ada").breached_at == due
    say(ada, Word.CONTACT, due + hours(3))
    with time_machine.travel(due + hours(4)):
        told = contact_promises(ada.engine)
    assert (told["qualified"], told["kept"], told["broken"], told["median_minutes"]) == (1, 0, 1, 240)


def test_a_late_contact_breaks_the_promise_also_when_no_tick_saw_it(ada: Installation) -> None:
    say(ada, Word.CONTACT, MONDAY + hours(5))
    assert kinds().count("sla_breached") == 1
    assert ada.standing("user-ada").breached_at == MONDAY + hours(2)


def test_a_snooze_puts_the_promise_off(ada: Installation) -> None:
    say(ada, Word.SNOOZE, MONDAY + hours(1.5), until=MONDAY + days(2))
    ada.tick(MONDAY + days(1))
    assert ada.standing("user-ada").contact_due_at == MONDAY + days(2) + hours(1)
    assert "sla_breached" not in kinds()
    say(ada, Word.WAKE, MONDAY + days(1) + hours(1))
    ada.tick(MONDAY + days(1) + hours(2))
    assert "sla_breached" in kinds()


def seller(name: str, **fields: object) -> User:
    who = User.objects.create_user(f"{name}@leadline.test", "sound-the-depth-9", role=User.Role.SALES, name=name)
    Seller.objects.create(user=who, **fields)
    return who


def test_without_a_team_nobody_is_assigned(ada: Installation) -> None:
    ada.tick(MONDAY + hours(2))
    assert ada.standing("user-ada").owner == ""
    assert "assigned" not in kinds()
    assert "unassigned" not in kinds()


def test_a_qualified_lead_gets_the_seller_of_its_country(ada: Installation) -> None:
    seller("bo")
    cy = seller("cy")
    territory_set(ada.engine, "DACH", countries=["Germany", "AT"], sellers=["cy@leadline.test"])
    standing = ada.standing("user-ada")
    assert (standing.owner_user, standing.owner) == (cy, "cy")
    assert kinds()[-1] == "assigned"
    assert team_list(ada.engine)["sellers"][1]["open"] == 1
    assert assign_waiting(ada.engine, MONDAY + hours(3)) == 0


def test_whoever_finds_no_seller_is_told_once_and_tried_again(ada: Installation) -> None:
    seller("bo", capacity=0)
    for number in (2, 3):
        ada.tick(MONDAY + hours(number))
    events = [event for event in qualification_events(ada.engine) if event["kind"] == "unassigned"]
    assert [event["detail"]["why"] for event in events] == ["Everybody is full"]
    team_set(ada.engine, "bo@leadline.test", capacity=1)
    assert ada.standing("user-ada").owner == "bo"


def test_a_team_refuses_what_it_does_not_know(ada: Installation) -> None:
    seller("bo")
    with pytest.raises(TerminalError, match="Atlantis"):
        territory_set(ada.engine, "Sea", countries=["Atlantis"])
    with pytest.raises(NotFoundError):
        territory_set(ada.engine, "Sea", remove=True)
    with pytest.raises(NotFoundError):
        team_set(ada.engine, "nobody@leadline.test")


def test_what_was_said_of_somebody_counts_for_whom_they_were_merged_into(ada: Installation) -> None:
    say(ada, Word.REJECT, MONDAY + hours(2), reason="vendor")
    first = lead(ada)
    at = MONDAY + hours(3)
    ada.receive(at, identify(user("bea"), at, email="bea@works.example"))
    with time_machine.travel(at + hours(1)):
        merge(ada.engine, "user-ada", "user-bea")
    kept = ada.standing("user-bea")
    assert kept.lead_id != first
    assert (kept.rejection, kept.stage) == ("vendor", "disqualified")


SAID = st.lists(
    st.tuples(
        st.sampled_from([word for word in Word if word not in (Word.RECYCLED, Word.RETURNED, Word.ASSIGN)]),
        st.sampled_from(["vendor", "not_hiring"]),
        st.sampled_from(["qualified", "recycled", "customer", "profile_development"]),
        st.integers(1, 40),
        st.integers(1, 60),
    ),
    min_size=1,
    max_size=8,
)


@given(SAID)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_columns_are_always_what_the_words_say(
    ada: Installation, said: list[tuple[Word, str, str, int, int]]
) -> None:
    for model in (SalesAction, QualificationEvent):
        model.objects.all().delete()
    at = max(ada.standing("user-ada").scored_at, MONDAY + hours(1))
    evaluate_leads(ada.engine, [lead(ada)], at)
    for kind, reason, stage, wait, length in said:
        at += hours(wait)
        ada.tick(at)
        word = SalesWord(
            kind.value,
            at,
            reason=reason if kind is Word.REJECT else "",
            stage=stage if kind is Word.OVERRIDE else "",
            until=at + hours(length) if kind in (Word.OVERRIDE, Word.SNOOZE) else None,
        )
        try:
            sales.say_of(ada.engine, lead(ada), word, REP, "because")
        except LeadlineError:
            continue
        row = Standing.objects.get(pk=lead(ada))
        columns = SalesState(*(getattr(row, field.name) for field in fields(SalesState)))
        assert columns == records_of([lead(ada)])[lead(ada)].sales(ada.engine.ruleset, at)
