"""A company that bears the name of its only person is a sole trader's; a second person makes it a company again."""

import itertools

import pytest
from tracking_cast import NOON, Office, at, lead_of, message

from leadline.privacy.fields import MaskedWriteError
from leadline.privacy.sight import MASK, NOTHING, seeing
from leadline.tracking.merging import merge, root_of, unmerge
from leadline.tracking.models import Account, Lead
from leadline.tracking.sole_traders import bears_the_name, masked_accounts

COMPANY = {"name": "Hart Dental", "domain": "hartdental.example"}
SAID = (
    message("identify", userId="u1", timestamp=at(-50), traits={"name": "Amelia Hart", "company": COMPANY}),
    message("identify", userId="u1", timestamp=at(-40), traits={"name": "Amelia Hart"}),
    message("identify", userId="u2", timestamp=at(-30), traits={"name": "Tom Okafor", "company": COMPANY}),
    message("identify", userId="u3", timestamp=at(-20), traits={"name": "Ben Hart", "company": {"name": "Northgate"}}),
)


def is_sole_traders(name: str = "Hart Dental") -> bool:
    return Account.objects.get(name=name).sole_trader


@pytest.mark.parametrize(
    ("company", "domain", "card", "bears"),
    [
        ("Hart Dental", "", {"name": "Amelia Hart"}, True),
        ("Harts", "", {"name": "Amelia Hart"}, True),
        ("O\u2019Brien & Sons", "", {"last_name": "O'Brien"}, True),
        ("Müller Solar", "", {"name": "Jörg MULLER"}, True),
        ("Consulting", "amelia-hart.example", {"name": "Amelia Hart"}, True),
        ("Hartley Dental", "", {"name": "Amelia Hart"}, False),
        ("Northgate Dental", "northgate.example", {"name": "Amelia Hart"}, False),
        ("Amelia Bakery", "", {"name": "Amelia Hart"}, False),
        ("Online", "online.example", {"name": "Bo Li"}, False),
        ("Li Consulting", "", {"name": "Bo Li"}, True),
        ("Hart Dental", "", {"name": "Hart"}, False),
        ("Hart Dental", "", {}, False),
        ("Hart Dental", "", None, False),
    ],
)
def test_what_bears_a_persons_name(company: str, domain: str, card: dict[str, str] | None, bears: bool) -> None:
    assert bears_the_name(company, domain, card) is bears


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5], ids=str)
def test_whatever_order_things_are_said_in(office: Office, order: tuple[int, ...]) -> None:
    for place in order:
        office.take(SAID[place])
    assert not is_sole_traders("Hart Dental"), "two people work there"
    assert not is_sole_traders("Northgate")


def test_alone_it_is_theirs_until_a_second_person_comes(office: Office) -> None:
    office.take(*SAID[:2])
    assert is_sole_traders()
    office.take(SAID[2])
    assert not is_sole_traders()


def test_a_merge_of_both_makes_it_theirs_and_taken_back_it_is_not(office: Office) -> None:
    office.take(*SAID[:3])
    one, other = (Lead.objects.get(pk=lead_of("user_id", user)) for user in ("u1", "u2"))
    identity, owner = root_of(other).pk, root_of(one).pk
    merge(other, one, NOON)
    alone = Lead.objects.get(account__name="Hart Dental", merged_into=None)
    assert is_sole_traders() is bears_the_name(company="Hart Dental", domain="", card=alone.card)
    unmerge(identity, owner, NOON)
    assert not is_sole_traders()


def test_whoever_may_not_see_people_reads_a_mask_and_writes_nothing(office: Office) -> None:
    office.take(*SAID[:2], SAID[3])
    assert masked_accounts() == []
    with seeing(NOTHING):
        hart, northgate = Account.objects.order_by("pk")
        assert (hart.name, hart.domain) == (MASK, "")
        assert northgate.name == "Northgate"
        assert masked_accounts() == [hart.pk]
        with pytest.raises(MaskedWriteError):
            hart.save()
        assert Account.objects.only("industry").get(pk=hart.pk).name == MASK
    assert Account.objects.get(pk=hart.pk).name == "Hart Dental"
