"""The page of exports, and its files."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client

from leadline.pipeline.exports.tables import TABLES

pytestmark = pytest.mark.usefixtures("engine")


def test_every_table_is_offered_in_every_format(marketing_browser: Client) -> None:
    page = marketing_browser.get("/exports?segment=stage%3Dqualified&period=30d").content.decode()
    for table in TABLES:
        assert f"/exports/{table}.csv?" in page
        assert f"/exports/{table}.parquet?" in page


def test_a_company_or_an_owner_is_sealed_in_the_address(marketing_browser: Client) -> None:
    chosen = marketing_browser.post("/exports", {"segment": "stage=qualified,company=Canary King", "period": "30d"})
    address = chosen.headers["Location"]
    assert re.fullmatch(r"/exports\?segment=~[\w-]+&period=30d", address)
    page = marketing_browser.get(address).content.decode()
    assert 'value="stage=qualified,company=Canary King"' in page
    files = re.findall(r'href="(/exports/[^"]+)"', page)
    assert len(files) > 10
    assert [file for file in files if "Canary" in file] == []
    answer = marketing_browser.get(unescape(next(file for file in files if file.startswith("/exports/leads.csv"))))
    answer.close()
    assert answer.status_code == 200
    plain = marketing_browser.post("/exports", {"segment": "stage=qualified", "period": ""})
    assert plain.headers["Location"] == "/exports?segment=stage%3Dqualified"


def test_a_file_is_downloaded_under_a_name_that_says_what_it_is(browser: Client) -> None:
    answer = browser.get("/exports/leads.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="leads-20')
    assert next(csv.reader(io.StringIO(b"".join(answer).decode())))[:3] == ["lead", "name", "email"]


def test_what_makes_no_sense_is_said_in_words(marketing_browser: Client) -> None:
    answer = marketing_browser.get("/exports/leads.csv?segment=colour%3Dred")
    assert answer.status_code == 400
    assert "colour" in answer.content.decode()


def test_sales_take_leads_with_them_and_nothing_else(browser: Client) -> None:
    assert browser.get("/exports").status_code == 403
    assert browser.get("/exports/events.csv").status_code == 403
    assert browser.get("/exports/nothing.csv").status_code == 404
