"""CRM connections on pages: how they are, connecting and changing one, what failed, sent again."""

from datetime import timedelta

import crm_pages_cast
import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.crm.models import Connection, Link, SyncRun
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.web.crm_shown import count_words, folded_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
SECRET = "whsec_c2VjcmV0LXRoYXQtbm9ib2R5LXNlZXM="


def _body(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return cast.text_of(answer)


def test_the_list_tells_how_each_connection_is(browser: Client) -> None:
    well = crm_pages_cast.connect("well", last_ok_at=utc_now(), last_run_at=utc_now())
    crm_pages_cast.linked(well, cast.lead("Ada Lovelace"))
    SyncRun.objects.create(connection=well, started_at=utc_now(), state="ok", counts={"created": 3, "updated": 4})
    bad = crm_pages_cast.connect("bad", stopped="The key was refused.")
    crm_pages_cast.refused(bad, cast.lead("Bo Diddley"), "The e-mail address is not valid.")
    body = _body(browser, "/crm")
    assert "1 lead in the CRM." in body
    assert "The key was refused." in body
    rows = {row.pk: row for row in Connection.objects.all()}
    assert len(rows) == 2
    cells = [cell for cell in body.split() if cell.isdecimal()]
    assert "7" in cells  # rows that the last run sent


@pytest.mark.parametrize("role", [User.Role.SALES, User.Role.MARKETING])
def test_only_administrators_change_anything(role: str) -> None:
    crm_pages_cast.connect()
    browser = cast.signed_in(cast.user(role))
    assert browser.get("/crm/connections/sandbox").status_code == 200
    assert browser.get("/crm/connections/sandbox/mapping").status_code == 200
    for path in ("/crm/new", "/crm/connections/sandbox/dry-run"):
        assert browser.get(path).status_code == 403, path
    for path in ("act", "settings", "leads/again", "mapping", "mapping/make", "mapping/compare", "mapping/try"):
        assert browser.post(f"/crm/connections/sandbox/{path}", {"act": "off"}).status_code == 403, path
    assert Connection.objects.get().enabled
    body = _body(browser, "/crm/connections/sandbox")
    assert "Pause" not in body
    assert "Remove" not in body


def test_a_secret_goes_in_and_never_comes_out(admin_browser: Client) -> None:
    given = {"kind": "webhook", "name": "hook", "url": "https://crm.example.com/in", "secret": SECRET}
    made = admin_browser.post("/crm/new", {**given, "every_seconds": "300"})
    assert made.status_code == 302, cast.text_of(made)
    row = Connection.objects.get()
    assert (row.secrets, row.every_seconds, row.enabled) == ({"secret": SECRET}, 300, False)
    for path in ("/crm", "/crm/connections/hook", "/crm/connections/hook/mapping"):
        assert SECRET not in admin_browser.get(path).content.decode()
    page = admin_browser.get("/crm/connections/hook").content.decode()
    assert "set, not shown" in page
    changed = admin_browser.post(
        "/crm/connections/hook/settings", {"url": "https://crm.example.com/other", "secret": "", "every_seconds": "60"}
    )
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.secrets, row.settings["url"]) == ({"secret": SECRET}, "https://crm.example.com/other")
    admin_browser.post("/crm/connections/hook/settings", {"url": row.settings["url"], "secret": f"{SECRET}x"})
    row.refresh_from_db()
    assert row.secrets == {"secret": f"{SECRET}x"}


def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed_but_no_secret(admin_browser: Client) -> None:
    given = {"kind": "webhook", "name": "my hook!", "url": "https://crm.example.com/in", "secret": SECRET}
    answer = admin_browser.post("/crm/new", given)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "cannot name a connection" in cast.text_of(answer)
    assert "https://crm.example.com/in" in body
    assert SECRET not in body
    assert not Connection.objects.exists()


def test_a_test_tells_who_answers_and_starts_what_was_stopped(admin_browser: Client) -> None:
    crm_pages_cast.connect(stopped="The key was refused.")
    answer = admin_browser.post("/crm/connections/sandbox/act", {"act": "test"})
    assert "It answers." in cast.text_of(answer)
    assert Connection.objects.get().stopped == ""


def test_a_connection_is_paused_started_and_removed_by_its_name_only(admin_browser: Client) -> None:
    crm_pages_cast.connect()
    act = "/crm/connections/sandbox/act"
    admin_browser.post(act, {"act": "off"})
    assert not Connection.objects.get().enabled
    assert "Switched off" in _body(admin_browser, "/crm/connections/sandbox")
    admin_browser.post(act, {"act": "on"})
    assert Connection.objects.get().enabled
    assert admin_browser.post(act, {"act": "remove", "typed": "sandpit"}).status_code == 422
    assert Connection.objects.exists()
    assert admin_browser.post(act, {"act": "remove", "typed": "sandbox"}).status_code == 302
    assert not Connection.objects.exists()
    assert admin_browser.get("/crm/connections/sandbox").status_code == 404


def test_a_failed_lead_shows_the_vendors_words_and_is_tried_again(admin_browser: Client) -> None:
    row = crm_pages_cast.connect()
    first = crm_pages_cast.refused(row, cast.lead("Ada Lovelace"), "REQUIRED_FIELD_MISSING: Company", "Map company.")
    second = crm_pages_cast.refused(row, cast.lead("Bo Diddley"), "Duplicate value")
    body = _body(admin_browser, "/crm/connections/sandbox/leads?state=failed")
    assert "REQUIRED_FIELD_MISSING: Company" in body
    assert "Map company." in body
    again = "/crm/connections/sandbox/leads/again"
    answer = admin_browser.post(again, {"state": "failed", "lead": first.lead_id}, follow=True)
    assert "1 lead will be sent again" in cast.text_of(answer)
    assert [link.parked for link in Link.objects.order_by("pk")] == [False, True]
    admin_browser.post(again, {"state": "failed"})
    second.refresh_from_db()
    assert not second.parked


def test_a_deleted_record_is_made_anew_only_when_somebody_says_so(admin_browser: Client, engine: Engine) -> None:
    row = crm_pages_cast.connect()
    person = crm_pages_cast.at_home(cast.lead("Ada Lovelace"))
    cast.standing(person)
    crm_pages_cast.run(engine, row)
    link = Link.objects.get()
    admin_browser.post(f"/crm/sandbox/{link.remote_id}", {"act": "delete"})
    crm_pages_cast.run(engine, row)
    crm_pages_cast.run(engine, row)
    link.refresh_from_db()
    assert link.tombstone == Link.Tombstone.DELETED
    assert "Deleted in the CRM" in _body(admin_browser, "/crm/connections/sandbox/leads?state=left_out")
    admin_browser.post("/crm/connections/sandbox/leads/again", {"state": "left_out"})
    link.refresh_from_db()
    assert link.tombstone  # nobody was named
    admin_browser.post("/crm/connections/sandbox/leads/again", {"state": "left_out", "lead": person.pk})
    before = link.remote_id
    crm_pages_cast.run(engine, row)
    link.refresh_from_db()
    assert link.tombstone == ""
    assert link.remote_id not in ("", before)


def test_runs_with_nothing_to_do_are_one_line() -> None:
    now = utc_now()

    def told(minutes: int, counts: dict[str, int], state: str = "ok") -> dict[str, object]:
        at = (now - timedelta(minutes=minutes)).isoformat()
        run = {"number": minutes, "connection": "x", "kind": "sync", "state": state, "started_at": at}
        return {**run, "finished_at": at, "counts": counts, "message": "", "by": ""}

    idle = {"looked_at": 0, "unchanged": 12}
    runs = [told(1, idle), told(2, idle), told(3, {"created": 2}), told(4, idle), told(5, idle, "failed")]
    lines = folded_runs(runs)
    assert [(line["times"], line["did"]) for line in lines] == [
        (2, "nothing to send"),
        (1, "2 made"),
        (1, "nothing to send"),
        (1, "nothing to send"),
    ]
    assert sum(line["times"] for line in lines) == len(runs)
    assert lines[0]["since_at"] == now - timedelta(minutes=2)
    assert count_words({"updated": 1200, "refused": 1}) == "1,200 changed, 1 refused"


def test_a_backfill_is_a_job_that_can_be_stopped(admin_browser: Client) -> None:
    crm_pages_cast.connect()
    answer = admin_browser.post("/crm/connections/sandbox/act", {"act": "backfill"}, follow=True)
    assert "Waiting for its turn." in cast.text_of(answer)
    number = answer.context["jobs"][0].pk
    assert admin_browser.get(f"/crm/backfills/{number}/progress").status_code == 200
    stopped = admin_browser.post(f"/crm/backfills/{number}/cancel", follow=True)
    assert "Waiting for its turn." not in cast.text_of(stopped)


def test_an_address_that_leads_nowhere_is_a_page_that_is_not_found(admin_browser: Client) -> None:
    for path in (
        "/crm/connections/none",
        "/crm/connections/none/leads",
        "/crm/connections/none/mapping",
        "/crm/sandbox",
    ):
        assert admin_browser.get(path).status_code == 404, path
