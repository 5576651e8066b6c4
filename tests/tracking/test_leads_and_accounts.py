"""What lists show of a lead, and the companies that people belong to."""

from datetime import timedelta

import pytest
from tracking_cast import NOON, Office, at, lead_of, message

from leadline.tracking.company_facts import domain_fact, headcount
from leadline.tracking.models import Account, Lead


def lead(kind: str, value: str) -> Lead:
    return Lead.objects.get(pk=lead_of(kind, value))


def test_a_visitor_is_not_known_and_not_reachable(office: Office) -> None:
    office.take(message(timestamp=at(-5)))
    visitor = lead("anonymous_id", "v1")
    assert (visitor.known, visitor.reachable, visitor.card) == (False, False, {})
    assert visitor.first_seen_at == visitor.last_seen_at == NOON - timedelta(minutes=5)


def test_a_card_is_merged_from_all_identities(office: Office) -> None:
    office.take(
        message("identify", anonymousId="v1", timestamp=at(-9), traits={"email": "jane@acme.example", "title": "Dev"}),
        message(
            "identify", userId="u1", anonymousId="v1", timestamp=at(-8), traits={"firstName": "Jane", "title": "CEO"}
        ),
        message("identify", userId="u1", timestamp=at(-7), traits={"lastName": "Doe", "phone": "+15551234567"}),
    )
    jane = lead("user_id", "u1")
    assert jane.card == {
        "email": "jane@acme.example",
        "phone": "+15551234567",
        "title": "CEO",
        "first_name": "Jane",
        "last_name": "Doe",
        "name": "Jane Doe",
        "user_id": "u1",
    }
    assert (jane.known, jane.reachable) == (True, True)


def test_a_visitor_with_an_address_is_known_and_reachable(office: Office) -> None:
    office.take(message("identify", traits={"email": "jane@acme.example"}))
    assert (lead("anonymous_id", "v1").known, lead("anonymous_id", "v1").reachable) == (True, True)


def test_a_removed_trait_leaves_the_card(office: Office) -> None:
    office.take(message("identify", userId="u1", timestamp=at(-9), traits={"phone": "+15551234567", "title": "CEO"}))
    office.take(message("identify", userId="u1", timestamp=at(-8), traits={"phone": None}))
    assert lead("user_id", "u1").card == {"title": "CEO", "user_id": "u1"}
    assert not lead("user_id", "u1").reachable


def test_a_merged_lead_keeps_nothing_on_its_card_and_the_other_all_its_time(office: Office) -> None:
    office.take(message("identify", traits={"phone": "+15551234567"}, timestamp=at(-50)))
    home = lead("anonymous_id", "v1")
    office.take(message(timestamp=at(-2)), message(userId="u1", timestamp=at(-40)))
    office.take(message(userId="u1", anonymousId="v1", timestamp=at(-45)))
    merged, user = Lead.objects.get(pk=home.pk), lead("user_id", "u1")
    assert (merged.merged_into_id, merged.card, merged.reachable) == (user.pk, {}, False)
    assert user.first_seen_at == NOON - timedelta(minutes=50)
    assert user.last_seen_at == NOON - timedelta(minutes=2)


def test_last_seen_only_moves_forward(office: Office) -> None:
    for minutes in (-9, -3, -6):
        office.take(message(timestamp=at(minutes)))
    assert lead("anonymous_id", "v1").last_seen_at == NOON - timedelta(minutes=3)
    assert Lead.objects.filter(last_seen_at__gt=NOON - timedelta(minutes=3)).count() == 0


def test_people_of_a_group_share_its_account(office: Office) -> None:
    company = {"name": "Acme", "employees": "11-50", "website": "https://www.acme.example/x", "industry": "retail"}
    office.take(
        message("group", userId="u1", groupId="g1", traits=company),
        message("group", userId="u2", groupId="g1"),
        message("identify", userId="u3", traits={"company": {"id": "g1"}}),
    )
    (account,) = Account.objects.all()
    assert {lead("user_id", user).account_id for user in ("u1", "u2", "u3")} == {account.pk}
    assert (account.name, account.employees, account.domain) == ("Acme", 11, "acme.example")


def test_without_a_group_id_the_companys_name_finds_the_account(office: Office) -> None:
    office.take(message("identify", userId="u1", traits={"company": "Acme Ltd"}))
    office.take(message("identify", userId="u2", traits={"companyName": " acme LTD "}))
    assert lead("user_id", "u1").account_id == lead("user_id", "u2").account_id is not None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_person_belongs_to_the_latest_company(office: Office, order: tuple[int, int]) -> None:
    moves = [
        message("identify", userId="u1", timestamp=at(minutes), traits={"company": name})
        for minutes, name in ((-9, "Old"), (-1, "New"))
    ]
    for number in order:
        office.take(moves[number])
    account = lead("user_id", "u1").account
    assert account is not None
    assert account.name == "New"


def test_nothing_personal_passes_for_a_companys_fact(office: Office) -> None:
    company = {"name": "jane@acme.example", "website": "jane@acme.example", "industry": "+1 555 123 4567"}
    office.take(message("group", userId="u1", groupId="g1", traits=company))
    (account,) = Account.objects.all()
    assert (account.name, account.domain, account.industry) == ("", "", "")


@pytest.mark.parametrize(
    ("value", "count"),
    [(12, 12), ("11-50", 11), ("11 - 50", 11), ("1,200", 1200), ("200+", 200), (">500", 500), (12.7, 12),
     ("many", None), ("²", None), (True, None), (None, None), (-5, None), (10**12, 10_000_000),
     ("9" * 5_000, 10_000_000)],
)  # fmt: skip
def test_headcounts(value: object, count: int | None) -> None:
    assert headcount(value) == count


@pytest.mark.parametrize(
    ("value", "domain"),
    [("acme.example", "acme.example"), ("https://www.Acme.example/a", "acme.example"),
     ("acme.example/a", "acme.example"), ("http://[", ""), (7, "")],
)  # fmt: skip
def test_domains(value: object, domain: str) -> None:
    assert domain_fact(value) == domain
