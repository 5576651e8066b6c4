"""The pages of alerts and scheduled reports, used as marketing uses them."""

from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.analytics.models import Alert, AlertFiring, Board, ScheduledReport
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine

FORM = {"metric": "sessions", "grain": "day", "rule": "anomaly", "side": "both", "value": "5", "least": "10"}


@pytest.fixture
def pages(engine: Engine, marketing_browser: Client) -> Client:  # noqa: ARG001  # the pages ask it
    """Marketing, signed in, on an empty installation."""
    return marketing_browser


def test_an_alert_is_made_changed_switched_off_and_removed(pages: Client) -> None:
    made = pages.post("/alerts/new", FORM)
    alert = Alert.objects.get()
    assert made["Location"] == f"/alerts/{alert.pk}"
    assert (alert.name, alert.value, alert.least) == ("Visits", 0.05, 10)
    pages.post(f"/alerts/{alert.pk}", {**FORM, "name": "Quiet days", "side": "below"})
    pages.post(f"/alerts/{alert.pk}/set", {"act": "off"})
    alert.refresh_from_db()
    assert (alert.name, alert.side, alert.enabled) == ("Quiet days", "below", False)
    assert "Quiet days" in text_of(pages.get("/alerts"))
    pages.post(f"/alerts/{alert.pk}/set", {"act": "remove"})
    assert not Alert.objects.exists()


def test_the_form_is_filled_in_from_the_address_and_previews(pages: Client) -> None:
    page = pages.get("/alerts/new?metric=revenue")
    assert '<option value="revenue" selected>' in page.content.decode()
    assert "too little history" in text_of(page)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("value", "many", "is no number"),
        ("segment", "moon=full", "moon"),
        ("metric", "x", "no metric"),
        ("least", "-1", "whole"),
    ],
)
def test_what_makes_no_sense_is_said_and_the_form_keeps_it(pages: Client, field: str, text: str, says: str) -> None:
    answer = pages.post("/alerts/new", {**FORM, field: text})
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not Alert.objects.exists()
    assert pages.post("/alerts/preview", {**FORM, field: text}).status_code == 200


def test_a_firing_is_seen_once_by_whom_it_names(pages: Client) -> None:
    alert = Alert.objects.create(name="Visits", metric="sessions", rule="anomaly", value=0.01)
    row = AlertFiring.objects.create(
        alert=alert, bucket=utc_now().date(), at=utc_now(), value=3, sentence="Visits fell to 3 on Tue 17 Nov."
    )
    assert "Visits fell to 3 on Tue 17 Nov." in text_of(pages.get("/alerts"))
    pages.post(f"/alerts/firings/{row.pk}/seen")
    row.refresh_from_db()
    assert row.seen_at is not None
    assert "seen by" in text_of(pages.get("/alerts"))


def test_a_page_says_that_no_mail_server_is_set_up(pages: Client, settings: Any) -> None:
    settings.MAIL = ""
    assert "No mail server is set up" in text_of(pages.get("/alerts"))
    assert "No mail server is set up" in text_of(pages.get("/alerts/reports"))


def test_a_board_is_scheduled_paused_and_taken_as_pdf(pages: Client) -> None:
    user = cast.user(User.Role.SALES)
    board = Board.objects.create(name="Weekly review")
    form = {"board": board.pk, "when": "friday", "hour": "7", "zone": "Europe/Oslo", "recipients": user.email}
    assert pages.post("/alerts/reports", form).status_code == 302
    schedule = ScheduledReport.objects.get()
    assert (schedule.weekday, schedule.hour, schedule.zone) == (4, 7, "Europe/Oslo")
    pages.post(f"/alerts/reports/{schedule.pk}", {"act": "off"})
    assert "Paused." in text_of(pages.get("/alerts/reports"))
    document = pages.get(f"/boards/{board.pk}.pdf")
    assert document.content.startswith(b"%PDF")
    assert "weekly-review" in document["Content-Disposition"]


def test_marketing_may_not_mail_strangers(pages: Client) -> None:
    board = Board.objects.create(name="Weekly review")
    form = {"board": board.pk, "when": "daily", "hour": "7", "recipients": "guest@example.org"}
    answer = pages.post("/alerts/reports", form)
    assert answer.status_code == 422
    assert "guest@example.org is no user" in text_of(answer)


def test_a_private_board_of_somebody_else_is_neither_mailed_nor_printed(pages: Client) -> None:
    board = Board.objects.create(name="Mine", owner=cast.user(User.Role.MARKETING), shared=False)
    form = {"board": board.pk, "when": "daily", "hour": "7", "recipients": cast.user().email}
    assert pages.post("/alerts/reports", form).status_code == 422
    assert pages.get(f"/boards/{board.pk}.pdf").status_code == 404


def test_sales_does_not_use_alerts(pages: Client) -> None:
    pages.force_login(cast.user(User.Role.SALES))
    assert pages.get("/alerts").status_code == 403
    assert pages.get("/api/v1/alerts").status_code == 403


def test_programs_make_try_change_and_remove_alerts(pages: Client) -> None:
    body = {"metric": "sessions", "value": 0.05}
    tried = pages.post("/api/v1/alerts/preview", body, content_type="application/json").json()
    assert {each["name"] for each in tried["tables"]} == {"series", "firings"}
    made = pages.post("/api/v1/alerts", body, content_type="application/json").json()
    address = f"/api/v1/alerts/{made['number']}"
    off = pages.patch(address, {"enabled": False, "side": "below"}, content_type="application/json").json()
    assert (off["enabled"], off["side"]) == (False, "below")
    assert len(pages.get("/api/v1/alerts").json()) == 1
    pages.delete(address)
    assert pages.get("/api/v1/alerts").json() == []


def test_the_last_firing_is_told_to_programs(pages: Client) -> None:
    alert = Alert.objects.create(name="Visits", metric="sessions", rule="anomaly", value=0.01)
    day = utc_now().date() - timedelta(days=1)
    AlertFiring.objects.create(alert=alert, bucket=day, at=utc_now(), value=3, sentence="Visits fell.")
    (told,) = pages.get("/api/v1/alerts").json()
    assert told["last"]["sentence"] == "Visits fell."


@pytest.mark.parametrize("board", ["", "x", "-1"])
def test_a_scheduled_report_without_a_board_says_what_to_choose(pages: Client, board: str) -> None:
    answer = pages.post("/alerts/reports", {"board": board, "when": "monday", "hour": "8"})
    assert answer.status_code == 422
    assert "A scheduled report needs a board. Choose one from the list." in text_of(answer)
    assert "literal" not in text_of(answer)
