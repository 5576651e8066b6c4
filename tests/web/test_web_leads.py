from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.privacy.fields import lookup_hasher
from leadline.tracking.models import Identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    cast.standing(
        cast.lead("Amelia Hart", cast.company("Northgate Dental", "northgate.com"), email="amelia@northgate.com"),
        (70, 70, 60),
    )
    cast.standing(
        cast.lead("Tom Okafor", cast.company("Brightside 100%", "brightside.io"), email="tom@mail.test"),
        (70, 70, 10),
        stage="conversion_signals",
    )
    cast.standing(cast.lead(known=False), (90, 50, 0), stage="initial_engagement")


@pytest.mark.usefixtures("people")
def test_the_highest_score_comes_first_and_visitors_are_hidden(browser: Client) -> None:
    page = browser.get("/leads")
    assert names_of(page) == ["Amelia Hart", "Tom Okafor"]
    assert "2 people" in text_of(page)


@pytest.mark.usefixtures("people")
def test_visitors_on_request(browser: Client) -> None:
    names = names_of(browser.get("/leads?who=everybody"))
    assert len(names) == 3
    assert any(name.startswith("Visitor ") for name in names)


@pytest.mark.usefixtures("people")
def test_a_row_says_stage_grade_dimensions_reason_and_when(browser: Client) -> None:
    said = text_of(browser.get("/leads"))
    for words in ("Qualified", "Conversion signals", "Completed a tool 4 times", "2 hours ago", "Northgate Dental"):
        assert words in said


@pytest.mark.usefixtures("people")
def test_filter_by_stage(browser: Client) -> None:
    page = browser.get("/leads?stage=conversion_signals")
    assert names_of(page) == ["Tom Okafor"]
    assert "1 person in Conversion signals" in text_of(page)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("dental", ["Amelia Hart"]),
        ("NORTHGATE.com", ["Amelia Hart"]),
        ("@brightside.io", ["Tom Okafor"]),
        (" Tom@Mail.test ", ["Tom Okafor"]),
        ("tom@mail.tes", []),
        ("100%", ["Tom Okafor"]),
        ("%", ["Tom Okafor"]),
        ("_", []),
    ],
)
def test_search_by_company_domain_and_whole_address(browser: Client, search: str, found: list[str]) -> None:
    assert names_of(browser.get("/leads", {"q": search})) == found


@pytest.mark.usefixtures("people")
def test_search_by_user_id(browser: Client) -> None:
    person = cast.lead("Id Only")
    cast.standing(person)
    digest = lookup_hasher().digest("user_id", "user-77")
    Identity.objects.create(
        kind="user_id", digest=digest, value="user-77", lead=person, first_seen_at=person.first_seen_at
    )
    assert names_of(browser.get("/leads?q=user-77")) == ["Id Only"]


@pytest.mark.usefixtures("people")
def test_merged_leads_are_never_listed(browser: Client) -> None:
    merged = cast.standing(cast.lead("Merged")).lead
    merged.merged_into = cast.lead("Survivor")
    merged.save()
    assert "Merged" not in names_of(browser.get("/leads?who=everybody"))


def test_pages_keep_the_filter_and_break_ties_by_number(browser: Client) -> None:
    for number in range(70):
        cast.standing(cast.lead(f"Lead {number:02}"), (40, 40, 40))
    cast.standing(cast.lead("Elsewhere"), (90, 90, 90), stage="customer")
    first = browser.get("/leads?stage=qualified")
    assert "stage=qualified" in first.context["next"]
    second = browser.get("/leads" + first.context["next"])
    assert names_of(first) + names_of(second) == [f"Lead {number:02}" for number in range(70)]


@pytest.mark.usefixtures("people")
def test_htmx_gets_the_results_alone(browser: Client) -> None:
    page = browser.get("/leads?q=dental", headers={"HX-Request": "true"})
    assert page.content.lstrip().startswith(b'<p class="count"')
    assert "HX-Request" in page.headers["Vary"]


def test_the_empty_installation_says_how_to_send_the_first_event(browser: Client) -> None:
    said = text_of(browser.get("/leads"))
    assert "No leads yet" in said
    assert "leadline keys create website" in said


@pytest.mark.usefixtures("people")
def test_nobody_fits(browser: Client) -> None:
    assert "Nobody fits" in text_of(browser.get("/leads?q=nobody"))
    assert "Nobody is in Recycled." in text_of(browser.get("/leads?stage=recycled"))


@pytest.mark.usefixtures("people")
def test_a_stage_that_does_not_exist_is_refused(browser: Client) -> None:
    page = browser.get("/leads?stage=winning")
    assert page.status_code == 400
    assert "This address makes no sense" in text_of(page)


def test_what_people_are_called_is_escaped(browser: Client) -> None:
    cast.standing(cast.lead("<script>alert(1)</script>"))
    assert b"<script>alert" not in browser.get("/leads").content


def test_as_many_queries_for_many_as_for_one(browser: Client, django_assert_num_queries: Any) -> None:
    cast.standing(cast.lead("First", cast.company("A")))
    browser.get("/leads")
    with django_assert_num_queries(6):  # session, user, rows, count, the ruleset in force, the navigation's count
        browser.get("/leads")
    for number in range(20):
        cast.standing(cast.lead(f"Lead {number}", cast.company(f"Company {number}")))
    with django_assert_num_queries(6):
        browser.get("/leads")


def test_a_count_stops_at_its_cap(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.web.queries import leads
    from leadline.web.views import leads as view

    monkeypatch.setattr(leads, "capped_count", lambda found: min(found.count(), 3))
    monkeypatch.setattr(view, "COUNT_CAP", 2)
    for number in range(5):
        cast.standing(cast.lead(f"Lead {number}"))
    assert "2+ people" in text_of(browser.get("/leads"))
