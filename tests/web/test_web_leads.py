import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest
import web_cast as cast
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from web_cast import names_of, text_of

from leadline.accounts.models import User
from leadline.analytics.models import SavedView
from leadline.kernel.clock import utc_now
from leadline.privacy.fields import lookup_hasher
from leadline.qualification.models import Standing
from leadline.tracking.models import Identity, Lead
from leadline.web.lead_filter import LeadFilter
from leadline.web.lead_views import bundled
from leadline.web.sealed_search import opened, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(list_browser: Client) -> Client:
    return list_browser


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
    assert "1 person · Stage is Conversion signals" in text_of(page)


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


@pytest.mark.usefixtures("people")
def test_what_is_searched_for_stands_in_no_address(browser: Client) -> None:
    found = browser.post("/leads/found", {"q": "user-77@dental.example", "sort": "gain"})
    address = found.headers["Location"]
    assert "user-77" not in address
    page = browser.get(address)
    assert page.context["filter"].search == "user-77@dental.example"
    assert page.context["filter"].sort == "gain"
    assert "user-77" not in page.context["first"]


@given(st.text(max_size=200))
def test_a_search_comes_out_of_its_address_as_it_was_typed(text: str) -> None:
    assert opened(sealed(text)) == text
    assert sealed(text) == sealed(text)


@pytest.mark.parametrize("value", ["~", "~nothing", "~é", "~AAAAAAAAAAAAAAAAAAAAAAAA"])
def test_what_only_looks_sealed_is_searched_for_as_it_stands(value: str) -> None:
    assert opened(value) == value


def test_the_empty_installation_says_how_to_send_the_first_event(browser: Client) -> None:
    said = text_of(browser.get("/leads"))
    assert "No leads yet" in said
    assert "leadline keys create website" in said


@pytest.mark.usefixtures("people")
def test_nobody_fits(browser: Client) -> None:
    assert "Nobody fits" in text_of(browser.get("/leads?q=nobody"))
    assert "Stage is Recycled" in text_of(browser.get("/leads?stage=recycled"))


@pytest.mark.usefixtures("people")
def test_a_stage_that_does_not_exist_is_refused(browser: Client) -> None:
    page = browser.get("/leads?stage=winning")
    assert page.status_code == 400
    assert "This address makes no sense" in text_of(page)


def test_what_people_are_called_is_escaped(browser: Client) -> None:
    cast.standing(cast.lead("<script>alert(1)</script>"))
    assert b"<script>alert" not in browser.get("/leads").content


def test_as_many_queries_for_many_as_for_one(browser: Client) -> None:
    cast.standing(cast.lead("First", cast.company("A")))
    browser.get("/leads")
    with CaptureQueriesContext(connection) as one:
        browser.get("/leads")
    for number in range(20):
        cast.standing(cast.lead(f"Lead {number}", cast.company(f"Company {number}")))
    with CaptureQueriesContext(connection) as many:
        browser.get("/leads")
    assert len(one) == len(many) <= 18  # six of them read again what changed; four are the audit trail's


def test_a_count_stops_at_its_cap(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.web.views import leads as view

    monkeypatch.setattr(view, "COUNT_CAP", 2)
    for number in range(5):
        cast.standing(cast.lead(f"Lead {number}"))
    assert "2+ people" in text_of(browser.get("/leads"))


def filled() -> None:
    """People that differ in everything that the list sorts by."""
    now = utc_now()
    for number in range(60):
        person = cast.lead(
            f"Lead {number:02}", cast.company(f"Company {number % 7}", country="DE" if number % 2 else "FR")
        )
        Lead.objects.filter(pk=person.pk).update(last_seen_at=now - timedelta(hours=number * 37 % 60))
        numbers = {"gain_week": (number * 41 % 60 - 30) * 1_000_000, "monthly_value": number * 43 % 60 or None}
        since = now - timedelta(hours=number * 29 % 60)
        scores = (number * 17 % 60 + 1, 5, 5)
        cast.standing(person, scores, stage="profile_development", stage_since=since, currency="USD", **numbers)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("total", lambda row: -row.total),
        ("last_seen", lambda row: -row.lead.last_seen_at.timestamp()),
        ("gain", lambda row: -row.gain_week),
        ("stage_since", lambda row: -row.stage_since.timestamp()),
        ("value", lambda row: -(row.monthly_value if row.monthly_value is not None else -1)),
    ],
)
def test_every_order_goes_on_where_the_page_before_ended(browser: Client, sort: str, key: Any) -> None:
    filled()
    first = browser.get(f"/leads?sort={sort}")
    second = browser.get("/leads" + first.context["next"])
    rows = sorted(Standing.objects.select_related("lead"), key=lambda row: (key(row), row.lead_id))
    assert names_of(first) + names_of(second) == [row.lead.card["name"] for row in rows]
    assert second.context["next"] == ""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("total.min=5&total.max=10", "Total at most 10"),
        ("last_seen.within=1d", "Last seen within 1 day"),
        ("last_seen.before=2d", "Last seen more than 2 days ago"),
        ("country=germany", "Country is Germany"),
        ("owner=", ""),
        ("contacted=no", "Not contacted"),
        ("segment=company%3DCompany+1%7CCompany+2", "Company is Company 1 or Company 2"),
        ("stage=profile_development&stage=qualified", ""),
        ("total=%3E%3D40", "Total at least 40"),
    ],
)
def test_conditions_are_told_in_words_and_stay_in_the_address(browser: Client, query: str, said: str) -> None:
    filled()
    page = browser.get(f"/leads?{query}")
    assert page.status_code == 200
    assert said in text_of(page)
    again = browser.get("/leads" + page.context["filter"].query)
    assert set(again.context["filter"].segment.conditions) == set(page.context["filter"].segment.conditions)
    assert sorted(names_of(again)) == sorted(names_of(page))


@pytest.mark.parametrize(
    "asked", [{"company": "Canary Works"}, {"owner": "Canary King"}, {"segment": "company!=Canary|"}]
)
def test_a_company_or_an_owner_is_sealed_in_the_address(browser: Client, asked: dict[str, str]) -> None:
    filled()
    address = browser.post("/leads/found", {**asked, "stage": "qualified"}).headers["Location"]
    assert re.fullmatch(r"/leads\?stage=qualified&segment=~[\w-]+", address)
    page = browser.get(address)
    assert "Canary" in text_of(page)
    links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert [link for link in links if "Canary" in link] == []
    assert browser.get(address, headers={"HX-Request": "true"}).headers["HX-Push-Url"] == address
    wanted = page.context["filter"]
    assert "Canary" in unquote_plus(wanted.kept), "what is kept in the record store is sealed there"
    assert LeadFilter.from_query(QueryDict(wanted.kept.lstrip("?"))).query == wanted.query


def test_nobodys_leads_are_asked_for_in_clear(browser: Client) -> None:
    assert browser.post("/leads/found", {"segment": "owner="}).headers["Location"] == "/leads?segment=owner%3D"


def test_both_ends_of_a_range_of_points_are_in_it(browser: Client) -> None:
    filled()
    inside = Standing.objects.filter(total__gte=5_000_000, total__lte=10_000_000).count()
    assert inside > 0
    assert len(names_of(browser.get("/leads?total.min=5&total.max=10"))) == inside


@pytest.mark.parametrize("query", ["sort=luck", "columns=shoe", "total.min=lots", "after=x", "segment=colour%3Dred"])
def test_an_address_that_makes_no_sense_is_refused(browser: Client, query: str) -> None:
    assert browser.get(f"/leads?{query}").status_code == 400


@pytest.mark.usefixtures("people")
def test_columns_are_chosen_in_the_address(browser: Client) -> None:
    page = browser.get("/leads?columns=owner,channel,country,value,gain,since,contacted")
    said = text_of(page)
    for label in ("Owner", "Channel", "Country", "Monthly value", "Gain this week", "In the stage since", "Contacted"):
        assert label in said
    assert '<th scope="col" class="why">' not in page.content.decode()
    assert "Direct" in said
    assert 'name="columns" value="owner"' in page.content.decode()


@pytest.mark.usefixtures("people")
def test_the_controls_for_more_show_what_is_asked(browser: Client) -> None:
    asked = {"total.min": "40", "contacted": "no", "segment": "company=A|B", "stage": "qualified", "q": "x"}
    page = browser.post("/leads/filters", asked).content.decode()
    assert 'name="total.min" value="40"' in page
    assert "<option selected>no</option>" in page
    assert 'name="segment" value="company=A|B"' in page
    assert 'name="stage" value="qualified"' in page
    assert f'name="q" value="{sealed("x")}"' in page


@pytest.mark.usefixtures("people")
def test_a_view_is_saved_shown_and_removed(browser: Client) -> None:
    saved = browser.post("/leads/views", {"name": "Solar", "query": "?q=brightside&sort=gain", "shared": "yes"})
    address = f"/leads?q={quote(sealed('brightside'))}&sort=gain"
    assert saved.headers["Location"] == address
    page = browser.get(address)
    assert f'<a href="{address.replace("&", "&amp;")}" aria-current="page">Solar</a>' in page.content.decode()
    row = SavedView.objects.get()
    browser.post("/leads/views", {"name": "Solar", "query": "?q=other"})
    assert SavedView.objects.get().query == "?q=other"
    browser.post(f"/leads/views/{row.pk}/remove")
    assert not SavedView.objects.exists()


def test_colleagues_see_shared_views_and_do_not_remove_them(browser: Client) -> None:
    cast.standing(cast.lead("Ann"))
    ben = cast.user(name="Ben")
    SavedView.objects.create(name="Private", owner=ben, query="")
    row = SavedView.objects.create(name="Bens view", owner=ben, query="?stage=qualified", shared=True)
    said = text_of(browser.get("/leads"))
    assert "Bens view" in said
    assert "Private" not in said
    assert browser.post(f"/leads/views/{row.pk}/remove").status_code == 403


def test_bundled_views_can_be_opened(browser: Client, sales: User) -> None:
    cast.standing(cast.lead("Ann"), owner="Jose Reyes", stage="qualified")
    for view in bundled(sales):
        assert browser.get("/leads" + view.query).status_code == 200
    mine = next(view for view in bundled(sales) if view.name == "Mine")
    assert names_of(browser.get("/leads" + mine.query)) == ["Ann"]
