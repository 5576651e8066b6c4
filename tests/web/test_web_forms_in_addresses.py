"""What somebody types into filters and forms goes to the server in a body, and stands in no address afterwards: it may
name a person."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
import report_cast
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.analytics.models import Board
from leadline.pipeline.reports.catalogue import kinds
from leadline.web import report_part
from leadline.web.keyset import make_cursor, parse_cursor
from leadline.web.sealed_search import MARK, opened

pytestmark = pytest.mark.django_db
WHO = "Lovelace & Daughter"
SEGMENT = f"company={WHO}"
PAGES = (
    "/reports/sounding",
    "/conversions",
    "/conversions/attribution",
    "/conversions/revenue",
    "/conversions/cohorts",
    "/journeys",
)
ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"')


@pytest.fixture(autouse=True)
def sounding(monkeypatch: pytest.MonkeyPatch) -> None:
    report_cast.register(monkeypatch)


@pytest.fixture
def marketing(marketing_browser: Client) -> Client:
    """Somebody from marketing, where there are people."""
    cast.platform()
    return marketing_browser


def sealed_address(client: Client, path: str, asked: dict[str, str]) -> str:
    """Where a page's own filters lead."""
    answer = client.post(path, asked)
    assert answer.status_code == 302
    return answer.headers["Location"]


def addresses(page: str) -> list[str]:
    """Every address that a page has, readable."""
    return [unquote_plus(unescape(each)) for each in ADDRESS.findall(page)]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("path", PAGES)
def test_a_company_that_a_page_is_narrowed_to_is_in_no_address(marketing: Client, path: str) -> None:
    there = sealed_address(marketing, path, {"segment": SEGMENT, "period": "90d", "first": "", "last": ""})
    said = parse_qs(urlsplit(there).query)
    assert set(said) == {"segment", "period"}, "what was not chosen is left out"
    assert said["segment"][0].startswith(MARK)
    assert opened(said["segment"][0]) == SEGMENT
    page = marketing.get(there).content.decode()
    assert 'name="segment" value="company=Lovelace &amp; Daughter"' in page, "the filter shows what it is"
    asking = [each for each in addresses(page) if "segment=" in each]
    assert asking, "its parts are asked the same"
    assert not [each for each in asking if "Lovelace" in each]


@pytest.mark.usefixtures("engine")
def test_segments_that_name_nobody_stay_readable(marketing: Client) -> None:
    assert sealed_address(marketing, "/journeys", {"segment": "channel=Direct"}) == "/journeys?segment=channel%3DDirect"


@pytest.mark.usefixtures("engine")
def test_what_stands_as_usual_is_left_out_and_what_was_emptied_is_said(marketing: Client) -> None:
    assert sealed_address(marketing, "/reports/sounding", {"grain": "day", "within": "7d", "zone": "UTC"}) == (
        "/reports/sounding"
    )
    usual = next(each for kind in kinds().values() for each in kind.all_parameters if each.cleared)
    kind = next(kind for kind in kinds().values() if usual in kind.all_parameters)
    emptied = sealed_address(marketing, f"/reports/{kind.name}", {usual.name: ""})
    assert parse_qs(urlsplit(emptied).query) == {usual.name: [usual.cleared]}


@pytest.mark.usefixtures("engine")
def test_pins_shares_and_parts_ask_for_the_same_sealed(marketing: Client) -> None:
    there = sealed_address(marketing, "/reports/sounding", {"segment": SEGMENT})
    query = urlsplit(there).query
    for path in (
        f"/boards/pin?report=sounding&{query}",
        f"/reports/sounding/share?{query}",
        f"/reports/sounding/part?{query}",
    ):
        page = marketing.get(path)
        assert page.status_code == 200
        assert not [each for each in addresses(page.content.decode()) if "Lovelace" in each]
    marketing.post("/boards/pin", {"report": "sounding", "segment": SEGMENT, "board": "new", "name": "Mine"})
    board = marketing.get(f"/boards/{Board.objects.get().pk}").content.decode()
    asking = [each for each in addresses(board) if "segment=" in each]
    assert asking
    assert not [each for each in asking if "Lovelace" in each]


@pytest.mark.usefixtures("engine")
def test_an_alert_about_a_figure_is_made_without_the_name_in_its_address(
    marketing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_part, "is_metric", lambda name: name == "depth")
    there = sealed_address(marketing, "/reports/sounding", {"segment": SEGMENT})
    page = marketing.get(f"{there}&whole=1").content.decode()
    link = next(each for each in ADDRESS.findall(page) if each.startswith("/alerts/new"))
    assert "Lovelace" not in unquote_plus(link)
    asked = parse_qs(urlsplit(unescape(link)).query)
    form = marketing.get("/alerts/new", {"metric": "revenue", "segment": asked["segment"][0]})
    assert 'value="company=Lovelace &amp; Daughter"' in form.content.decode()


@pytest.mark.usefixtures("engine")
def test_an_alert_is_previewed_by_post_since_its_form_names_who_is_told(marketing: Client) -> None:
    form = marketing.get("/alerts/new").content.decode()
    assert 'hx-post="/alerts/preview"' in form
    assert marketing.get("/alerts/preview", {"recipients": "ada@canary.example"}).status_code == 405


def test_where_a_page_ended_after_a_name_is_sealed() -> None:
    cursor = make_cursor(User(pk=7, email="ada@canary.example"), ["email", "-pk"])
    assert b"ada" not in bytes.fromhex(cursor.partition("-")[0].removeprefix("s"))
    assert parse_cursor(cursor, 2) == ["ada@canary.example", 7]
    assert cursor == make_cursor(User(pk=7, email="ada@canary.example"), ["email", "-pk"]), "a page has one address"
