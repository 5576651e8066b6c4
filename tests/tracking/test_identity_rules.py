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
