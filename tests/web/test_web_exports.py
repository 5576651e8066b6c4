"""The page of exports, and its files."""

import csv
import io

import pytest
from django.test import Client

from leadline.pipeline.exports.tables import TABLES

pytestmark = pytest.mark.usefixtures("engine")


def test_every_table_is_offered_in_every_format(marketing_browser: Client) -> None:
    page = marketing_browser.get("/exports?segment=stage%3Dqualified&period=30d").content.decode()
    for table in TABLES:
        assert f"/exports/{table}.csv?" in page
        assert f"/exports/{table}.parquet?" in page


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
