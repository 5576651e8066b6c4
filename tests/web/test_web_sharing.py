"""Share links: shown once, for a time, taken back; and what they show is nobody's."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import report_cast
import web_cast as cast
from django.test import Client

from leadline.analytics import boards
from leadline.analytics.models import Annotation, ShareLink
from leadline.analytics.report import ChartWish, Report, Table
from leadline.analytics.share_links import make_link, revoke
from leadline.analytics.sharing import without_people
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a board with a report that names a person and a company."""
    account = cast.company("Northgate Dental Group")
    person = cast.lead("Amelia Hart", account)
    report_cast.register(monkeypatch, report_cast.people(person.pk, account.pk), report_cast.by_account(account.pk))
    board = boards.make_board("Depths", None, shared=True)
    boards.pin(board, "sounding", {"period": "90d", "segment": "owner=Jose Reyes"}, "Depth now")
    return make_link(7, utc_now(), "Ada", board=board)[1]


def of_report() -> str:
    return make_link(7, utc_now(), "Ada", report="sounding", wanted={"period": "90d"})[1]


@pytest.mark.usefixtures("engine", "token")
def test_a_link_is_shown_once_and_only_its_hash_is_kept(marketing_browser: Client) -> None:
    page = marketing_browser.post("/reports/sounding/share?period=90d", {"days": "30"}).content.decode()
    token = re.search(r"/shared/([\w-]+)<", page)[1]
    link = ShareLink.objects.get(report="sounding")
    assert link.wanted == {"period": "90d"}
    assert timedelta(days=29.9) < link.expires_at - utc_now() < timedelta(days=30)
    assert token not in str(list(ShareLink.objects.values()))
    again = marketing_browser.get("/reports/sounding/share?period=90d").content.decode()
    assert token not in again
    assert f"…{token[-4:]}" in again
    assert marketing_browser.post("/reports/sounding/share", {"days": "365"}).status_code == 422


@pytest.mark.usefixtures("engine")
def test_whoever_has_the_address_sees_it_without_signing_in(client: Client, token: str) -> None:
    response = client.get(f"/shared/{token}")
    page = response.content.decode()
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert "<nav" not in page
    assert "Depth now" in page
    part = client.get(f"/shared/{token}/0")
    assert part.status_code == 200
    assert "1,204" in part.content.decode()
    assert client.get(f"/shared/{token}/1").status_code == 404


@pytest.mark.usefixtures("engine")
def test_nobody_is_named_on_a_shared_page(client: Client, token: str) -> None:
    Annotation.objects.create(day=report_cast.FIRST_DAY, text="Met Amelia", by="Ada")
    for address in (
        f"/shared/{token}",
        f"/shared/{token}?whole=1",
        f"/shared/{token}/0",
        f"/shared/{of_report()}?whole=1",
    ):
        page = client.get(address).content.decode()
        for personal in (
            "Amelia",
            "Northgate",
            "Jose Reyes",
            "Account",
            "Lead ",
            'href="/leads',
            'href="/reports',
            "Who sounded",
        ):
            assert personal not in page, (address, personal)
    assert "Depth by day" in client.get(f"/shared/{of_report()}?whole=1").content.decode()


@pytest.mark.usefixtures("engine")
def test_a_fault_does_not_say_what_was_asked(client: Client, token: str) -> None:
    del token
    secret = make_link(1, utc_now(), "Ada", report="sounding", wanted={"segment": "broken"})[1]
    page = client.get(f"/shared/{secret}/0").content.decode()
    assert "can&#x27;t be shown" in page
    assert "broken" not in page


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("address", ["/shared/{}", "/shared/{}/0"])
def test_a_link_that_is_over_says_so(client: Client, token: str, address: str) -> None:
    link = ShareLink.objects.get()
    revoke(link.pk, utc_now())
    gone = client.get(address.format(token))
    assert gone.status_code == 410
    assert "taken back" in gone.content.decode()
    ShareLink.objects.update(revoked_at=None, expires_at=utc_now() - timedelta(seconds=1))
    gone = client.get(address.format(token))
    assert gone.status_code == 410
    assert "expired" in gone.content.decode()
    assert "1,204" not in gone.content.decode()
    assert client.get("/shared/never-made").status_code == 404


def test_who_reports_takes_links_back(marketing_browser: Client, browser: Client, token: str) -> None:
    link = ShareLink.objects.get()
    assert browser.post(f"/share-links/{link.pk}/revoke").status_code == 403
    marketing_browser.post(f"/share-links/{link.pk}/revoke")
    assert marketing_browser.get(f"/shared/{token}").status_code == 410


def test_a_link_ends() -> None:
    with pytest.raises(TerminalError, match="can't hold for 2 days"):
        make_link(2, utc_now(), "Ada", report="sounding")


def test_without_people_nothing_personal_is_left() -> None:
    tables: tuple[Table, ...] = (report_cast.DAYS, report_cast.people(1, 2), report_cast.by_account(2))
    drawn = ChartWish("bars", "accounts", "account", ("depth",))
    kept = ChartWish("lines", "days", "day", ("depth",))
    report = Report("x", "?", "d", {"period": "7d", "segment": "owner=Jose"}, utc_now(), (), tables, (drawn, kept))
    shared = without_people(report)
    assert [table.name for table in shared.tables] == ["days", "accounts"]
    assert shared.table("accounts").rows == ((77,),)
    assert shared.charts == (kept,)
    assert shared.wanted == {"period": "7d"}
    assert without_people(shared) == shared
    assert without_people(replace(report, tables=tables[:1], charts=(kept,))).tables == tables[:1]
