"""Traits under their canonical names."""

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


def test_texts_of_traits() -> None:
    texts = [trait_text(value) for value in ("a", 12, 1.5, True, ["x", "y"], "", None, {"b": 1})]
    assert texts == ["a", "12", "1.5", "true", "x, y", None, None, '{"b": 1}']


@settings(deadline=None)  # shared cores
@given(st.dictionaries(st.text(max_size=12), st.none() | st.text(max_size=5) | st.integers() | st.booleans()))
def test_canonical_traits_stay_as_they_are(traits: dict[str, object]) -> None:
    once = canonical_traits(traits)
    assert canonical_traits(once) == once
