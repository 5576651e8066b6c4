"""Reports and exports through the API: the numbers of the pages, for those whose pages show them."""

import csv
import io

import pytest
from django.test import Client

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.catalogue import kinds
from leadline.pipeline.reports.running import run_report

pytestmark = pytest.mark.usefixtures("engine")


def test_every_report_is_listed_with_what_it_can_be_asked(marketing_browser: Client) -> None:
    listed = {each["name"]: each for each in marketing_browser.get("/api/v1/analytics").json()}
    assert set(listed) == set(kinds())
    assert {parameter["name"] for parameter in listed["tool-usage"]["parameters"]} >= {"period", "zone"}


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_report_answers_for_an_empty_installation(marketing_browser: Client, kind: str) -> None:
    answer = marketing_browser.get(f"/api/v1/analytics/{kind}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["kind"] == kind
    assert answer.json()["definition"]


def test_a_report_is_the_one_of_the_pages(marketing_browser: Client, engine: Engine) -> None:
    told = marketing_browser.get("/api/v1/analytics/tool-usage?period=90d&zone=Asia/Manila").json()
    report = run_report(engine, "tool-usage", {"period": "90d", "zone": "Asia/Manila"}, utc_now())
    assert told["wanted"] == dict(report.wanted)
    assert told["tables"] == report.as_dict()["tables"]


def test_one_table_comes_as_a_file(marketing_browser: Client) -> None:
    answer = marketing_browser.get("/api/v1/analytics/tool-usage?format=csv&table=tools")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    header = next(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert header[:2] == ["tool", "people"]


def test_what_cannot_be_asked_is_said(marketing_browser: Client) -> None:
    for query, word in (("perid=30d", "perid"), ("period=soon", "soon"), ("zone=Atlantis", "Atlantis")):
        answer = marketing_browser.get(f"/api/v1/analytics/tool-usage?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")
        assert word in answer.json()["message"]
    answer = marketing_browser.get("/api/v1/analytics/attribution?half_life=long")
    assert (answer.status_code, answer.json()["message"]) == (422, "half_life can't be 'long'.")
    assert set(answer.json()) == {"code", "message", "detail"}
    for asked in ("funnel?steps={", "funnel?by=shoe", "retention?count=brackets&edges=x", "journeys?length=1"):
        assert marketing_browser.get(f"/api/v1/analytics/{asked}").status_code == 422
    refused = marketing_browser.get("/api/v1/analytics/overview?segment=nonsense")
    assert (refused.status_code, refused.json()["code"]) == (422, "segment")
    assert marketing_browser.get("/api/v1/analytics/tool-usge").status_code == 404
    assert marketing_browser.get("/api/v1/analytics/tool-usage?format=csv&table=none").status_code == 404


def test_sales_read_reports_and_take_leads_with_them_and_nothing_else(browser: Client) -> None:
    assert browser.get("/api/v1/analytics/overview").status_code == 200
    assert b"".join(browser.get("/api/v1/exports/leads")).startswith(b'"lead","name"')
    assert browser.get("/api/v1/exports/events").status_code == 403
    assert [each["name"] for each in browser.get("/api/v1/exports").json()] == ["leads"]


def test_an_export_is_a_file_in_the_format_that_was_asked_for(marketing_browser: Client) -> None:
    listed = [each["name"] for each in marketing_browser.get("/api/v1/exports").json()]
    assert {"leads", "events", "conversions"} <= set(listed)
    answer = marketing_browser.get("/api/v1/exports/leads?format=parquet")
    assert answer["Content-Disposition"].endswith('.parquet"')
    assert b"".join(answer)[:4] == b"PAR1"
    assert marketing_browser.get("/api/v1/exports/leads?format=pdf").status_code == 422
    assert marketing_browser.get("/api/v1/exports/leads?segment=nonsense").status_code == 422


def test_the_description_says_how_a_wrong_parameter_is_refused(marketing_browser: Client) -> None:
    paths = marketing_browser.get("/api/openapi.json").json()["paths"]
    for path in ("/api/v1/analytics/{kind}", "/api/v1/exports/{table}"):
        responses = paths[path]["get"]["responses"]
        assert {"200", "422"} <= set(responses)
        assert "invalid_parameter" in responses["422"]["description"]
