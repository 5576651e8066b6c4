"""Which lead an identity belongs to, by the claims about it."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.tracking.identity import Claim, IdentityKind, Neighbourhood

USER, EMAIL, VISITOR = IdentityKind.USER_ID, IdentityKind.EMAIL, IdentityKind.ANONYMOUS_ID
KINDS = {1: USER, 2: USER, 3: USER, 11: VISITOR, 12: VISITOR, 13: VISITOR, 14: VISITOR, 21: EMAIL, 22: EMAIL, 23: EMAIL}
HOMES = {number: number * 100 for number, kind in KINDS.items() if kind is not EMAIL}


def leads(*claims: tuple[int, int, int] | Claim) -> dict[int, int]:
    """Identity -> number of the identity at whose home it is; a claim is (identity, owner, when)."""
    made = [claim if isinstance(claim, Claim) else Claim(*claim, tie=0) for claim in claims]
    resolved = Neighbourhood(KINDS, HOMES, made).resolve()
    return {identity: lead // 100 for identity, lead in resolved.items()}


def test_without_claims_everybody_is_at_home() -> None:
    assert leads() == {number: number for number in HOMES}


def test_a_visitor_belongs_to_the_user_with_the_earliest_claim() -> None:
    assert leads((11, 2, 20), (11, 1, 10))[11] == 1


def test_claims_of_the_same_microsecond_are_ordered_by_their_tie() -> None:
    assert leads(Claim(11, 1, 10, tie=9), Claim(11, 2, 10, tie=3))[11] == 2


def test_a_user_counts_more_than_an_earlier_address() -> None:
    assert leads((11, 21, 10), (11, 1, 20))[11] == 1


def test_a_shared_browser_stays_with_its_first_user_and_joins_nobody() -> None:
    found = leads((11, 1, 10), (11, 2, 20), (11, 3, 30))
    assert (found[11], found[1], found[2], found[3]) == (1, 1, 2, 3)


def test_visitors_who_gave_the_same_address_are_one_lead() -> None:
    found = leads((12, 21, 20), (11, 21, 10), (13, 21, 30))
    assert found[11] == found[12] == found[13] == found[21] == 11


def test_a_user_who_claims_the_address_later_gets_its_visitors() -> None:
    found = leads((11, 21, 10), (12, 21, 20), (21, 1, 90))
    assert found[11] == found[12] == found[21] == 1


def test_an_address_goes_with_the_visitor_who_gave_it_to_the_user_whom_that_visitor_turned_out_to_be() -> None:
    found = leads((11, 21, 10), (12, 21, 20), (11, 1, 90))
    assert found[11] == found[12] == found[21] == 1


def test_an_address_of_two_users_is_the_first_ones() -> None:
    found = leads((21, 1, 20), (21, 2, 10), (11, 21, 5))
    assert (found[21], found[11], found[1]) == (2, 2, 1)


def test_a_chain_of_addresses_ends_at_its_first_visitor() -> None:
    # 12 gave 21 after 11 did, and 22 later; so 22 and whoever gave it belong to 11 as well.
    found = leads((11, 21, 10), (12, 21, 20), (12, 22, 30), (13, 22, 40), (13, 23, 50), (14, 23, 60))
    assert {found[number] for number in (11, 12, 13, 14, 21, 22, 23)} == {11}


def test_a_chain_of_addresses_ends_at_a_user() -> None:
    found = leads((11, 21, 10), (12, 21, 20), (12, 22, 30), (13, 22, 40), (21, 1, 99))
    assert {found[number] for number in (11, 12, 13, 21, 22)} == {1}


def test_an_address_that_nobody_claims_belongs_to_nobody() -> None:
    assert 21 not in leads((11, 22, 10))


@pytest.mark.parametrize("revoked", range(3))
def test_revoking_a_claim_undoes_it(revoked: int) -> None:
    claims = [(11, 1, 10), (11, 2, 20), (11, 21, 5)]
    before = [leads(*claims[:revoked], *claims[revoked + 1 :])]
    assert leads(*claims)[11] == 1
    assert before[0][11] == {0: 2, 1: 1, 2: 1}[revoked]
    assert leads()[11] == 11


def _pairs() -> list[tuple[int, int]]:
    visitors, emails, users = ([n for n, kind in KINDS.items() if kind is each] for each in (VISITOR, EMAIL, USER))
    toward_users = [(identity, user) for identity in (*visitors, *emails) for user in users]
    return toward_users + [(visitor, email) for visitor in visitors for email in emails]


CLAIMS = st.dictionaries(st.sampled_from(_pairs()), st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=20).map(
    lambda found: [Claim(*pair, *when) for pair, when in found.items()]
)


@settings(deadline=None)  # shared cores
@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims: list[Claim], rng: Random) -> None:
    shuffled = list(claims)
    rng.shuffle(shuffled)
    assert leads(*claims) == leads(*shuffled)


@settings(deadline=None)  # shared cores
@given(CLAIMS)
def test_two_users_never_share_a_lead(claims: list[Claim]) -> None:
    found = leads(*claims)
    assert [found[user] for user in (1, 2, 3)] == [1, 2, 3]


@settings(deadline=None)  # shared cores
@given(CLAIMS)
def test_every_lead_is_one_whose_own_identity_is_at_home(claims: list[Claim]) -> None:
    found = leads(*claims)
    assert all(found[lead] == lead for lead in found.values())


@settings(deadline=None)  # shared cores
@given(CLAIMS, st.sampled_from(_pairs()))
def test_a_claim_and_its_revocation_leave_nothing_behind(claims: list[Claim], pair: tuple[int, int]) -> None:
    others = [claim for claim in claims if (claim.identity, claim.owner) != pair]
    before = leads(*others)
    leads(*others, Claim(*pair, 0, 0))
    assert leads(*others) == before


@settings(deadline=None)  # shared cores
@given(CLAIMS)
def test_a_visitor_whom_no_user_and_no_address_claims_is_at_home(claims: list[Claim]) -> None:
    found = leads(*claims)
    assert all(found[visitor] == visitor for visitor in set(HOMES) - {claim.identity for claim in claims})


def by_hand(identity: int, owner: int, when: int = 90) -> Claim:
    return Claim(identity, owner, when, 0, by_hand=True)


def test_a_merge_by_hand_joins_two_users_with_all_that_is_theirs() -> None:
    found = leads((11, 1, 10), (21, 1, 20), (12, 21, 5), by_hand(1, 2))
    assert {found[number] for number in (1, 2, 11, 12, 21)} == {2}


def test_a_visitor_merged_by_hand_stays_so_whoever_signs_in_later() -> None:
    found = leads(by_hand(11, 1), (11, 2, 5), (11, 21, 6), (12, 21, 7))
    assert (found[11], found[2]) == (1, 2)


def test_two_visitors_merged_by_hand_go_together_to_the_user_of_the_second() -> None:
    assert leads(by_hand(11, 12))[11] == 12
    assert leads(by_hand(11, 12), (12, 3, 99))[11] == 3


def test_chains_of_merges_by_hand_end_at_the_last() -> None:
    assert {leads(by_hand(1, 2), by_hand(2, 3), (11, 1, 5))[number] for number in (1, 2, 3, 11)} == {3}


def test_a_circle_of_merges_is_one_person() -> None:
    found = leads(by_hand(1, 2, 80), by_hand(2, 1, 70), (11, 2, 5))
    assert found[1] == found[2] == found[11] == 1


def test_a_circle_through_an_address_is_one_person() -> None:
    # 11 is 12 by hand; 12 belongs to the address that 11 gave first.
    found = leads(by_hand(11, 12), (11, 21, 10), (12, 21, 20))
    assert found[11] == found[12] == found[21] == 11


ROOTS = [number for number, kind in KINDS.items() if kind is not EMAIL]
BY_HAND = st.lists(st.tuples(st.sampled_from(ROOTS), st.sampled_from(ROOTS), st.integers(0, 9)), max_size=6).map(
    lambda found: [by_hand(*each) for each in found]
)


@settings(deadline=None)  # shared cores
@given(CLAIMS, BY_HAND, st.randoms(use_true_random=False))
def test_the_order_of_merges_by_hand_does_not_matter(claims: list[Claim], merges: list[Claim], rng: Random) -> None:
    shuffled = [*claims, *merges]
    rng.shuffle(shuffled)
    assert leads(*claims, *merges) == leads(*shuffled)


@settings(deadline=None)  # shared cores
@given(CLAIMS, BY_HAND)
def test_whatever_is_merged_by_hand_leads_are_at_home_and_nobody_is_lost(
    claims: list[Claim], merges: list[Claim]
) -> None:
    found = leads(*claims, *merges)
    assert all(found[lead] == lead for lead in found.values())
    assert set(HOMES) <= set(found)
    assert all(found[merge.identity] == found[merge.owner] for merge in _first_merges(merges))


@settings(deadline=None)  # shared cores
@given(CLAIMS, st.sampled_from(ROOTS), st.sampled_from(ROOTS))
def test_a_merge_of_two_leads_joins_exactly_these_and_its_revocation_leaves_nothing_behind(
    claims: list[Claim], one: int, other: int
) -> None:
    before = leads(*claims)
    lead, into = before[one], before[other]
    after = leads(*claims, by_hand(lead, into))
    assert after == {identity: into if owner == lead else owner for identity, owner in before.items()} or (
        KINDS[lead] is USER and KINDS[into] is not USER  # refused by `merging.merge`
    )
    assert leads(*claims) == before


def _first_merges(merges: list[Claim]) -> list[Claim]:
    """Of several merges of one identity the earliest counts."""
    first: dict[int, Claim] = {}
    for merge in sorted(merges, key=lambda claim: (claim.occurred_micros, claim.owner)):
        first.setdefault(merge.identity, merge)
    return list(first.values())
