"""Visitors become users, and wrong merges are taken back: scores, standings and cards follow."""

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.eventstore import current, scores
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.identities import identities_of, unmerge
from leadline.qualification.models import Standing
from leadline.tracking import merging
from leadline.tracking.models import Lead

TUESDAY = MONDAY + days(1)


def current_total(place: Installation, lead: int) -> int | None:
    with place.engine.store.cursor() as cursor:
        row = scores.current_of(cursor, lead) if hasattr(scores, "current_of") else current.current_of(cursor, lead)
    return None if row is None else int(row["total"])


def merged(place: Installation) -> None:
    """Ada tries a tool as a visitor on Monday, and signs in with the same browser on Tuesday."""
    place.receive(MONDAY, track(visitor("ada"), "Tool Used", MONDAY, tool="calculator", completed=True))
    place.receive(TUESDAY, identify(user("ada", browser="ada"), TUESDAY, email="ada@works.example", title="CTO"))


def test_what_a_visitor_did_counts_for_the_user_they_turn_out_to_be(place: Installation) -> None:
    place.receive(MONDAY, track(visitor("ada"), "Tool Used", MONDAY, tool="calculator", completed=True))
    as_visitor = place.total("browser-ada")
    place.receive(TUESDAY, identify(user("ada", browser="ada"), TUESDAY, email="ada@works.example"))
    assert place.lead("browser-ada") == place.lead("user-ada")
    assert (place.total("user-ada") or 0) > (as_visitor or 0) * 0.9 > 0


def test_a_lead_that_was_merged_stands_nowhere_itself(place: Installation) -> None:
    merged(place)
    gone = place.home("browser-ada")
    assert gone.merged_into == place.lead("user-ada")
    assert not Standing.objects.filter(lead=gone).exists()
    assert current_total(place, gone.pk) is None


def test_an_unmerge_brings_both_back_at_the_next_tick(place: Installation) -> None:
    place.receive(MONDAY, track(visitor("ada"), "Tool Used", MONDAY, tool="calculator", completed=True))
    alone = place.total("browser-ada")
    place.receive(MONDAY + hours(1), track(user("ada", "ada"), "Quote Requested", MONDAY, quote_id="q", seats=2))
    together = place.total("user-ada")
    merging.unmerge(place.identity("browser-ada"), place.identity("user-ada"), MONDAY + hours(2))
    place.tick(MONDAY + hours(2))
    assert place.home("browser-ada").merged_into is None
    assert place.total("browser-ada") == alone
    assert (place.total("user-ada") or 0) < (together or 0)
    assert Standing.objects.filter(lead__in=[place.home("browser-ada"), place.lead("user-ada")]).count() == 2


def test_an_unmerge_by_name_also_parts_the_cards(place: Installation) -> None:
    merged(place)
    place.receive(TUESDAY + hours(1), identify(visitor("ada"), TUESDAY, phone="+44 20 7946 0000"))
    assert (place.lead("user-ada").card or {}).get("phone")
    answer = unmerge(place.engine, "browser-ada", "user-ada")
    assert [move["to_lead"] for move in answer["moved"]] == [place.home("browser-ada").pk]
    assert "phone" not in (place.lead("user-ada").card or {})
    assert (place.home("browser-ada").card or {})["phone"]
    assert current_total(place, place.home("browser-ada").pk) is not None


def test_what_was_taken_back_is_not_merged_again_by_later_events(place: Installation) -> None:
    merged(place)
    unmerge(place.engine, "browser-ada", "user-ada")
    later = TUESDAY + hours(3)
    place.receive(later, page(user("ada", browser="ada"), later))
    assert place.lead("browser-ada") != place.lead("user-ada")


def test_an_unmerge_of_what_was_never_merged_is_refused(place: Installation) -> None:
    place.receive(MONDAY, page(visitor("ada"), MONDAY), page(user("bo"), MONDAY))
    with pytest.raises(TerminalError, match=r"identities list"):
        unmerge(place.engine, "browser-ada", "user-bo")
    with pytest.raises(NotFoundError, match=r"No event ever carried"):
        unmerge(place.engine, "nobody", "user-bo")


def test_the_names_of_a_person_say_whose_claim_made_them_theirs(place: Installation) -> None:
    merged(place)
    found = {row["kind"]: (row["value"], row["claimed_by"]) for row in identities_of("ada@works.example")}
    assert found == {
        "user_id": ("user-ada", []),
        "anonymous_id": ("browser-ada", ["user-ada"]),
        "email": ("ada@works.example", ["user-ada"]),
    }


def test_two_users_of_one_browser_stay_two_leads(place: Installation) -> None:
    place.receive(MONDAY, page(visitor("shared"), MONDAY))
    place.receive(MONDAY + hours(1), page(user("ada", "shared"), MONDAY + hours(1)))
    place.receive(MONDAY + hours(2), page(user("bo", "shared"), MONDAY + hours(2)))
    assert place.lead("user-ada") != place.lead("user-bo")
    assert place.lead("browser-shared") == place.lead("user-ada")
    assert Lead.objects.filter(merged_into=None).count() == 2
