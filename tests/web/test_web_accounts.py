"""Companies: the list, one of them with everybody's part; leads by grade and fit."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TransientError
from leadline.pipeline import reading
from leadline.qualification.accounts import AccountScore, account_score
from leadline.qualification.models import AccountStanding, Standing
from leadline.scoring.ruleset import Fit, Ruleset
from leadline.scoring.sales_terms import AccountRule
from leadline.tracking.models import Account
from leadline.web.keyset import page_after
from leadline.web.queries import accounts, matrix

pytestmark = pytest.mark.django_db


def scored(account: Account, people: list[Standing]) -> AccountStanding:
    """The standing of a company with these people."""
    score = account_score(AccountRule(), {each.lead_id: each.total for each in people})
    return AccountStanding.objects.create(
        account=account,
        total=score.total,
        grade=cast.published().grade_of(score.total),
        people=len(people),
        qualified=sum(each.stage == "qualified" for each in people),
        best_id=score.best,
        ruleset=cast.published().number,
        scored_at=utc_now(),
    )


@pytest.fixture
def dental(db: None, monkeypatch: pytest.MonkeyPatch) -> Account:  # noqa: ARG001  # rows
    account = cast.company("Northgate Dental", "northgate.com", industry="Health care", employees=120, country="GB")
    people = [
        cast.standing(cast.lead("Amelia Hart", account), (70, 70, 60)),
        cast.standing(cast.lead("Ben Hart", account), (40, 40, 40), stage="profile_development"),
    ]
    cast.standing(cast.lead("Job Seeker", account), (60, 60, 60), stage="disqualified")
    scored(account, people)

    def score(_: int) -> AccountScore:
        return account_score(AccountRule(), {each.lead_id: each.total for each in people})

    monkeypatch.setattr(reading, "account_score", score)
    return account


@pytest.fixture
def solar(db: None) -> Account:  # noqa: ARG001  # rows
    account = cast.company("Brightside 100%", "brightside.io")
    scored(account, [cast.standing(cast.lead("Tom Okafor", account), (10, 10, 10), stage="conversion_signals")])
    return account


@pytest.mark.usefixtures("dental", "solar")
def test_the_highest_company_comes_first_with_its_best_person_and_why(browser: Client) -> None:
    page = browser.get("/accounts")
    assert names_of(page) == ["Northgate Dental", "Brightside 100%"]
    said = text_of(page)
    for words in ("2 companies", "northgate.com", "Amelia Hart", "Completed a tool 4 times", "2 people, 1 qualified"):
        assert words in said


@pytest.mark.usefixtures("dental", "solar")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("dental", ["Northgate Dental"]),
        ("@brightside.io", ["Brightside 100%"]),
        ("%", ["Brightside 100%"]),
        ("x y", []),
    ],
)
def test_companies_are_found_by_name_or_domain(browser: Client, search: str, found: list[str]) -> None:
    page = browser.get("/accounts", {"q": search})
    assert names_of(page) == found
    assert ("name or domain contains" in text_of(page)) == (not found)


def test_pages_follow_each_other(browser: Client) -> None:
    for number in range(60):
        account = cast.company(f"Company {number:02}")
        scored(account, [cast.standing(cast.lead(f"P{number}", account), (number % 7,) * 3)])
    first = browser.get("/accounts")
    after = first.context["next"]
    second = browser.get(f"/accounts{after}")
    assert len(names_of(first)) == 50
    assert len({*names_of(first), *names_of(second)}) == 60
    assert "Next page" not in text_of(second)


@pytest.fixture
def many(db: None) -> list[Account]:  # noqa: ARG001  # rows
    """Seven companies; the first has the lowest total, the most people and the last name."""
    made = []
    for number in range(7):
        facts = {"industry": "Legal" if number % 2 else "Health care", "country": "DE" if number < 3 else "Germany"}
        account = cast.company(f"{'zyxwvut'[number]} company", f"c{number}.com", employees=number * 10 or None, **facts)
        scored(account, [cast.standing(cast.lead(f"P{number}", account), (10 + number * 10,) * 3)])
        AccountStanding.objects.filter(pk=account.pk).update(people=8 - number, qualified=number % 3)
        made.append(account)
    return made


def ordered(many: list[Account], order: str) -> list[str]:
    return [many[int(place)].name for place in order]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", "6543210"), ("people", "0123456"), ("qualified", "2514036"), ("employees", "6543210"), ("name", "6543210")],
)
def test_companies_come_in_the_order_that_is_asked_and_page_by_page(
    browser: Client, many: list[Account], monkeypatch: pytest.MonkeyPatch, sort: str, order: str
) -> None:
    assert names_of(browser.get("/accounts", {"sort": sort})) == ordered(many, order)
    monkeypatch.setattr(accounts, "page_after", partial(page_after, size=3))
    page, seen = browser.get("/accounts", {"sort": sort}), list[str]()
    while page.context["next"]:
        seen += names_of(page)
        page = browser.get(f"/accounts{page.context['next']}")
    assert [*seen, *names_of(page)] == ordered(many, order)


@pytest.mark.parametrize(
    ("asked", "order", "words"),
    [
        ({"industry": "legal"}, "531", "Industry is legal"),
        ({"country": "Deutschland"}, "6543210", "Country is Germany"),
        ({"country": "FR"}, "", "Country is France"),
        ({"qualified": "yes"}, "5421", "With somebody qualified"),
        ({"qualified": "no"}, "630", "With nobody qualified"),
        ({"total.min": "50"}, "654", "Score at least 50"),
        ({"people.min": "6"}, "210", "People at least 6"),
        ({"employees.min": "20", "employees.max": "40"}, "432", "Employees at most 40"),
        ({"industry": "Legal", "qualified": "yes", "q": "company"}, "51", "found by “company”"),
    ],
)
def test_companies_are_narrowed_by_what_the_address_says(
    browser: Client, many: list[Account], asked: dict[str, str], order: str, words: str
) -> None:
    page = browser.get("/accounts", asked)
    assert names_of(page) == ordered(many, order)
    assert words in text_of(page)
    assert order or "leave one out" in text_of(page)


def test_each_grade_of_the_companies_has_its_list(browser: Client, many: list[Account]) -> None:
    grades = dict(AccountStanding.objects.values_list("account__name", "grade"))
    assert len(set(grades.values())) > 1
    for grade in set(grades.values()):
        found = names_of(browser.get("/accounts", {"grade": grade}))
        assert found == [each.name for each in reversed(many) if grades[each.name] == grade]


def test_a_condition_can_be_left_out_and_the_controls_keep_the_others(browser: Client, many: list[Account]) -> None:
    del many
    page = browser.get("/accounts", {"industry": "Legal", "qualified": "yes", "sort": "name"}).content.decode()
    assert 'href="/accounts?industry=Legal&amp;sort=name"' in page
    assert 'href="/accounts?qualified=yes&amp;sort=name"' in page
    assert '<input type="hidden" name="industry" value="Legal">' in page
    more = browser.post("/accounts/filters", {"industry": "Legal", "qualified": "yes"}).content.decode()
    assert 'method="post" action="/accounts/found"' in more
    assert '<input type="hidden" name="qualified" value="yes">' in more
    assert '<option value="Health care">' in more
    assert more.count('<option value="Germany">') == 1  # "DE" is the same


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sort=luck", "There is no order"),
        ("people.min=many", "no whole number"),
        ("qualified=perhaps", "neither yes nor no"),
        ("after=s6e0", "does not exist"),
        ("sort=name&after=sff-1", "does not exist"),
        ("sort=name&after=s00-1", "does not exist"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_says_so(
    browser: Client, many: list[Account], asked: str, said: str
) -> None:
    del many
    page = browser.get(f"/accounts?{asked}")
    assert page.status_code == 400
    assert said in text_of(page)


def test_the_api_lists_companies_by_the_same_words(list_browser: Client, many: list[Account]) -> None:
    def listed(query: str) -> list[str]:
        return [each["name"] for each in list_browser.get(f"/api/v1/accounts?{query}").json()]

    assert listed("sort=people&industry=Legal") == ordered(many, "135")
    assert listed("employees.min=20&employees.max=40&limit=2") == ordered(many, "43")
    refused = list_browser.get("/api/v1/accounts?sort=luck")
    assert refused.status_code == 422
    assert "employees" in refused.json()["detail"] or "employees" in refused.json()["message"]


def test_what_is_searched_for_is_sealed_in_the_address(browser: Client, many: list[Account]) -> None:
    found = browser.post("/accounts/found", {"q": "y company", "industry": "Legal", "after": "x"})
    address = found.headers["Location"]
    assert address.startswith("/accounts?industry=Legal&q=~")
    page = browser.get(address)
    assert names_of(page) == [many[1].name]
    assert "found by “y company”" in text_of(page)
    links = re.findall(r'(?:href|HX-Push-Url)="?([^"]*)', page.content.decode())
    assert [link for link in links if "y+company" in link or "y%20company" in link] == []
    pushed = browser.get(address, headers={"HX-Request": "true"}).headers["HX-Push-Url"]
    assert pushed == address
    more = browser.post("/accounts/filters", {"q": "y company"}).content.decode()
    assert 'name="q" value="~' in more
    assert browser.get("/accounts/found").status_code == 405


def test_the_api_takes_a_part_of_a_name_in_a_body_alone(list_browser: Client, many: list[Account]) -> None:
    def found(**body: object) -> Any:
        return list_browser.post("/api/v1/accounts/search", body, content_type="application/json")

    assert [each["name"] for each in found(q="y company").json()] == [many[1].name]
    assert [each["name"] for each in found(q="company", industry="Legal", sort="people", limit=2).json()] == [
        many[1].name,
        many[3].name,
    ]
    assert [each["name"] for each in found(q="c", **{"employees.min": "60"}).json()] == [many[6].name]
    assert found(q="c", sort="luck").status_code == 422
    assert found(industry="Legal").status_code == 422, "without q it is the list"


def test_without_a_company_the_page_says_how_one_comes(browser: Client) -> None:
    assert "No company yet" in text_of(browser.get("/accounts"))
    assert browser.get("/accounts?after=x").status_code == 400
    assert browser.get("/accounts/77").status_code == 404


def test_a_company_shows_its_people_their_parts_and_its_facts(browser: Client, dental: Account) -> None:
    page = browser.get(f"/accounts/{dental.pk}")
    assert names_of(page) == ["Amelia Hart", "Ben Hart", "Job Seeker"]
    said = text_of(page)
    for words in ("64.0", "10.0", "74.0 of 100", "Health care", "120", "United Kingdom", "2 people, 1 qualified"):
        assert words in said


def test_a_busy_engine_leaves_the_rest_of_the_page(
    browser: Client, dental: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: int) -> AccountScore:
        raise TransientError("The event store is being rewritten.")

    monkeypatch.setattr(reading, "account_score", busy)
    said = text_of(browser.get(f"/accounts/{dental.pk}"))
    assert "cannot be shown now" in said
    assert "Amelia Hart" in said


def test_the_engine_says_what_everybody_adds(engine: object, browser: Client) -> None:  # noqa: ARG001  # it runs
    account = cast.company("Nobody scored here")
    assert "Nobody who belongs to this company has a score" in text_of(browser.get(f"/accounts/{account.pk}"))


@pytest.fixture
def fitting(monkeypatch: pytest.MonkeyPatch) -> Ruleset:
    ruleset = cast.published()
    fit = Fit(ruleset.factors[:1], ((1, 60_000), (2, 30_000)), 3, {"A1": "Call today", "D3": "Leave them"})
    told = replace(ruleset, fit=fit)
    monkeypatch.setattr(matrix, "_ruleset", lambda _: told)
    return told


@pytest.mark.usefixtures("fitting")
def test_leads_are_counted_by_grade_and_fit_and_each_cell_leads_to_them(list_browser: Client) -> None:
    cast.standing(cast.lead("Amelia Hart"), (70, 70, 60), fit=1)
    cast.standing(cast.lead("Ben Hart"), (70, 70, 60), fit=2)
    cast.standing(cast.lead("Old Rules"), (70, 70, 60))
    cast.standing(cast.lead(known=False), (70, 70, 60), fit=1)
    page = list_browser.get("/leads/matrix")
    said = text_of(page)
    for words in ("2 leads by what they do", "Call today", "Leave them", "1 more was scored under another ruleset"):
        assert words in said
    assert 'href="/leads?grade=A&amp;fit=1"' in page.content.decode()
    found = list_browser.get("/leads?grade=A&fit=1")
    assert names_of(found) == ["Amelia Hart"]
    assert "Grade is A" in text_of(found)
    assert "A1" in text_of(found)


@pytest.mark.usefixtures("fitting")
def test_leads_are_filtered_by_fit(list_browser: Client) -> None:
    cast.standing(cast.lead("Amelia Hart"), (70, 70, 60), fit=1)
    cast.standing(cast.lead("Ben Hart"), (70, 70, 10), fit=1)
    assert names_of(list_browser.get("/leads?fit=1")) == ["Amelia Hart", "Ben Hart"]
    assert names_of(list_browser.get("/leads?grade=A")) == ["Amelia Hart"]
    assert "Fit is 2" in text_of(list_browser.get("/leads?fit=2"))
    assert list_browser.get("/leads?fit=x").status_code == 400


def test_without_fit_rules_the_matrix_says_so_and_grades_stand_alone(
    list_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = replace(cast.published(), fit=None)
    monkeypatch.setattr(matrix, "_ruleset", lambda _: plain)
    cast.standing(cast.lead("Amelia Hart"), (70, 70, 60))
    assert "has no fit rules" in text_of(list_browser.get("/leads/matrix"))
    page = list_browser.get("/leads")
    assert 'name="fit"' not in page.content.decode()
    assert 'title="Grade A">A</span>' in page.content.decode()


def test_everybody_may_see_accounts(admin_browser: Client, marketing_browser: Client) -> None:
    cast.published()
    for visitor in (admin_browser, marketing_browser):
        assert visitor.get("/accounts").status_code == 200
        assert ">Accounts</a>" in visitor.get("/accounts").content.decode()
