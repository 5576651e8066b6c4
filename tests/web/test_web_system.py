import json
import re
from pathlib import Path
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline import runtime
from leadline.pipeline.models import Job
from leadline.tracking.models import EventSource

pytestmark = pytest.mark.django_db


def collector(folder: Path, trouble: str) -> None:
    worker = {"updated_micros": to_micros(utc_now()), "trouble": trouble}
    worker |= {"pending_bytes": 0, "pending_records": 0, "free_bytes": 5 << 30}
    totals = {"accepted_events": 9, "accepted_requests": 9, "refused": {"bad_key": 3}}
    (folder / "collector.json").write_text(json.dumps({"totals": totals, "workers": {"4711": worker}}))


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.mark.usefixtures("engine")
def test_counts_stages_collectors_and_reasons(admin_browser: Client, folder: Path) -> None:
    cast.platform()
    collector(folder, "")
    said = text_of(admin_browser.get("/system"))
    for words in ("Spool lag", "Duplicates", "nothing waits", "takes events", "5.0 GB"):
        assert words in said
    assert re.search(r"Quarantined ?6 ?messages held", said)
    assert re.search(r"Profile development ?2", said)
    assert re.search(r"Bad key ?3", said)
    assert re.search(r"Unknown event ?3", said)


@pytest.mark.usefixtures("engine", "folder")
def test_what_was_left_out_is_told_where_there_is_something(admin_browser: Client) -> None:
    source = EventSource.objects.create(name="import")
    assert "left out" not in text_of(admin_browser.get("/system"))
    EventSource.objects.filter(pk=source.pk).update(suppressed=3)
    said = text_of(admin_browser.get("/system"))
    assert re.search(
        r"Accepted ?0 ?messages, since the start; 3 more name people who were erased, and are left out", said
    )


@pytest.mark.usefixtures("engine")
def test_a_full_disk_is_said_first_with_what_to_do(admin_browser: Client, folder: Path) -> None:
    collector(folder, "The disk is full.")
    said = text_of(admin_browser.get("/system"))
    assert "The collector takes no events: The disk is full." in said
    assert "Free disk space" in said


@pytest.mark.usefixtures("engine", "folder")
def test_a_failing_pipeline_says_since_when_and_what_still_works(admin_browser: Client) -> None:
    ticker = runtime.running().ticker
    ticker.failures, ticker.trouble, ticker.trouble_since = 3, "OSError: no space", utc_now()
    said = text_of(admin_browser.get("/system"))
    assert "The pipeline failed 3 times: OSError: no space Since just now. Events are still collected" in said


@pytest.mark.usefixtures("engine", "folder")
def test_failed_work_is_among_the_latest_errors(admin_browser: Client) -> None:
    Job.objects.create(kind="rescore", state="failed", message="The event store is read-only.")
    assert "Rescore failed" in text_of(admin_browser.get("/system"))


@pytest.mark.usefixtures("folder")
def test_the_page_works_while_the_pipeline_starts(admin_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_running", None)
    assert "The pipeline has not started yet." in text_of(admin_browser.get("/system"))


@pytest.mark.usefixtures("engine", "folder")
def test_htmx_gets_what_moves_alone(admin_browser: Client) -> None:
    page = admin_browser.get("/system", headers={"HX-Request": "true"})
    assert b"<html" not in page.content
    assert b"Spool lag" in page.content


def test_only_administrators_see_it(browser: Client, marketing_browser: Client) -> None:
    for each in (browser, marketing_browser):
        for path in ("/system", "/system/quarantine"):
            refused = each.get(path)
            assert refused.status_code == 403
            assert "Your role does not use this page" in text_of(refused)


@pytest.mark.usefixtures("engine", "folder")
def test_a_constant_number_of_queries(admin_browser: Client, django_assert_max_num_queries: Any) -> None:
    cast.platform()
    admin_browser.get("/system")  # the first request notes that the session is used
    with django_assert_max_num_queries(12):
        admin_browser.get("/system")
