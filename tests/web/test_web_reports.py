"""Reports on pages: the catalogue, one with its filters, parts of it for other pages, and its files."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import report_cast
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.analytics.models import Annotation
from leadline.analytics.report import Column, Figure, Table, Value, ValueKind
from leadline.analytics.written import MINUS, NOTHING
from leadline.eventstore.doings import CODES, bring_doings_up_to_date
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports import running
from leadline.pipeline.reports.catalogue import kinds
from leadline.web import chart_shelf
from leadline.web.report_groups import grouped
from leadline.web.sparks import spark
from leadline.web.values import change_words, tone, write

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture(autouse=True)
def sounding(monkeypatch: pytest.MonkeyPatch) -> None:
    report_cast.register(monkeypatch)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, ValueKind.COUNT, NOTHING),
        (1204, ValueKind.COUNT, "1,204"),
        (12.34, ValueKind.COUNT, "12.3"),
        (0.2214, ValueKind.SHARE, "22.1%"),
        (0.0041, ValueKind.SHARE, "0.41%"),
        (1.0, ValueKind.SHARE, "100.0%"),
        (Decimal("412000.49"), ValueKind.MONEY, "$412,000"),
        (9.5, ValueKind.MONEY, "$9.50"),
        (-120, ValueKind.MONEY, f"{MINUS}$120"),
        (40, ValueKind.SECONDS, "40 s"),
        (720, ValueKind.SECONDS, "12 min"),
        (12_240, ValueKind.SECONDS, "3.4 hours"),
        (535_680, ValueKind.SECONDS, "6.2 days"),
        (-2.5, ValueKind.NUMBER, f"{MINUS}2.5"),
        (date(2026, 8, 9), ValueKind.DAY, "9 Aug 2026"),
        (datetime(2026, 8, 9, 14, 5, tzinfo=UTC), ValueKind.MOMENT, "9 Aug 2026, 14:05"),
        ("profile_development", ValueKind.STAGE, "Profile development"),
        (7, ValueKind.LEAD, "Lead 7"),
    ],
)
def test_values_are_written_in_words(value: Value, kind: ValueKind, said: str) -> None:
    assert write(value, kind, "USD") == said


@pytest.mark.parametrize(
    ("value", "before", "kind", "better", "said", "is_good"),
    [
        (112, 100, ValueKind.COUNT, "up", "+12%", "good"),
        (88, 100, ValueKind.COUNT, "up", f"{MINUS}12%", "bad"),
        (100, 100, ValueKind.COUNT, "up", "no change", ""),
        (5, 0, ValueKind.COUNT, "up", "from 0", "good"),
        (5, None, ValueKind.COUNT, "up", "", ""),
        (None, 5, ValueKind.COUNT, "up", "", ""),
        (0.221, 0.207, ValueKind.SHARE, "up", "+1.4 points", "good"),
        (535_680, 466_560, ValueKind.SECONDS, "down", "+19.2 hours", "bad"),
        (112, 100, ValueKind.COUNT, "", "+12%", ""),
    ],
)
def test_a_change_says_which_way_and_whether_that_is_good(  # a table of cases
    value: Value, before: Value, kind: ValueKind, better: str, said: str, is_good: str
) -> None:
    figure = Figure("x", "X", value, kind, before=before, better=better)
    assert (change_words(figure), tone(figure)) == (said, is_good)


def test_a_spark_begins_at_zero_and_leaves_out_what_is_unknown() -> None:
    assert spark((5.0,)) == ""
    assert spark((0.0, None, 10.0)) == "0,22 100,2"


def test_the_catalogue_has_every_report_once_with_its_question(marketing_browser: Client) -> None:
    page = marketing_browser.get("/reports").content.decode()
    assert [page.count(f'href="/reports/{name}"') for name in kinds()] == [1] * len(kinds())
    assert report_cast.QUESTION in page


def test_a_report_that_no_group_names_is_in_the_last_group() -> None:
    assert [kind.name for kind in grouped(kinds().values())[-1][1]] == ["sounding"]


@pytest.mark.usefixtures("engine")
def test_where_rows_tell_of_different_things_each_is_written_its_own_way(
    marketing_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = (Column("metric", "Metric"), Column("now", "Now", ValueKind.NUMBER), Column("n", "N", ValueKind.COUNT))
    rows = (("Revenue", 5000.0, 1), ("Rate", 0.221, 2), ("Time", 535_680.0, 3))
    kinds_of_rows = (ValueKind.MONEY, ValueKind.SHARE, ValueKind.SECONDS)
    report_cast.register(monkeypatch, Table("moved", "Moved", columns, rows, row_kinds=kinds_of_rows))
    page = marketing_browser.get("/reports/sounding?whole=1").content.decode()
    for metric, said, count in (("Revenue", "$5,000", 1), ("Rate", "22.1%", 2), ("Time", "6.2 days", 3)):
        assert f'<th scope="row">{metric}</th><td class="num">{said}</td><td class="num">{count}</td>' in page


def test_steps_are_offered_from_the_plan_and_from_what_came_in(marketing_browser: Client, engine: Engine) -> None:
    with engine.store.cursor() as cursor:
        bring_doings_up_to_date(cursor)
        cursor.execute(f"INSERT INTO {CODES} VALUES (1, 'track', 'Never Planned', ''), (2, 'page', 'Page', '/seen')")  # noqa: S608  # a constant
    page = marketing_browser.get("/reports/funnel?whole=1").content.decode()
    offered = re.search(r'<datalist id="offer-events">(.*?)</datalist>', page)[1]
    for step in ("Quote Requested", "Never Planned", "Page", "Page /seen", "conversion:won_deal", "stage:qualified"):
        assert f'<option value="{step}">' in offered, step


@pytest.mark.usefixtures("engine")
def test_a_report_that_is_not_computed_yet_fills_its_room_later(marketing_browser: Client) -> None:
    page = marketing_browser.get("/reports/sounding?grain=week").content.decode()
    assert 'hx-get="/reports/sounding/part?show=all&amp;height=page&amp;grain=week"' in page
    assert "1,204" not in page
    marketing_browser.get("/reports/sounding/part?show=all&grain=week", **HTMX)
    assert "1,204" in marketing_browser.get("/reports/sounding?grain=week").content.decode()


@pytest.mark.usefixtures("engine")
def test_without_javascript_the_table_is_there(marketing_browser: Client) -> None:
    page = marketing_browser.get("/reports/sounding?whole=1").content.decode()
    assert '<th scope="row">2 Nov 2026</th><td class="num">10</td>' in page
    assert "100 of 130 rows are shown." in page
    assert "The tide is in it." in page
    assert report_cast.DEFINITION in page
    assert "As of" in page


@pytest.mark.usefixtures("engine")
def test_the_filters_are_the_reports_parameters_and_keep_what_is_chosen(marketing_browser: Client) -> None:
    page = marketing_browser.get("/reports/sounding?whole=1&grain=month&steps=A&steps=B&period=90d").content.decode()
    assert '<option value="month" selected>' in page
    assert re.findall(r'<input name="steps" value="([^"]*)"', page) == ["A", "B", ""]
    assert '<option value="90d" selected>90 days' in page
    assert 'value="Quote Requested"' in page  # offered
    assert "grain=month" in re.search(r'href="(/boards/pin\?[^"]*)"', page)[1]


@pytest.mark.usefixtures("engine")
def test_two_days_chosen_by_hand_are_the_period(marketing_browser: Client) -> None:
    query = "whole=1&period=30d&first=2026-05-01&last=2026-05-31"
    page = marketing_browser.get(f"/reports/sounding?{query}").content.decode()
    assert "2026-05-01 to 2026-05-31</option>" in page


@pytest.mark.usefixtures("engine")
def test_what_cannot_be_read_says_what_to_do(marketing_browser: Client) -> None:
    response = marketing_browser.get("/reports/sounding?period=often")
    assert response.status_code == 422
    assert "is no period. Use 30d" in response.content.decode()
    part = marketing_browser.get("/reports/sounding/part?segment=broken", **HTMX)
    assert part.status_code == 200  # htmx shows no other
    assert "There is no field broken. Use channel." in part.content.decode()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("show", "there", "absent"),
    [
        ("figures", "kpis", "<table"),
        ("chart:0", "figure", "kpis"),
        ("table:days", "<table", "figure"),
        ("brief", "kpis", "chart-files"),
    ],
)
def test_a_part_shows_what_it_is_asked_for(marketing_browser: Client, show: str, there: str, absent: str) -> None:
    page = marketing_browser.get(f"/reports/sounding/part?show={show}&height=m", **HTMX).content.decode()
    assert there in page
    assert absent not in page


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("show", ["chart:1", "chart:x", "table:none"])
def test_a_part_that_is_not_there_is_not_found(marketing_browser: Client, show: str) -> None:
    assert marketing_browser.get(f"/reports/sounding/part?show={show}", **HTMX).status_code == 404
    assert marketing_browser.get("/reports/none").status_code == 404


@pytest.mark.usefixtures("engine")
def test_figures_say_their_change_and_its_tone(marketing_browser: Client) -> None:
    page = marketing_browser.get("/reports/sounding/part?show=figures", **HTMX).content.decode()
    assert '<small class="up">+12% on the period before</small>' in page
    assert '<small class="down">+19.2 hours</small>' in page


@pytest.mark.usefixtures("engine")
def test_leads_and_accounts_have_names_that_link(marketing_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    account = cast.company("Northgate Dental Group")
    person = cast.lead("Amelia Hart", account)
    report_cast.register(monkeypatch, report_cast.people(person.pk, account.pk))
    page = marketing_browser.get("/reports/sounding/part?show=table:people", **HTMX).content.decode()
    assert f'<a class="link" href="/leads/{person.pk}">Amelia Hart</a>' in page
    assert f'<a class="link" href="/accounts/{account.pk}">Northgate Dental Group</a>' in page
    assert '<td class="num">$1,200</td>' in page


@pytest.mark.usefixtures("engine")
def test_a_charts_data_cannot_end_its_script(marketing_browser: Client) -> None:
    Annotation.objects.create(day=report_cast.FIRST_DAY, text="</script><b>tide</b>")
    page = marketing_browser.get("/reports/sounding/part?show=chart:0", **HTMX).content.decode()
    spec = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert spec
    assert "</script><b>tide</b>" in json.dumps(json.loads(spec[1]))


@pytest.mark.usefixtures("engine")
def test_a_table_is_a_file_with_all_its_rows(marketing_browser: Client) -> None:
    response = marketing_browser.get("/reports/sounding/tables/days.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == report_cast.LONG + 1
    assert "attachment" in response.headers["Content-Disposition"]
    assert marketing_browser.get("/reports/sounding/tables/none.csv").status_code == 404
    assert marketing_browser.get("/reports/sounding/tables/days.exe").status_code == 404


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("path", ["funnel/tables/steps.csv", "funnel/chart/0.svg"])
def test_a_file_of_what_cannot_be_asked_says_so(marketing_browser: Client, path: str) -> None:
    answer = marketing_browser.get(f"/reports/{path}?steps=Tool+Used%7B")
    assert answer.status_code == 400
    assert "is no step" in answer.content.decode()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("json", b"{")])
def test_a_chart_is_a_file(marketing_browser: Client, form: str, begins: bytes) -> None:
    assert marketing_browser.get(f"/reports/sounding/chart/0.{form}").content.startswith(begins)
    assert marketing_browser.get(f"/reports/sounding/chart/9.{form}").status_code == 404


@pytest.mark.usefixtures("engine")
def test_sales_read_parts_but_not_the_catalogue(browser: Client) -> None:
    assert browser.get("/reports").status_code == 403
    assert browser.get("/reports/sounding").status_code == 403
    assert browser.get("/reports/sounding/part?show=figures").status_code == 200


def test_what_happened_on_a_day_is_added_and_removed(marketing_browser: Client, browser: Client) -> None:
    said = {"day": "2026-11-03", "text": " The new   price ", "next": "/reports/sounding"}
    assert marketing_browser.post("/annotations", said).headers["Location"] == "/reports/sounding"
    (row,) = Annotation.objects.all()
    assert (row.day, row.text) == (date(2026, 11, 3), "The new price")
    refused = marketing_browser.post(
        "/annotations", {**said, "day": "soon"}, headers={"referer": "http://testserver/reports/sounding"}
    )
    assert refused.status_code == 400
    assert "Choose the day on which it happened." in text_of(refused)
    assert 'href="http://testserver/reports/sounding">Go back' in refused.content.decode()
    elsewhere = marketing_browser.post(
        "/annotations", {**said, "day": "soon"}, headers={"referer": "https://elsewhere.example/"}
    )
    assert "Go back" not in text_of(elsewhere)
    assert browser.post(f"/annotations/{row.pk}/remove").status_code == 403
    away = marketing_browser.post(f"/annotations/{row.pk}/remove", {"next": "https://elsewhere.example"})
    assert away.headers["Location"] == "/reports"
    assert not Annotation.objects.exists()


def test_a_kept_report_is_shown_again_without_asking_anything_of_it(
    marketing_browser: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is what lets it answer at once: `make bench` measures how fast."""
    address = "/reports/sounding/part?show=brief&height=m"
    first = marketing_browser.get(address, **HTMX).content

    def refused(*_: object, **__: object) -> object:
        raise AssertionError("It is computed, or drawn, again.")

    monkeypatch.setattr(running, "_computed", refused)
    monkeypatch.setattr(type(engine.store), "cursor", refused)
    monkeypatch.setattr(chart_shelf, "_made", refused)
    assert marketing_browser.get(address, **HTMX).content == first
    with pytest.raises(AssertionError, match="again"):
        marketing_browser.get(f"{address}&period=7d", **HTMX)
