"""Merging people, refusing to, and taking it back: what becomes of identities, leads and edges."""

import pytest
from tracking_cast import NOON, STORY, Office, at, lead_of, message, people, replayed_edges

from leadline.tracking import merging
from leadline.tracking.claims import Move
from leadline.tracking.models import Identity, IdentityEdge, Lead, MergeWarning


def unmerge(identity: int, owner: int) -> list[Move]:
    return merging.unmerge(identity, owner, NOON)


def test_an_unmerged_visitor_goes_home_and_later_events_do_not_merge_it_again(office: Office) -> None:
    office.take(message(anonymousId="v1", timestamp=at(-9)))
    home = lead_of("anonymous_id", "v1")
    login = message("identify", userId="u1", anonymousId="v1", timestamp=at(-8), traits={"title": "CEO"})
    office.take(login)
    numbers = {value: number for number, value in Identity.objects.values_list("pk", "value")}
    assert lead_of("anonymous_id", "v1") == lead_of("user_id", "u1") != home
    assert Lead.objects.get(pk=home).merged_into_id == lead_of("user_id", "u1")

    assert [move.to_lead for move in unmerge(numbers["v1"], numbers["u1"])] == [home]
    assert unmerge(numbers["v1"], numbers["u1"]) == []
    assert lead_of("anonymous_id", "v1") == home
    assert Lead.objects.get(pk=home).merged_into is None

    office.take({**login, "timestamp": at(-1)})
    office.take({**login, "timestamp": at(-30)})
    office.again(office.segments[1])
    assert lead_of("anonymous_id", "v1") == home


def test_an_unmerge_renews_the_cards_of_both_leads(office: Office) -> None:
    office.take(message("identify", anonymousId="v1", timestamp=at(-9), traits={"phone": "+15551234567"}))
    office.take(message(userId="u1", anonymousId="v1", timestamp=at(-8)))
    user, home = lead_of("user_id", "u1"), Identity.objects.get(kind="anonymous_id").home_id
    assert Lead.objects.get(pk=user).reachable
    numbers = {value: number for number, value in Identity.objects.values_list("pk", "value")}
    unmerge(numbers["v1"], numbers["u1"])
    assert not Lead.objects.get(pk=user).reachable
    assert Lead.objects.get(pk=home).reachable


def test_an_unmerged_address_belongs_to_nobody_until_somebody_gives_it(office: Office) -> None:
    office.take(message("identify", userId="u1", traits={"email": "a@b.example"}))
    numbers = {value: number for number, value in Identity.objects.values_list("pk", "value")}
    unmerge(numbers["a@b.example"], numbers["u1"])
    assert lead_of("email", "a@b.example") is None
    office.take(message("identify", userId="u2", traits={"email": "a@b.example"}))
    assert lead_of("email", "a@b.example") == lead_of("user_id", "u2")


def test_an_alias_to_oneself_does_nothing(office: Office) -> None:
    office.take(message("alias", userId="u1", previousId="u1"))
    assert people() == {frozenset({("user_id", "u1")})}
    assert MergeWarning.objects.count() == 0


def test_an_alias_that_joins_two_users_is_refused_with_one_warning(office: Office) -> None:
    office.take(message(userId="u1"), message("alias", userId="u2", previousId="u1"))
    office.take(message("alias", userId="u2", previousId="u1"), message("alias", userId="u2", previousId="u1"))
    assert people() == {frozenset({("user_id", "u1")}), frozenset({("user_id", "u2")})}
    (warning,) = MergeWarning.objects.all()
    assert (warning.identity.value, warning.owner.value) == ("u1", "u2")
    assert "two people" in warning.reason


@pytest.mark.parametrize("blocked", ["null", "anonymous", "0", "[object Object]", "undefined", "", "0000-0000"])
def test_placeholders_join_nobody(office: Office, blocked: str) -> None:
    office.take(
        message(userId=blocked, anonymousId="v1"),
        message(userId=blocked, anonymousId="v2"),
        message("alias", userId="u1", previousId=blocked),
        message(userId="u1", anonymousId=blocked),
        message("identify", userId="u2", traits={"email": blocked}),
    )
    assert people() == {frozenset({("anonymous_id", "v1")}), frozenset({("anonymous_id", "v2")})} | {
        frozenset({("user_id", user)}) for user in ("u1", "u2")
    }


def test_edges_only_grow_and_give_the_current_mapping(office: Office) -> None:
    seen: list[tuple[object, ...]] = []
    for messages in STORY:
        office.take(*messages)
        rows = list(IdentityEdge.objects.order_by("pk").values_list())
        assert rows[: len(seen)] == seen
        seen = rows
        assert replayed_edges() == dict(Identity.objects.filter(lead__isnull=False).values_list("pk", "lead_id"))
    numbers = {value: number for number, value in Identity.objects.values_list("pk", "value")}
    unmerge(numbers["v1"], numbers["u2"])
    assert replayed_edges() == dict(Identity.objects.filter(lead__isnull=False).values_list("pk", "lead_id"))
    assert min(edge.occurred_at for edge in IdentityEdge.objects.all()).year == NOON.year


def test_merged_leads_point_to_a_lead_that_is_not_merged(office: Office) -> None:
    steps = (("v1", "a"), ("v2", "a"), ("v2", "b"), ("v3", "b"), ("v3", "c"), ("v4", "c"))
    for minute, (visitor, address) in enumerate(steps):
        traits = {"email": f"{address}@x.example"}
        office.take(message("identify", anonymousId=visitor, timestamp=at(minute - 60), traits=traits))
    assert len(people()) == 1
    assert set(Lead.objects.filter(merged_into__isnull=False).values_list("merged_into__merged_into", flat=True)) == {
        None
    }
    office.take(message("identify", userId="u1", timestamp=at(0), traits={"email": "c@x.example"}))
    assert {lead_of("email", "c@x.example"), lead_of("anonymous_id", "v4")} == {lead_of("user_id", "u1")}
