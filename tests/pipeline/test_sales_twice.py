"""Clicks that come twice, late or in between: words of sales beside a pipeline that is at work."""

import threading
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest
import time_machine
from pipeline_cast import MONDAY, Installation, days, hours, identify, track, user

from leadline.accounts.models import User
from leadline.pipeline import sales
from leadline.pipeline.assigning import AT_ONCE, assign_waiting
from leadline.pipeline.happenings import qualification_events
from leadline.pipeline.team import territory_set
from leadline.pipeline.tick import TickReport, tick
from leadline.qualification.models import SalesAction, Seller, Standing, Transition
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word
from leadline.tracking.models import Lead

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


def say(place: Installation, kind: Word, at: datetime, note: str = "", **more: object) -> bool:
    word = SalesWord(kind.value, at, **more)
    return sales.say_of(place.engine, place.lead("user-ada").pk, word, REP, note)


def seller(name: str, **fields: object) -> User:
    who = User.objects.create_user(f"{name}@leadline.test", "sound-the-depth-9", role=User.Role.SALES, name=name)
    Seller.objects.create(user=who, **fields)
    return who


def breaches(place: Installation) -> int:
    return sum(event["kind"] == "sla_breached" for event in qualification_events(place.engine))


def test_a_snooze_or_override_that_is_clicked_twice_is_said_once(ada: Installation) -> None:
    at, again = MONDAY + hours(2), MONDAY + hours(2.001)
    assert say(ada, Word.SNOOZE, at, until=at + days(3))
    assert not say(ada, Word.SNOOZE, again, until=again + days(3))
    assert say(ada, Word.OVERRIDE, at, "why", stage="customer", until=at + days(3))
    assert not say(ada, Word.OVERRIDE, again, "why", stage="customer", until=again + days(3))
    assert SalesAction.objects.count() == 2
    assert say(ada, Word.SNOOZE, again, until=again + days(7))


def test_waking_a_lead_gives_time_for_the_call(ada: Installation) -> None:
    say(ada, Word.SNOOZE, MONDAY + hours(1.5), until=MONDAY + days(3))
    woken = MONDAY + days(1) + hours(1)
    say(ada, Word.WAKE, woken)
    standing = ada.standing("user-ada")
    assert (standing.snoozed_until, standing.contact_due_at) == (woken, woken + hours(1))
    ada.tick(woken + hours(0.5))
    assert breaches(ada) == 0


def test_a_snooze_after_the_breach_does_not_undo_it(ada: Installation) -> None:
    due = MONDAY + hours(2)
    ada.tick(due + hours(1))
    say(ada, Word.SNOOZE, due + hours(2), until=MONDAY + days(2))
    say(ada, Word.CONTACT, MONDAY + days(2))
    assert ada.standing("user-ada").breached_at == due
    assert breaches(ada) == 1


def test_what_sales_says_lets_the_forecast_be_made_again(ada: Installation) -> None:
    for number, word in enumerate((Word.ACCEPT, Word.CONTACT), start=2):
        Standing.objects.update(forecast_made_at=MONDAY + days(30))
        assert say(ada, word, MONDAY + hours(number))
        assert ada.standing("user-ada").forecast_made_at is None


def test_a_click_that_waited_while_the_lead_moved_keeps_the_moves_in_order(ada: Installation) -> None:
    clicked, moved = MONDAY + hours(2), MONDAY + hours(2.01)
    say(ada, Word.OVERRIDE, MONDAY + hours(1.5), "why", stage="profile_development", until=moved)
    ada.tick(moved)  # the override has ended, at a moment after the click that is still waiting
    say(ada, Word.REJECT, clicked, reason="vendor")
    moves = list(Transition.objects.order_by("pk").values_list("from_stage", "to_stage", "at"))
    assert [at for *_, at in moves] == sorted(at for *_, at in moves)
    assert all(before[1] == after[0] for before, after in pairwise(moves))
    assert ada.standing("user-ada").stage == "disqualified"


def test_whose_a_merged_lead_was_whom_it_is_merged_into_is(place: Installation) -> None:
    at = MONDAY + hours(1)
    mail = {"email": "ada@works.example"}
    place.receive(MONDAY, identify({"anonymousId": "browser-a"}, MONDAY, **mail))
    place.receive(at, track({"anonymousId": "browser-a"}, "Quote Requested", at, quote_id="q1", seats=4))
    merged = place.lead("browser-a").pk
    sales.say_of(place.engine, merged, SalesWord(Word.ACCEPT.value, at), REP)
    seller("bo")
    place.receive(at + hours(1), identify(ADA, at + hours(1), **mail))
    kept = place.standing("user-ada")
    assert kept.lead_id != merged
    assert (kept.owner, kept.accepted_at) == ("Kim", at)


def test_the_rules_choose_somebody_else_than_the_owner(ada: Installation) -> None:
    bo = seller("bo")
    lead = ada.lead("user-ada").pk
    sales.assign_to(ada.engine, lead, bo, REP)
    assert not sales.assign_by_rules(ada.engine, lead)
    assert "unassigned" not in {event["kind"] for event in qualification_events(ada.engine)}
    seller("cy")
    assert sales.assign_by_rules(ada.engine, lead)
    assert ada.standing("user-ada").owner == "cy"


def test_a_full_territory_does_not_keep_the_others_waiting(
    ada: Installation, django_assert_max_num_queries: object
) -> None:
    like, many = ada.standing("user-ada"), AT_ONCE + 10
    moment = like.lead.last_seen_at
    rows = [Lead(card={"country": "France"}, first_seen_at=moment, last_seen_at=moment) for _ in range(many)]
    for row in Lead.objects.bulk_create(rows):
        like.pk, like.lead_id, like.stage_since = row.pk, row.pk, MONDAY
        like._state.adding = True
        like.save(force_insert=True)
    seller("fr", capacity=0)
    seller("de")
    territory_set(ada.engine, "France", countries=["FR"], sellers=["fr@leadline.test"])
    territory_set(ada.engine, "Rest", sellers=["de@leadline.test"])
    assert ada.standing("user-ada").owner == "de"
    told = [
        event["detail"]["why"] for event in qualification_events(ada.engine, limit=1000) if "why" in event["detail"]
    ]
    assert told.count("Everybody in France is full") == many
    assign_waiting(ada.engine, MONDAY + hours(3))
    with django_assert_max_num_queries(6):
        assert assign_waiting(ada.engine, MONDAY + hours(4)) == 0


def test_a_backlog_lets_others_in_between_two_segments(place: Installation) -> None:
    for number in range(8):
        at = MONDAY + hours(number)
        place.send(at, identify(ADA, at, email="ada@works.example"))
    let_in: list[int] = []
    report: list[TickReport] = []

    def click() -> None:
        with place.engine.lock:
            let_in.append(report[-1].segments)

    clicking = threading.Thread(target=click)

    def after_segment(told: TickReport) -> None:
        report.append(told)
        if told.segments == 1:
            clicking.start()

    done = tick(place.engine, MONDAY + hours(9), after_segment)
    clicking.join(10)
    assert done.segments == 8
    assert let_in[0] < 8
