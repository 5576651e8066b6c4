"""Traits under their canonical names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.tracking.traits import canonical_company_traits, canonical_name, canonical_traits, trait_text


def test_camel_case_becomes_snake_case() -> None:
    names = ["firstName", "hiringTimeline", "Job Title", "companyName", "URLPath", "roles_wanted"]
    assert [canonical_name(name) for name in names] == [
        "first_name", "hiring_timeline", "title", "company_name", "url_path", "roles_wanted",
    ]  # fmt: skip


def test_a_nested_company_is_flat() -> None:
    company = {"name": "Acme", "employees": 12, "industry": "retail", "id": 7, "website": "acme.example"}
    assert canonical_traits({"company": company}) == {
        "company_name": "Acme",
        "employees": 12,
        "industry": "retail",
        "company_id": 7,
        "website": "acme.example",
    }


def test_a_company_may_be_text() -> None:
    assert canonical_traits({"company": " Acme "}) == {"company_name": "Acme"}


def test_what_stands_at_the_top_wins_over_what_is_nested() -> None:
    assert canonical_traits({"industry": "law", "company": {"industry": "retail"}}) == {"industry": "law"}


def test_an_address_is_flat() -> None:
    address = {"city": "Manila", "country": "PH", "postalCode": "1000"}
    assert canonical_traits({"address": address}) == {"city": "Manila", "country": "PH", "postal_code": "1000"}


def test_empty_values_are_none() -> None:
    assert canonical_traits({"title": " ", "phone": None, "rolesWanted": []}) == {
        "title": None,
        "phone": None,
        "roles_wanted": None,
    }
    assert canonical_traits({"employees": 0, "vip": False}) == {"employees": 0, "vip": False}


def test_a_groups_traits_are_the_companys() -> None:
    traits = {"name": "Acme", "employeeCount": 12, "companyIndustry": "law"}
    assert canonical_company_traits(traits) == {"company_name": "Acme", "employees": 12, "industry": "law"}


RESERVED_OF_PEOPLE = {
    "address": ({"city": "Manila", "country": "PH", "postalCode": "1000", "state": "NCR", "street": "1 Rizal"},
                {"city": "Manila", "country": "PH", "postal_code": "1000", "state": "NCR", "street": "1 Rizal"}),
    "age": (41, {"age": 41}),
    "avatar": ("https://a.example/a.png", {"avatar": "https://a.example/a.png"}),
    "birthday": ("1984-05-01", {"birthday": "1984-05-01"}),
    "company": ({"name": "Acme", "id": "c1", "industry": "law", "employee_count": 12, "plan": "pro"},
                {"company_name": "Acme", "company_id": "c1", "industry": "law", "employees": 12,
                 "company_plan": "pro"}),
    "createdAt": ("2026-01-01", {"created_at": "2026-01-01"}),
    "description": ("Hires", {"description": "Hires"}),
    "email": ("a@acme.example", {"email": "a@acme.example"}),
    "firstName": ("Ann", {"first_name": "Ann"}),
    "gender": ("f", {"gender": "f"}),
    "id": ("u1", {"id": "u1"}),
    "lastName": ("Lee", {"last_name": "Lee"}),
    "name": ("Ann Lee", {"name": "Ann Lee"}),
    "phone": ("1", {"phone": "1"}),
    "title": ("CEO", {"title": "CEO"}),
    "username": ("ann", {"username": "ann"}),
    "website": ("acme.example", {"website": "acme.example"}),
}  # fmt: skip
RESERVED_OF_GROUPS = {
    "address": ({"city": "Manila", "country": "PH", "postalCode": "1000", "state": "NCR", "street": "1 Rizal"},
                {"company_city": "Manila", "country": "PH", "company_postal_code": "1000", "company_state": "NCR",
                 "company_street": "1 Rizal"}),
    "avatar": ("https://a.example/a.png", {"company_avatar": "https://a.example/a.png"}),
    "createdAt": ("2026-01-01", {"company_created_at": "2026-01-01"}),
    "description": ("Law", {"company_description": "Law"}),
    "email": ("office@acme.example", {"company_email": "office@acme.example"}),
    "employees": ("329", {"employees": "329"}),
    "id": ("g1", {"company_id": "g1"}),
    "industry": ("law", {"industry": "law"}),
    "name": ("Acme", {"company_name": "Acme"}),
    "phone": ("1", {"company_phone": "1"}),
    "website": ("acme.example", {"website": "acme.example"}),
    "plan": ("pro", {"company_plan": "pro"}),
}  # fmt: skip


def spellings(name: str) -> list[str]:
    """As JavaScript, Ruby and people write it."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return [name, snake, name[0].upper() + name[1:], snake.upper()]


@pytest.mark.parametrize("name", RESERVED_OF_PEOPLE)
def test_the_traits_that_segment_reserves_for_people(name: str) -> None:
    value, wanted = RESERVED_OF_PEOPLE[name]
    for spelling in spellings(name):
        assert canonical_traits({spelling: value}) == wanted


@pytest.mark.parametrize("name", RESERVED_OF_GROUPS)
def test_the_traits_that_segment_reserves_for_groups(name: str) -> None:
    value, wanted = RESERVED_OF_GROUPS[name]
    for spelling in spellings(name):
        assert canonical_company_traits({spelling: value}) == wanted


def test_a_companys_own_country_wins_over_its_addresss() -> None:
    company = {"country": "AU", "address": {"country": "PH"}}
    assert canonical_company_traits(company)["country"] == "AU"
    assert canonical_company_traits(dict(reversed(company.items())))["country"] == "AU"


def test_texts_of_traits() -> None:
    texts = [trait_text(value) for value in ("a", 12, 1.5, True, ["x", "y"], "", None, {"b": 1})]
    assert texts == ["a", "12", "1.5", "true", "x, y", None, None, '{"b": 1}']


@settings(deadline=None)  # shared cores
@given(st.dictionaries(st.text(max_size=12), st.none() | st.text(max_size=5) | st.integers() | st.booleans()))
def test_canonical_traits_stay_as_they_are(traits: dict[str, object]) -> None:
    once = canonical_traits(traits)
    assert canonical_traits(once) == once
