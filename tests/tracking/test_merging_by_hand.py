"""Merging people by hand, which may join two users, and taking it back, which leaves nothing behind."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tracking_cast import NOON, STORY, Office, at, lead_of, message, new_desk, people, replayed_edges

from leadline.kernel.errors import TerminalError
from leadline.tracking.merging import merge, root_of, unmerge
from leadline.tracking.models import Identity, IdentityClaim, Lead, MergeWarning

PEOPLE = (("user_id", "u1"), ("user_id", "u2"), ("anonymous_id", "v2"), ("anonymous_id", "w"))
Name = tuple[str, str]
PAIRS = [
    (one, other)
    for one, other in itertools.permutations(PEOPLE, 2)
    if other[0] == "user_id" or one[0] == "anonymous_id"  # a user does not disappear in a visitor
]


def lead(name: Name) -> Lead:
    return Lead.objects.get(pk=lead_of(*name))


def merge_names(one: Name, other: Name) -> tuple[int, int]:
    """Merge, and say which claim that made."""
    identity, owner = root_of(lead(one)).pk, root_of(lead(other)).pk
    merge(lead(one), lead(other), NOON)
    return identity, owner


def state() -> dict[str, Any]:
    """Who is who, and what every lead shows."""
    fields = ("pk", "merged_into", "known", "reachable", "account", "card", "first_seen_at", "internal", "bot")
    return {"people": people(), "leads": sorted(map(str, Lead.objects.values_list(*fields)))}


def told(office: Office, *parts: int) -> None:
    for part in parts:
        office.take(*STORY[part])


def without_a_merge(office: Office, *parts: int) -> set[frozenset[Name]]:
    """Who would be who after these parts of the story."""
    with transaction.atomic():
        told(office, *parts)
        found = people()
        transaction.set_rollback(True)
    office.desk = new_desk()
    return found


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_merge_that_is_taken_back_leaves_everything_as_it_was(office: Office, pair: tuple[Name, Name]) -> None:
    office.take(message(anonymousId="w", timestamp=at(-99)))
    told(office, 0, 1)
    before = state()
    claim = merge_names(*pair)
    assert lead_of(*pair[0]) == lead_of(*pair[1])
    assert state() != before
    unmerge(*claim, NOON)
    assert state() == before
    assert replayed_edges() == dict(Identity.objects.filter(lead__isnull=False).values_list("pk", "lead_id"))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_what_comes_in_while_they_are_merged_is_theirs_who_did_it(office: Office, pair: tuple[Name, Name]) -> None:
    for name in ("w", "v2"):
        office.take(message(anonymousId=name, timestamp=at(-99)))
    told(office, 0)
    office.take(message(userId="u2", timestamp=at(-95)))
    expected = without_a_merge(office, 1, 2)
    claim = merge_names(*pair)
    told(office, 1, 2)
    assert any({*pair} <= person for person in people())
    unmerge(*claim, NOON)
    assert people() == expected


def test_a_merge_by_hand_joins_two_users_and_all_that_follows(office: Office) -> None:
    office.take(message(userId="u1", anonymousId="v1"), message(userId="u2", anonymousId="v2"))
    merge_names(("user_id", "u1"), ("user_id", "u2"))
    office.take(message("identify", userId="u1", anonymousId="v3", traits={"email": "a@x.example", "title": "CEO"}))
    (person,) = people()
    assert person == {*((("user_id", u)) for u in ("u1", "u2")), ("email", "a@x.example")} | {
        ("anonymous_id", v) for v in ("v1", "v2", "v3")
    }
    card = lead(("user_id", "u2")).card or {}
    assert (card["title"], card["user_id"]) == ("CEO", "u2")


def test_a_merge_said_twice_is_one(office: Office) -> None:
    office.take(message(userId="u1"), message(userId="u2"))
    one, other = lead(("user_id", "u1")), lead(("user_id", "u2"))
    assert len(merge(one, other, NOON)) == 1
    assert merge(one, other, NOON + timedelta(hours=1)) == []
    assert IdentityClaim.objects.count() == 1


def test_people_merged_in_a_row_come_apart_one_by_one(office: Office) -> None:
    office.take(*(message(userId=f"u{number}") for number in (1, 2, 3)))
    first = merge_names(("user_id", "u1"), ("user_id", "u2"))
    merge_names(("user_id", "u2"), ("user_id", "u3"))
    assert len(people()) == 1
    unmerge(*first, NOON)
    assert people() == {frozenset({("user_id", "u1")}), frozenset({("user_id", "u2"), ("user_id", "u3")})}


def test_a_merge_the_other_way_round_replaces_one_that_was_taken_back(office: Office) -> None:
    office.take(message(userId="u1"), message(userId="u2"))
    unmerge(*merge_names(("user_id", "u1"), ("user_id", "u2")), NOON)
    merge_names(("user_id", "u2"), ("user_id", "u1"))
    homes = {row.value: row.home_id for row in Identity.objects.all()}
    assert lead_of("user_id", "u1") == lead_of("user_id", "u2") == homes["u1"]
    with pytest.raises(TerminalError, match="itself"):  # whoever was merged is the person they are now
        merge_names(("user_id", "u1"), ("user_id", "u2"))


def test_a_user_does_not_disappear_in_a_visitor(office: Office) -> None:
    office.take(message(userId="u1"), message(anonymousId="v1"))
    with pytest.raises(TerminalError, match="other way round"):
        merge_names(("user_id", "u1"), ("anonymous_id", "v1"))


def test_a_visitor_merged_by_hand_is_not_moved_by_a_sign_in(office: Office) -> None:
    office.take(message(userId="u1", timestamp=at(-9)), message(anonymousId="v1", timestamp=at(-9)))
    merge_names(("anonymous_id", "v1"), ("user_id", "u1"))
    office.take(message(userId="u2", anonymousId="v1", timestamp=at(-20)))
    assert lead_of("anonymous_id", "v1") == lead_of("user_id", "u1") != lead_of("user_id", "u2")


def test_two_users_with_one_address_are_noted_and_not_merged(office: Office) -> None:
    office.take(message("identify", userId="u1", timestamp=at(-9), traits={"email": "a@x.example"}))
    for _ in range(2):
        office.take(message("identify", userId="u2", timestamp=at(-8), traits={"email": "A@x.example"}))
    (warning,) = MergeWarning.objects.all()
    assert (warning.identity.value, warning.owner.value) == ("u2", "u1")
    assert "same e-mail address" in warning.reason
    merge_names(("user_id", "u2"), ("user_id", "u1"))
    warning.refresh_from_db()
    assert warning.dismissed_at is not None
    office.take(message("identify", userId="u2", timestamp=at(-7), traits={"email": "b@x.example"}))
    assert MergeWarning.objects.count() == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_alias_of_what_is_or_becomes_a_user_is_noted(office: Office, order: tuple[int, int]) -> None:
    both = (
        message("alias", previousId="u1", userId="u2", timestamp=at(-9)),
        message("identify", userId="u1", timestamp=at(-8)),
    )
    for number in order:
        office.take(both[number])
    (warning,) = MergeWarning.objects.all()
    assert (warning.identity.value, warning.owner.value) == ("u1", "u2")
    assert lead_of("user_id", "u1") != lead_of("user_id", "u2")


def test_an_event_from_before_lowers_when_somebody_was_first_seen(office: Office) -> None:
    office.take(message(userId="u1", timestamp=at(-5)))
    office.take(message(userId="u1", timestamp=at(-50)))
    office.take(message(userId="u1", timestamp=at(-20)))
    early = NOON - timedelta(minutes=50)
    assert Identity.objects.get().first_seen_at == lead(("user_id", "u1")).first_seen_at == early


def test_a_merge_by_hand_is_as_old_as_its_last_making(office: Office) -> None:
    """Taking it back returns stages to that moment: to an earlier one it would take what was reached in between."""
    office.take(message(userId="u1", timestamp=at(-9)), message(anonymousId="v1", timestamp=at(-8)))
    for moment in (NOON, NOON + timedelta(days=2)):
        visitor, user = root_of(lead(("anonymous_id", "v1"))), root_of(lead(("user_id", "u1")))
        merge(lead(("anonymous_id", "v1")), lead(("user_id", "u1")), moment)
        assert IdentityClaim.objects.get().occurred_at == moment
        if moment == NOON:
            unmerge(visitor.pk, user.pk, NOON + timedelta(days=1))
    office.take(message("identify", userId="u1", anonymousId="v1", timestamp=at(-5)))
    assert IdentityClaim.objects.get().occurred_at == NOON + timedelta(days=2)
