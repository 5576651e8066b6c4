"""The words that people are found by are those of their cards: after every message, merge and erasure."""

import itertools

import pytest
from tracking_cast import NOON, Office, at, lead_of, message

from leadline.privacy.kinds import Subject, kinds
from leadline.tracking import personal
from leadline.tracking.merging import merge, root_of, unmerge
from leadline.tracking.models import Identity, Lead, NameWord
from leadline.tracking.name_index import digests_of, leads_named
from leadline.tracking.name_words import names_of

SAID = (
    message("identify", userId="u1", anonymousId="v1", timestamp=at(-50), traits={"name": "Maria Fernández"}),
    message("identify", userId="u1", timestamp=at(-40), traits={"firstName": "Maria", "lastName": "Lopez"}),
    message("identify", userId="u1", timestamp=at(-30), traits={"name": "Maria Lopez"}),
    message("identify", userId="u2", timestamp=at(-20), traits={"name": "Mario Rossi"}),
    message("identify", anonymousId="v2", timestamp=at(-15), traits={"name": "Somebody"}),
    message("identify", userId="u2", timestamp=at(-10), traits={"name": None}),
)


def lead(user: str) -> Lead:
    return Lead.objects.get(pk=lead_of("user_id", user))


def assert_in_step() -> None:
    """Stored are the digests of what the cards say, and nothing else."""
    expected = {(each.pk, digest) for each in Lead.objects.all() for digest in digests_of(names_of(each.card))}
    assert set(NameWord.objects.values_list("lead_id", "digest")) == expected


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5], ids=str)
def test_whatever_order_names_come_in(office: Office, order: tuple[int, ...]) -> None:
    for place in (*order, 4, 5):
        office.take(SAID[place])
        assert_in_step()
    assert leads_named("maria lopez") == [lead_of("user_id", "u1")]
    assert leads_named("fernandez") == leads_named("rossi") == []
    assert leads_named("somebody") == [lead_of("anonymous_id", "v2")]


def test_a_merge_moves_them_and_taken_back_brings_them_back(office: Office) -> None:
    office.take(*SAID[2:4])
    one, other = lead("u1"), lead("u2")
    identity, owner = root_of(one).pk, root_of(other).pk
    merge(one, other, NOON)
    assert_in_step()
    assert len(leads_named("lopez") + leads_named("rossi")) == 1
    unmerge(identity, owner, NOON)
    assert_in_step()
    assert (leads_named("lopez"), leads_named("rossi")) == ([one.pk], [other.pk])


def test_an_erasure_leaves_none(office: Office) -> None:
    office.take(*SAID[2:4])
    maria = lead("u1")
    subject = Subject(
        leads=(maria.pk,), identities=tuple(Identity.objects.filter(lead=maria).values_list("pk", flat=True))
    )
    mine = [kind for kind in kinds() if kind.name in {"tracking.identities", "tracking.leads"}]
    assert personal.INTEREST
    assert sum(kind.remains(subject) for kind in mine) > NameWord.objects.filter(lead=maria).count() > 0
    for kind in sorted(mine, key=lambda each: each.name):
        kind.erase(subject)
    assert [kind.remains(subject) for kind in mine] == [0, 0]
    assert leads_named("maria") == []
    assert leads_named("mario") == [lead("u2").pk]
    assert_in_step()
