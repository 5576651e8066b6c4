"""The chain shows each change, removal and insertion, wherever it is."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.accounts.audit_chain import BEGINNING, Known, check, hash_of

Entry = dict[str, Any]


def chain(length: int, *, verb: str = "lead.seen") -> list[Entry]:
    """Entries as they are written."""
    entries: list[Entry] = []
    for number in range(1, length + 1):
        entries.append(linked(entries, number, verb=verb))
    return entries


def linked(before: list[Entry], number: int, **fields: Any) -> Entry:
    """The entry that follows some others."""
    entry: Entry = {
        "number": number,
        "at": f"2026-11-23T08:00:{number:02}.000000+00:00",
        "user": 7,
        "via": "page",
        "verb": "lead.seen",
        "about": "lead",
        "about_number": number,
        "numbers": {"status": 200},
        "request": "abc",
        "previous": before[-1]["hash"] if before else BEGINNING,
        **fields,
    }
    return entry | {"hash": hash_of(entry)}


def relinked(entries: list[Entry]) -> list[Entry]:
    """As somebody does who knows how the chain is made: every hash is computed again."""
    made: list[Entry] = []
    for entry in entries:
        body = {**entry, "previous": made[-1]["hash"] if made else BEGINNING}
        made.append(body | {"hash": hash_of(body)})
    return made


CHANGES: dict[str, Callable[[Entry], Entry]] = {
    "number": lambda entry: entry | {"number": entry["number"] + 1000},
    "at": lambda entry: entry | {"at": "2026-11-24T00:00:00.000000+00:00"},
    "user": lambda entry: entry | {"user": 8},
    "via": lambda entry: entry | {"via": "api"},
    "verb": lambda entry: entry | {"verb": "exported"},
    "about": lambda entry: entry | {"about": "user"},
    "about_number": lambda entry: entry | {"about_number": None},
    "numbers": lambda entry: entry | {"numbers": {}},
    "request": lambda entry: entry | {"request": "abd"},
    "previous": lambda entry: entry | {"previous": "1" * 64},
    "hash": lambda entry: entry | {"hash": "1" * 64},
}


def test_a_chain_as_it_was_written_is_whole() -> None:
    entries = chain(5)
    verdict = check(entries)
    assert (verdict.whole, verdict.entries, verdict.first, verdict.last) == (True, 5, 1, 5)
    assert verdict.head == entries[-1]["hash"]


def test_an_empty_chain_is_whole() -> None:
    assert check([]).whole


@given(length=st.integers(1, 8), place=st.integers(0, 7), field=st.sampled_from(sorted(CHANGES)))
def test_a_change_of_any_field_of_any_entry_is_named(length: int, place: int, field: str) -> None:
    entries = chain(length)
    place %= length
    entries[place] = CHANGES[field](entries[place])
    fault = check(entries).fault
    assert fault is not None
    assert fault.number in (place + 1, entries[place]["number"])  # by the number that it had or has


@given(length=st.integers(3, 8), place=st.integers(0, 6))
def test_a_removed_entry_is_named_unless_it_is_the_last(length: int, place: int) -> None:
    entries = chain(length)
    place %= length - 1
    del entries[place]
    fault = check(entries).fault
    assert fault is not None
    assert fault.number == place + 1


def test_an_entry_put_in_between_is_named() -> None:
    entries = chain(4)
    entries.insert(2, linked(entries[:2], 3, user=9))
    fault = check(entries).fault
    assert fault is not None
    assert fault.number == 4


@given(length=st.integers(2, 8), place=st.integers(0, 7))
def test_a_chain_made_anew_is_shown_by_a_hash_that_was_noted(length: int, place: int) -> None:
    entries = chain(length)
    known = Known(length, entries[-1]["hash"])
    place %= length
    entries[place] = entries[place] | {"user": 8}
    forged = relinked(entries)
    assert check(forged).whole  # nobody who has only the chain can tell
    fault = check(forged, known).fault
    assert fault is not None
    assert fault.number == length


def test_a_removed_end_is_shown_by_a_hash_that_was_noted() -> None:
    entries = chain(6)
    known = Known(6, entries[-1]["hash"])
    assert check(entries, known).whole
    fault = check(entries[:4], known).fault
    assert fault is not None
    assert fault.number == 5


def trimmed(length: int, through: int, **said: Any) -> list[Entry]:
    """A chain that says that it was shortened up to an entry, and was."""
    entries = chain(length)
    numbers = {"hash": entries[through - 1]["hash"], **said}
    entries.append(linked(entries, length + 1, verb="audit.trimmed", about_number=through, numbers=numbers))
    return entries[through:]


def test_a_chain_that_was_shortened_as_documented_is_whole() -> None:
    assert check(trimmed(6, 3)).whole


def test_more_than_it_says_is_not_removed() -> None:
    fault = check(trimmed(6, 3)[1:]).fault
    assert fault is not None
    assert fault.number == 4


def test_a_shortened_chain_does_not_go_on_from_another_entry() -> None:
    assert not check(trimmed(6, 3, hash="2" * 64)).whole


@pytest.mark.parametrize("through", [1, 3])
def test_an_entry_that_was_noted_and_removed_as_documented_is_not_missed(through: int) -> None:
    assert check(trimmed(6, 3), Known(through, chain(6)[through - 1]["hash"])).whole
