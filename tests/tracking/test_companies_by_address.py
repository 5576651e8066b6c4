"""Companies of people who are known by their address: found by its domain, and joined with who has that domain."""

import itertools

import pytest
from tracking_cast import Office, at, lead_of, message

from leadline.privacy.fields import lookup_hasher
from leadline.tracking.addresses import company_domain, company_name
from leadline.tracking.models import Account, Lead, Profile


def company(value: str, kind: str = "user_id") -> str | None:
    account = Lead.objects.get(pk=lead_of(kind, value)).account
    return account.name if account else None


@pytest.mark.parametrize(
    ("email", "domain", "name"),
    [("a@acme.example", "acme.example", "Acme"), ("a@mail.eu.acme-tools.co.uk", "acme-tools.co.uk", "Acme Tools"),
     ("a@bbc.co.uk", "bbc.co.uk", "Bbc"), ("a@co.uk", "", ""), ("a@x.io", "x.io", "X"), ("a@host", "", ""),
     ("", "", ""), ("a@.example", "", ""), ("a@ACME.example.", "acme.example", "Acme")],
)  # fmt: skip
def test_domains_of_companies(email: str, domain: str, name: str) -> None:
    assert company_domain(email) == domain
    assert company_name(domain) == name


def test_people_of_one_domain_share_an_account_named_after_it(office: Office) -> None:
    office.take(message("identify", userId="u1", traits={"email": "ann@acme-tools.example"}))
    office.take(message("identify", userId="u2", traits={"email": "bo@eu.acme-tools.example"}))
    (account,) = Account.objects.all()
    assert (account.name, account.domain) == ("Acme Tools", "acme-tools.example")
    assert company("u1") == company("u2") == "Acme Tools"
    assert set(Profile.objects.values_list("account_basis", flat=True)) == {"email_domain"}


@pytest.mark.parametrize(
    "email", ["ann@gmail.com", "ann@mailinator.com", "ann@leadline.example", "test+a@acme.example", "ann", "ann@host"]
)
def test_free_disposable_and_our_own_addresses_make_no_company(office: Office, email: str) -> None:
    office.take(message("identify", userId="u1", traits={"email": email}))
    assert not Account.objects.exists()


MESSAGES = (
    message("identify", userId="u1", timestamp=at(-9), traits={"email": "ann@acme.example"}),
    message(
        "group", userId="u2", groupId="g1", timestamp=at(-8), traits={"name": "Acme Inc", "domain": "acme.example"}
    ),
    message("identify", userId="u3", timestamp=at(-7), traits={"email": "cy@acme.example"}),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_company_that_gives_the_domain_has_its_people_whatever_came_first(
    office: Office, order: tuple[int, ...]
) -> None:
    for number in order:
        office.take(MESSAGES[number])
    (account,) = Account.objects.all()
    assert (account.name, account.domain) == ("Acme Inc", "acme.example")
    assert {company(user) for user in ("u1", "u2", "u3")} == {"Acme Inc"}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_group_counts_more_than_a_company_and_that_more_than_an_address(
    office: Office, order: tuple[int, ...], together: bool
) -> None:
    said = (
        message("group", userId="u1", groupId="g1", timestamp=at(-9), traits={"name": "Group"}),
        message("identify", userId="u1", timestamp=at(-5), traits={"company": "Company"}),
        message("identify", userId="u1", timestamp=at(-1), traits={"email": "ann@acme.example"}),
    )
    if together:
        office.take(*(said[number] for number in order))
    else:
        for number in order:
            office.take(said[number])
    assert company("u1") == "Group"
    assert Profile.objects.get(identity__kind="user_id").account_basis == "group"
    assert "Acme" not in set(Account.objects.values_list("name", flat=True)) or order[0] == 2


def test_of_the_identities_of_one_person_the_strongest_counts(office: Office) -> None:
    office.take(
        message("group", anonymousId="v1", groupId="g1", timestamp=at(-9), traits={"name": "Group"}),
        message("identify", userId="u1", timestamp=at(-1), traits={"email": "ann@acme.example"}),
        message(userId="u1", anonymousId="v1", timestamp=at(-2)),
    )
    assert company("u1") == "Group"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_two_companies_with_one_domain_the_same_one_has_its_people(office: Office, order: tuple[int, ...]) -> None:
    company_traits = {"g1": {"name": "g1", "domain": "x.example"}, "g2": {"name": "g2", "domain": "x.example"}}
    said = [message("group", userId=group, groupId=group, traits=traits) for group, traits in company_traits.items()]
    said.append(message("identify", userId="u1", traits={"email": "ann@x.example"}))
    for number in order:
        office.take(said[number])
    assert company("u1") == min(company_traits, key=lambda group: lookup_hasher().digest("group", group))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_a_companys_facts_the_latest_counts_whatever_came_first(office: Office, order: tuple[int, ...]) -> None:
    said = (
        message("group", userId="u1", groupId="g1", timestamp=at(-9), traits={"name": "Old", "employees": 10}),
        message("group", userId="u2", groupId="g1", timestamp=at(-5), traits={"name": "New", "industry": "retail"}),
        message("group", userId="u3", groupId="g1", timestamp=at(-1), traits={"employees": 30, "industry": ""}),
    )
    for number in order:
        office.take(said[number])
    (account,) = Account.objects.all()
    assert (account.name, account.employees, account.industry) == ("New", 30, "retail")
