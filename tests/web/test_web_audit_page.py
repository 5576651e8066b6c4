"""The audit page and its API: read, filtered, checked and taken along by those who may."""

import json
from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.db import connection
from django.test import Client

from leadline.accounts import audit_guard
from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_chain import check
from leadline.accounts.models import AuditEntry, User
from leadline.accounts.tokens import create_token
from leadline.kernel.clock import utc_now
from leadline.web.keyset import PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> User:
    return cast.user(User.Role.AUDITOR, name="Ola Auditor")


@pytest.fixture
def reader(auditor: User) -> Client:
    return cast.signed_in(auditor)


def looked(count: int, user: int, days_ago: int = 0) -> None:
    for number in range(1, count + 1):
        at = utc_now() - timedelta(days=days_ago, seconds=count - number)
        record(Who(user, Via.PAGE, "0123456789abcdef"), "lead.seen", What("lead", number), {"status": 200}, at)


def test_entries_are_shown_in_words_with_the_names_of_users(reader: Client, auditor: User) -> None:
    looked(1, auditor.pk)
    looked(1, auditor.pk + 100)
    said = cast.text_of(reader.get("/audit"))
    assert "Ola Auditorsaw a lead · lead 1on a page" in said
    assert f"user {auditor.pk + 100}, who is gone" in said
    assert "2 entries, the latest first" in said


def test_what_it_is_about_is_a_link_for_those_who_may_see_it(
    reader: Client, admin_browser: Client, auditor: User
) -> None:
    lead = cast.lead("Amelia Hart")
    for about, number in (("lead", lead.pk), ("lead", lead.pk + 100), ("user", auditor.pk), ("board", lead.pk)):
        record(Who(auditor.pk, Via.PAGE), "changed", What(about, number), {}, utc_now())
    links = [f'href="/leads/{lead.pk}"', f'href="/users/{auditor.pk}"']
    page = admin_browser.get("/audit").content.decode()
    assert [link for link in links if link not in page] == []
    assert f'href="/leads/{lead.pk + 100}"' not in page, "who was erased has no page"
    assert [link for link in links if link in reader.get("/audit").content.decode()] == []


@pytest.mark.parametrize("role", [User.Role.SALES, User.Role.MARKETING, User.Role.ANALYST, User.Role.INTEGRATOR])
def test_other_roles_do_not_read_it(role: str, client: Client) -> None:
    client.force_login(who := cast.user(role))
    for address in ("/audit", "/audit/check", "/audit/entries.csv"):
        assert client.get(address).status_code == 403
    headers = {"Authorization": f"Bearer {create_token(who, 'program')}"}
    assert Client().get("/api/v1/audit", headers=headers).status_code == 403


def test_filters_are_in_the_address(reader: Client, auditor: User) -> None:
    looked(2, auditor.pk, days_ago=3)
    looked(1, auditor.pk + 1)
    record(Who(auditor.pk), "exported", What("table"), {"rows": 41}, utc_now())
    assert "1 entry" in cast.text_of(reader.get("/audit?verb=exported"))
    assert "rows 41" in cast.text_of(reader.get("/audit?verb=exported"))
    assert "1 entry" in cast.text_of(reader.get(f"/audit?user={auditor.pk + 1}"))
    assert "1 entry" in cast.text_of(reader.get("/audit?about=lead&number=2"))
    until = f"{utc_now() - timedelta(days=2):%Y-%m-%d}"
    assert "2 entries" in cast.text_of(reader.get(f"/audit?until={until}"))
    assert "No entry fits" in cast.text_of(reader.get("/audit?verb=person.erased"))
    assert reader.get("/audit?verb=nonsense").status_code == 400
    assert reader.get("/audit?since=soon").status_code == 400
    assert reader.get("/audit?number=jane").status_code == 400


def test_each_entry_is_on_one_page_though_reading_adds_some(reader: Client, auditor: User) -> None:
    looked(PAGE + 20, auditor.pk)
    seen: list[str] = []
    address = "/audit?verb=lead.seen"
    while address:
        answer = reader.get(address)
        body = answer.content.decode()
        seen += [part.partition("</td>")[0].rpartition("lead ")[2] for part in body.split('<td class="did">')[1:]]
        link = body.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        address = f"/audit{link}" if link else ""
    assert [number.split("<")[0] for number in seen] == [str(number) for number in range(PAGE + 20, 0, -1)]


def test_reading_the_trail_is_in_the_trail(reader: Client, auditor: User) -> None:
    reader.get("/audit?verb=lead.seen")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.user, entry.numbers["rows"]) == ("audit.seen", auditor.pk, 0)


def test_a_whole_trail_is_said_to_be_whole(reader: Client) -> None:
    looked(3, 1)
    head = AuditEntry.objects.get(number=3).hash
    for headers in ({}, {"HX-Request": "true"}):
        said = cast.text_of(reader.get("/audit/check", headers=headers))
        assert "each as it was written" in said
    assert f"3:{head}" in said or "4:" in said


def test_a_broken_trail_is_said_to_be_broken(reader: Client) -> None:
    looked(3, 1)
    audit_guard.uninstall(connection)
    AuditEntry.objects.filter(number=2).update(user=9)
    said = cast.text_of(reader.get("/audit/check"))
    assert "Entry 2 is not as it was written." in said
    assert "its triggers are gone" in said


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_file_has_what_the_filters_ask_for_and_the_chain(reader: Client) -> None:
    looked(3, 1)
    looked(2, 2)
    answer = reader.get("/audit/entries.jsonl")
    lines = [json.loads(line) for line in body_of(answer).splitlines()]
    assert check(lines).whole
    assert len(lines) == 5
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    filtered = body_of(reader.get("/audit/entries.csv?user=2")).decode().splitlines()
    assert len(filtered) == 3
    assert list(AuditEntry.objects.filter(verb="audit.exported").values_list("numbers__rows", flat=True)) == [5, 2]
    assert reader.get("/audit/entries.pdf").status_code == 404


def test_programs_read_it_from_where_they_stopped(auditor: User) -> None:
    looked(5, 1)
    headers = {"Authorization": f"Bearer {create_token(auditor, 'siem', scopes=['audit:read'])}"}
    client = Client()
    first = client.get("/api/v1/audit?limit=3", headers=headers).json()
    rest = client.get(f"/api/v1/audit?after={first[-1]['number']}&limit=2", headers=headers).json()
    assert [entry["number"] for entry in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert check([*first, *rest]).whole
    assert [each["about_number"] for each in client.get("/api/v1/audit?number=4", headers=headers).json()] == [4]
    refused = client.get("/api/v1/audit?verb=nonsense", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_parameter")
    assert client.get("/api/v1/leads", headers=headers).status_code == 403
