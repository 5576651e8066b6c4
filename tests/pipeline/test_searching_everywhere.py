"""Words are looked for in all that is stored: found in each place where they are, and nowhere after an erasure."""

import pytest
from erasure_cast import ADA_EMAIL, CANARIES, NOW, both
from pipeline_cast import MONDAY, Installation, page, visitor

from leadline.kernel.errors import TerminalError
from leadline.pipeline.privacy import erasing, erasures
from leadline.pipeline.privacy.searching import PIECE, privacy_search

pytestmark = pytest.mark.django_db(transaction=True)


def places(place: Installation, *words: str) -> set[str]:
    return {each["where"] for each in privacy_search(place.engine, list(words))["found"]}


def test_an_erased_person_is_found_before_and_nowhere_afterwards(place: Installation) -> None:
    both(place)
    before = places(place, *CANARIES)
    assert {"tracking.identity.value", "tracking.lead.card", "tracking.profile.traits"} <= before
    assert "main.events.path" in places(place, "/pricing")
    erasures.ask(ADA_EMAIL, "delete", NOW)
    erasing.carry_out(place.engine, clock=lambda: NOW)
    assert places(place, *CANARIES) == set()
    assert "tracking.identity.value" in places(place, "ben@example.com")


def test_case_does_not_matter_and_words_may_stand_inside_others(place: Installation) -> None:
    both(place)
    assert "tracking.lead.card" in places(place, "NARY love")


def test_messages_that_wait_and_files_are_looked_into(place: Installation) -> None:
    place.send(MONDAY, page(visitor("waiting-4711"), MONDAY, path="/pricing"))
    left = place.data / "tmp" / "left-behind.csv"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"x" * (PIECE - 5) + b"Waiting-4711")
    assert places(place, "waiting-4711") == {"messages that wait", "tmp/left-behind.csv"}


def test_a_word_of_two_letters_tells_nothing(place: Installation) -> None:
    with pytest.raises(TerminalError, match="too short"):
        privacy_search(place.engine, ["jo"])


def test_it_tells_how_much_it_read(place: Installation) -> None:
    both(place)
    read = privacy_search(place.engine, ["nobody-at-all"])["read"]
    assert {store for store, count in read.items() if count} == {"record store", "event store", "files"}
