"""Traits corrected by hand: they win over what was said before, and whatever is derived stays reproducible."""

from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, track, user
from replay_checks import assert_a_rebuild_changes_nothing, assert_scores_replay, assert_stages_replay

from leadline.eventstore.queries import count_events
from leadline.kernel.errors import TerminalError
from leadline.pipeline.commands import status
from leadline.pipeline.privacy.corrections import correct
from leadline.tracking.corrections import traits_of
from leadline.tracking.models import Identity, TakenSegment

ADA = user("ada", browser="ada")


def known(place: Installation) -> int:
    traits = {"email": "wrong@works.example", "name": "Adda", "phone": "1", "company": "Wroks", "employees": 5}
    place.receive(MONDAY, identify(ADA, MONDAY, **traits), track(ADA, "Quote Requested", MONDAY, quote_id="q"))
    return place.lead("user-ada").pk


def traits(lead: int) -> dict[str, Any]:
    return traits_of(Identity.objects.filter(lead=lead).values_list("pk", flat=True))


def test_a_corrected_value_stands_in_the_card_and_finds_the_person(place: Installation) -> None:
    lead = known(place)
    given = {"name": "Ada", "email": "Ada@works.example", "companyName": "Works", "phone": ""}
    assert correct(place.engine, lead, given, MONDAY + hours(1)) == ["company_name", "email", "name", "phone"]
    row = place.lead("user-ada")
    assert row.card == {"name": "Ada", "email": "Ada@works.example", "user_id": "user-ada"}
    assert row.account is not None
    assert row.account.name == "Works"
    assert {i.value for i in Identity.objects.filter(lead=lead, kind="email")} == {
        "wrong@works.example",
        "ada@works.example",
    }


def test_an_older_message_that_comes_later_changes_nothing_and_a_newer_one_does(place: Installation) -> None:
    lead = known(place)
    correct(place.engine, lead, {"name": "Ada"}, MONDAY + hours(2))
    place.receive(MONDAY + hours(3), identify(ADA, MONDAY + hours(1), name="Adda again"))
    assert traits(lead)["name"] == "Ada"
    place.receive(MONDAY + hours(4), identify(ADA, MONDAY + hours(4), name="Ada Byron"))
    assert traits(lead)["name"] == "Ada Byron"


def test_a_browser_whose_clock_is_ahead_is_corrected_too(place: Installation) -> None:
    lead = known(place)
    place.receive(MONDAY + hours(1), identify(ADA, MONDAY + hours(4), name="Adda of tomorrow"))
    correct(place.engine, lead, {"name": "Ada"}, MONDAY + hours(2))
    assert traits(lead)["name"] == "Ada"


def test_scores_know_it_and_everything_is_reproducible(place: Installation) -> None:
    lead = known(place)
    before = place.total("user-ada")
    correct(place.engine, lead, {"employees": "4000", "industry": "Software"}, MONDAY + hours(2))
    assert place.total("user-ada") is not None
    place.receive(MONDAY + days(1), track(ADA, "Tool Used", MONDAY + days(1), tool="calculator", completed=True))
    assert place.total("user-ada") != before
    assert_scores_replay(place)
    assert_stages_replay(place)
    assert_a_rebuild_changes_nothing(place)


def test_it_is_no_event_and_nobody_was_seen(place: Installation) -> None:
    lead = known(place)
    seen, told = place.lead("user-ada").last_seen_at, status(place.engine)
    with place.engine.store.cursor() as cursor:
        events = count_events(cursor)
        correct(place.engine, lead, {"name": "Ada"}, MONDAY + hours(2))
        assert count_events(cursor) == events
    assert place.lead("user-ada").last_seen_at == seen
    assert status(place.engine) == told
    assert not TakenSegment.objects.exists()


@pytest.mark.parametrize("changes", [{}, {"email": "nobody"}, {"user_id": "other"}, {"email_class": "free"}, {"": "x"}])
def test_what_can_not_be_corrected_is_refused(place: Installation, changes: dict[str, str]) -> None:
    lead = known(place)
    before = traits(lead)
    with pytest.raises(TerminalError):
        correct(place.engine, lead, changes, MONDAY + hours(2))
    assert traits(lead) == before
