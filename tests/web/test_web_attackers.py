"""What an insider would try: jobs, reports, links, schedules and tokens that are not theirs."""

from typing import Any

import pytest
import report_cast
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.analytics import boards
from leadline.analytics.models import ScheduledReport, ShareLink
from leadline.analytics.share_links import make_link
from leadline.kernel.clock import utc_now
from leadline.notifications.models import Channel
from leadline.pipeline import bulk_jobs, jobs
from leadline.pipeline.privacy import erasing
from leadline.web.api.job_access import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


def called(token: str, path: str, method: str = "get", given: dict[str, Any] | None = None) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return getattr(Client(), method)(f"/api/v1/{path}", given, content_type="application/json", headers=headers)


def test_every_kind_of_job_belongs_to_a_part_of_the_installation() -> None:
    assert set(KINDS) <= set(jobs.KINDS)


@pytest.mark.parametrize("role", ["analyst", "marketing", "auditor"])
def test_jobs_of_others_work_are_neither_listed_nor_read_nor_stopped(role: str) -> None:
    asked = bulk_jobs.arguments("reject", [4711], cast.user("sales"), reason="spam")
    hidden = [jobs.start(bulk_jobs.BULK, asked).pk]
    if role != "auditor":  # who reads the privacy pages sees that an erasure goes on
        hidden.append(jobs.start(erasing.ERASURE, {}).pk)
    shown = jobs.start("backtest", {"cutoffs": 3}).pk
    token = create_token(cast.user(role), "curious")
    assert shown in {each["number"] for each in called(token, "jobs").json()}
    for number in hidden:
        assert number not in {each["number"] for each in called(token, "jobs?limit=200").json()}
        assert called(token, f"jobs/{number}").status_code == 404
        assert called(token, f"jobs/{number}/cancel", "post").status_code in (403, 404)
        assert jobs.find(number).state == jobs.WAITING


def test_an_erasure_is_stopped_by_nobody_but_who_answers_requests() -> None:
    number = jobs.start(erasing.ERASURE, {}).pk
    for role in User.Role:
        if role != User.Role.ADMINISTRATOR:
            assert called(create_token(cast.user(role), "x"), f"jobs/{number}/cancel", "post").status_code in (403, 404)
    assert jobs.find(number).state == jobs.WAITING
    token = create_token(cast.user("administrator"), "x")
    assert called(token, f"jobs/{number}/cancel", "post").json()["state"] == jobs.CANCELLED


def test_who_sees_only_their_own_leads_gets_figures_and_no_list_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.published()
    report_cast.register(monkeypatch, report_cast.people(4711, 815), report_cast.by_account(815))
    for user, sees in ((cast.user("sales"), True), (cast.user("sales", leads_seen="own"), False)):
        browser = cast.signed_in(user)
        whole = browser.get("/api/v1/analytics/sounding").json()
        columns = {column["name"] for table in whole["tables"] for column in table["columns"]}
        assert (columns >= {"lead", "account"}) is sees
        assert columns.isdisjoint({"lead", "account"}) is not sees
        assert whole["figures"], "figures are of everybody"
        table = browser.get("/reports/sounding/tables/people.csv")
        table.close()
        assert table.status_code == (200 if sees else 404)
        assert ("4711" in browser.get("/reports/sounding/part?show=all").content.decode()) is sees
        assert browser.get("/reports/sounding/chart/1.json").status_code == (200 if sees else 404)


@pytest.mark.parametrize("segment", ["lead=4711", "account=815", "company=Birdhouse", "owner=Kim", "grade=A,lead=4711"])
def test_figures_of_everybody_are_not_made_figures_of_one(monkeypatch: pytest.MonkeyPatch, segment: str) -> None:
    cast.published()
    report_cast.register(monkeypatch)
    own, every = (cast.signed_in(cast.user("sales", leads_seen=seen)) for seen in ("own", "all"))
    asked = {"segment": segment}

    def called(browser: Client, **how: str) -> int:
        body = {"parameters": asked, **how}
        answer = browser.post("/api/v1/analytics/sounding", body, content_type="application/json")
        return answer.status_code

    assert called(every) == 200
    assert called(own) == 403
    assert called(own, format="csv") == 403
    assert own.get("/api/v1/analytics/sounding", asked).status_code in (400, 403)
    assert own.get("/reports/sounding/tables/days.csv", asked).status_code == 400
    assert own.get("/reports/sounding/chart/0.svg", asked).status_code == 400
    assert "only your own leads" in cast.text_of(own.get("/reports/sounding/part", asked))
    assert own.get("/api/v1/analytics/sounding", {"segment": "grade=A"}).status_code == 200


def test_a_funnel_is_not_told_apart_by_company_for_who_sees_only_their_own() -> None:
    cast.published()
    own = cast.signed_in(cast.user("sales", leads_seen="own"))
    assert own.get("/api/v1/analytics/funnel", {"by": "company"}).status_code == 403
    assert own.get("/api/v1/analytics/funnel", {"by": "channel"}).status_code == 200


@pytest.mark.parametrize("scopes", [["read"], ["notifications:read"], ["notifications:read", "people:read"]])
def test_a_token_that_only_reads_leads_no_messages_elsewhere(scopes: list[str]) -> None:
    user = cast.user("marketing")
    mine = Channel.objects.create(name="mine", owner=user, address="log://", service="log")
    token = create_token(user, "dashboard", scopes=scopes)
    assert called(token, "notifications/mine").status_code == 200
    made = {"address": "json://attacker.example/leads", "mine": True}
    tries = [
        called(token, "notifications/channels", "post", made),
        called(token, f"notifications/channels/{mine.pk}", "patch", {"address": "json://attacker.example/leads"}),
        called(token, f"notifications/channels/{mine.pk}", "delete"),
        called(token, f"notifications/channels/{mine.pk}/test", "post"),
        called(token, "notifications/mine", "put", {"choices": ["assigned"], "follow": []}),
    ]
    assert [each.status_code for each in tries] == [403] * len(tries)
    assert [row.address for row in Channel.objects.all()] == ["log://"]


def test_a_token_with_the_scope_for_it_changes_what_its_user_is_told() -> None:
    user = cast.user("marketing")
    token = create_token(user, "setup", scopes=["notifications:read", "notifications:write"])
    assert called(token, "notifications/mine", "put", {"choices": ["assigned"], "follow": []}).status_code == 200
    shared = {"address": "json://example.com/leads", "name": "x"}
    assert called(token, "notifications/channels", "post", shared).status_code == 403, "a scope never adds to a role"


def test_links_of_anothers_private_board_are_neither_shown_nor_taken_back() -> None:
    other = cast.user("marketing")
    private = boards.make_board("Plan to let Kim go", other, shared=False)
    link, _ = make_link(7, utc_now(), str(other), board=private)
    cast.published()
    curious = cast.signed_in(cast.user("analyst"))
    assert "Plan to let" not in cast.text_of(curious.get("/reports/overview/share"))
    assert curious.post(f"/share-links/{link.pk}/revoke").status_code == 404
    assert ShareLink.objects.get(pk=link.pk).revoked_at is None
    assert cast.signed_in(other).post(f"/share-links/{link.pk}/revoke").status_code == 302
    assert ShareLink.objects.get(pk=link.pk).revoked_at is not None


@pytest.mark.parametrize("act", ["remove", "on", "off", "send"])
def test_a_schedule_of_anothers_private_board_is_neither_shown_nor_changed(act: str) -> None:
    other = cast.user("marketing")
    private = boards.make_board("Plan to let Kim go", other, shared=False)
    schedule = ScheduledReport.objects.create(
        board=private, name="Plan to let Kim go", hour=8, zone="UTC", recipients=[other.email], created_by=str(other)
    )
    curious, owner = cast.signed_in(cast.user("analyst")), cast.signed_in(other)
    assert "Plan to let" not in cast.text_of(curious.get("/alerts/reports"))
    assert curious.post(f"/alerts/reports/{schedule.pk}", {"act": act}).status_code == 404
    assert ScheduledReport.objects.filter(pk=schedule.pk, enabled=True).exists()
    assert "Plan to let" in cast.text_of(owner.get("/alerts/reports"))
    assert owner.post(f"/alerts/reports/{schedule.pk}", {"act": "off"}).status_code == 302


def test_a_schedule_is_not_taken_over_by_giving_it_a_board_of_ones_own() -> None:
    other, curious = cast.user("marketing"), cast.user("analyst")
    private = boards.make_board("Private", other, shared=False)
    mine = boards.make_board("Mine", curious, shared=False)
    schedule = ScheduledReport.objects.create(
        board=private, name="Private", hour=8, zone="UTC", recipients=[other.email], created_by=str(other)
    )
    given = {"number": schedule.pk, "board": mine.pk, "name": "x", "when": "daily", "hour": 8, "zone": "UTC"}
    cast.signed_in(curious).post("/alerts/reports", {**given, "recipients": curious.email})
    schedule.refresh_from_db()
    assert (schedule.board_id, schedule.recipients) == (private.pk, [other.email])
