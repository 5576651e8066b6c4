"""Conversions and Journeys: tabs and filters in the address, what each room is asked, who may look."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.web.views.conversions import TABS

pytestmark = pytest.mark.django_db
PATHS = ("/conversions", "/conversions/attribution", "/conversions/revenue", "/conversions/cohorts")


@pytest.fixture
def marketing(marketing_browser: Client) -> Client:
    """Somebody from marketing, where there are people."""
    cast.platform()
    return marketing_browser


@pytest.fixture
def seller(browser: Client) -> Client:
    """Somebody from sales, where there are people."""
    cast.platform()
    return browser


def rooms(page: Any) -> list[tuple[str, dict[str, list[str]]]]:
    """The report and the query of each slot, from top to bottom."""
    found = re.findall(r'hx-get="(/reports/[^"]*/part[^"]*)"', page.content.decode())
    parts = [urlsplit(unescape(each)) for each in found]
    return [(each.path.split("/")[2], parse_qs(each.query)) for each in parts]


@pytest.mark.parametrize("path", [*PATHS, "/journeys"])
def test_a_new_installation_says_what_would_fill_it(marketing_browser: Client, path: str) -> None:
    page = marketing_browser.get(path)
    assert re.search("No (conversions|journeys) yet", text_of(page))
    assert rooms(page) == []


@pytest.mark.parametrize("path", PATHS)
def test_tabs_are_links_and_the_open_one_says_so(marketing: Client, path: str) -> None:
    body = marketing.get(path).content.decode().partition('class="tabs"')[2].partition("</nav>")[0]
    assert re.findall(r'<li><a href="(/conversions[^"]*)"', body) == list(PATHS)
    assert f'<li><a href="{path}" aria-current="page">' in body


@pytest.mark.parametrize("path", PATHS)
def test_sales_may_read_but_not_shape(seller: Client, path: str) -> None:
    page = seller.get(path)
    assert page.status_code == 200
    assert "/conversions/channels" not in page.content.decode()


def test_marketing_is_led_to_channel_rules_and_money(marketing: Client) -> None:
    body = marketing.get("/conversions/revenue").content.decode()
    assert 'href="/conversions/channels"' in body
    assert 'href="/conversions/money"' in body


def test_sales_does_not_use_journeys(seller: Client) -> None:
    assert seller.get("/journeys").status_code == 403


def test_every_room_is_asked_what_the_address_asks(marketing: Client) -> None:
    page = marketing.get("/conversions/attribution?period=90d&model=markov&dimension=campaign")
    asked = rooms(page)
    assert {kind for kind, _ in asked} == {"attribution", "conversion-paths"}
    assert {(given["period"][0], given["dimension"][0]) for _, given in asked} == {("90d", "campaign")}
    models = {(kind, given.get("model", [""])[0]) for kind, given in asked}
    assert models == {("attribution", "markov"), ("conversion-paths", "")}


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.page)
def test_every_room_is_filled(marketing: Client, engine: Any, tab: Any) -> None:  # noqa: ARG001  # what computes
    for kind, given in rooms(marketing.get(PATHS[TABS.index(tab)])):
        query = {name: values[0] for name, values in given.items()}
        part = marketing.get(f"/reports/{kind}/part", query, headers={"HX-Request": "true"})
        assert part.status_code == 200, (kind, query)
        assert b"report-fault" not in part.content, (kind, query)


def test_the_steps_of_a_funnel_are_words_to_change(marketing: Client) -> None:
    page = marketing.get("/conversions?steps=Page&steps=Tool+Used&steps=&window=7d&mode=strict&exclude=Quiz")
    values = re.findall(r'<input name="steps" value="([^"]*)"', page.content.decode())
    assert values == ["Page", "Tool Used", ""]
    asked = rooms(page)[0][1]
    assert (asked["steps"], asked["window"], asked["mode"], asked["exclude"]) == (
        ["Page>Tool Used"],
        ["7d"],
        ["strict"],
        ["Quiz"],
    )


def test_steps_that_one_may_stop_at_are_told_in_words(marketing: Client) -> None:
    page = marketing.get(
        "/conversions?steps=conversion:quote_requested>stage:customer>stage:nonsense>any"
    ).content.decode()
    said = re.findall(r'stopped=\d[^"]*#stopped"[^>]*>([^<]*)<', page)
    assert said == ["Quote requested", "Stage Customer", "stage:nonsense"]


def test_who_stopped_after_a_step_is_listed_on_request(marketing: Client) -> None:
    page = marketing.get("/conversions?steps=Page>Tool+Used>Quote+Requested&window=7d")
    links = re.findall(r'href="(\?[^"]*stopped=\d[^"]*)#stopped"', page.content.decode())
    assert len(links) == 2
    kind, asked = rooms(marketing.get("/conversions" + unescape(links[1])))[-1]
    assert (kind, asked["step"], asked["steps"], asked["window"]) == (
        "drop-off",
        ["2"],
        ["Page>Tool Used>Quote Requested"],
        ["7d"],
    )


def test_told_apart_there_is_a_chart_of_the_groups(marketing: Client) -> None:
    plain, apart = (
        [given["show"][0] for _, given in rooms(marketing.get(path))]
        for path in ("/conversions", "/conversions?by=channel")
    )
    assert set(apart) - set(plain) == {"chart:1"}


def test_filters_that_mean_nothing_now_are_not_shown(marketing: Client) -> None:
    linear, decay = (
        marketing.get(f"/conversions/attribution?model={model}").content.decode() for model in ("linear", "time-decay")
    )
    assert 'name="half_life"' not in linear
    assert 'name="half_life"' in decay
    assert 'name="order"' not in decay


@pytest.mark.parametrize("path", ["/conversions?period=soon", "/conversions/attribution?model=magic", "/journeys?of=x"])
def test_what_makes_no_sense_is_said_beside_the_filters(marketing: Client, path: str) -> None:
    page = marketing.get(path)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode().partition("<main")[2].partition("hidden")[2]
    assert rooms(page) == []


def test_an_anchor_stands_in_the_address_and_can_be_left(marketing: Client) -> None:
    page = marketing.get("/journeys?anchor=Page+/pricing&length=4")
    assert "Around “Page /pricing”. Show all" in text_of(page)
    assert {given["anchor"][0] for _, given in rooms(page)} == {"Page /pricing"}
    assert 'href="?length=4"' in page.content.decode()


def test_what_journeys_look_through_can_be_emptied_and_stays_so(marketing: Client) -> None:
    asked = [rooms(marketing.get(path))[0][1]["exclude"][0] for path in ("/journeys", "/journeys?exclude=")]
    assert asked[0].startswith("Page Engaged, ")
    assert asked[1] == "none"
    body = marketing.get("/journeys?exclude=none").content.decode()
    assert re.search(r'name="exclude" value="" [^>]*placeholder="none"', body)


@pytest.mark.parametrize("path", ["/overview", *PATHS, "/journeys"])
def test_pages_have_no_styles_or_scripts_of_their_own(marketing: Client, path: str) -> None:
    body = marketing.get(path).content.decode()
    assert " style=" not in body
    assert not re.search(r"<script(?![^>]*src=)", body)
