"""Who saw, changed and exported what is recorded, once each, without a word about anybody."""

import json
from typing import Any

import pytest
import web_cast as cast
from django.core.cache import cache
from django.test import Client

from leadline.accounts.audit import verify
from leadline.accounts.audit_sign_in import email_digest
from leadline.accounts.models import AuditEntry, User
from leadline.accounts.permissions import Permission
from leadline.accounts.tokens import create_token
from leadline.pipeline.engine import Engine
from leadline.tracking.models import EventSource, Lead
from leadline.web import audit_trail
from leadline.web.access import PAGES
from leadline.web.api.access import OPERATIONS
from leadline.web.audited import CHANGES, CHANGES_NOTHING, READS, SHOWS_NOBODY

pytestmark = pytest.mark.django_db
PEOPLE = frozenset(
    {
        Permission.READ_LEADS,
        Permission.READ_PEOPLE,
        Permission.READ_IDENTITIES,
        Permission.READ_QUARANTINE,
        Permission.WATCH_LIVE,
        Permission.EXPORT,
        Permission.SET_IDENTITIES,
    }
)
CANARIES = ("zanzibara", "kestrelworth", "kw-user-77", "0491570156")


@pytest.fixture(autouse=True)
def nothing_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of leads and users come back from one test to the next."""
    monkeypatch.setattr(audit_trail, "_lately", audit_trail.OrderedDict())


@pytest.fixture
def amelia(engine: Engine) -> Lead:  # noqa: ARG001  # pages ask it
    person = cast.lead("Zanzibara Kestrelworth", email="zanzibara@kestrelworth.example", phone="0491570156")
    cast.standing(person)
    return person


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.order_by("number"))


def last() -> AuditEntry:
    return entries()[-1]


def test_seeing_a_lead_is_recorded_once(browser: Client, sales: User, amelia: Lead) -> None:
    assert browser.get(f"/leads/{amelia.pk}").status_code == 200
    (entry,) = entries()
    assert (entry.user, entry.via, entry.verb, entry.about, entry.about_number) == (
        sales.pk,
        "page",
        "lead.seen",
        "lead",
        amelia.pk,
    )
    assert entry.numbers == {"status": 200, "method": "GET", "route": "leads_one"}


def test_the_parts_of_a_page_that_was_just_recorded_are_not(browser: Client, amelia: Lead) -> None:
    browser.get(f"/leads/{amelia.pk}/timeline")
    browser.get(f"/leads/{amelia.pk}/timeline")
    browser.get(f"/leads/{amelia.pk}")
    browser.get(f"/leads/{amelia.pk}")
    browser.get(f"/leads/{amelia.pk}/timeline")
    assert [entry.numbers["route"] for entry in entries()] == ["leads_timeline", "leads_one", "leads_one"]


def test_a_part_of_somebody_elses_page_is_recorded(browser: Client, amelia: Lead) -> None:
    browser.get(f"/leads/{amelia.pk}")
    other = cast.lead("Boris")
    cast.standing(other)
    browser.get(f"/leads/{other.pk}/timeline")
    assert [entry.about_number for entry in entries()] == [amelia.pk, other.pk]


def test_a_list_tells_how_many_and_what_was_asked_but_not_for_whom(list_browser: Client, amelia: Lead) -> None:
    assert list_browser.get("/leads?grade=A&q=zanzibara&stage=kestrelworth&sort=gain").status_code in (200, 400)
    list_browser.get("/leads?stage=qualified&q=zanzibara@kestrelworth.example")
    entry = last()
    assert (entry.verb, entry.about, entry.about_number) == ("people.listed", "lead", None)
    assert entry.numbers["asked"] == "q,stage=qualified"
    assert entry.numbers["rows"] >= 0
    assert amelia.pk


def test_a_change_is_recorded_with_its_route_and_number_and_nothing_of_its_body(
    browser: Client, sales: User, amelia: Lead
) -> None:
    done = browser.post(f"/leads/{amelia.pk}/contact", {"note": "Zanzibara was kind"})
    entry = last()
    assert (entry.user, entry.verb, entry.about, entry.about_number) == (sales.pk, "changed", "lead", amelia.pk)
    assert entry.numbers == {"status": done.status_code, "method": "POST", "route": "leads_contact"}


def test_whoever_is_refused_is_recorded(browser: Client, sales: User) -> None:
    assert browser.get("/quarantine").status_code == 403
    entry = last()
    assert (entry.user, entry.verb, entry.numbers["route"]) == (sales.pk, "refused", "quarantine")


def test_what_is_not_there_leaves_no_number(admin_browser: Client, engine: Engine) -> None:
    assert engine
    admin_browser.post("/leads/491570156/contact", {"note": "x"})
    assert last().about_number is None


def test_pages_without_people_and_strangers_leave_no_entry(browser: Client, client: Client, amelia: Lead) -> None:
    browser.get("/team")
    client.get(f"/leads/{amelia.pk}")
    client.post(f"/leads/{amelia.pk}/contact", {"note": "x"})
    client.get("/nowhere")
    client.post("/nowhere")
    assert entries() == []


def test_a_form_that_only_asks_changes_nothing(admin_browser: Client) -> None:
    admin_browser.post("/preferences/theme", {"theme": "dark"})
    assert entries() == []


def test_signing_in_and_out_is_recorded(client: Client, sales: User) -> None:
    client.post("/accounts/login/", {"login": sales.email, "password": cast.PASSWORD})
    client.post("/accounts/logout/")
    assert [(entry.verb, entry.user) for entry in entries()] == [("signed_in", sales.pk), ("signed_out", sales.pk)]
    assert len(str(entries()[0].numbers["network"])) == 32


def test_a_failed_sign_in_leaves_a_digest_of_the_address(client: Client, sales: User) -> None:
    client.post("/accounts/login/", {"login": sales.email.upper(), "password": "wrong-password-9"})
    client.post("/accounts/login/", {"login": "zanzibara@kestrelworth.example", "password": "wrong-password-9"})
    assert [(entry.verb, entry.user) for entry in entries()] == [("sign_in_failed", None)] * 2
    assert [entry.numbers["email"] for entry in entries()] == [
        email_digest(sales.email),
        email_digest("zanzibara@kestrelworth.example"),
    ]


def test_attempts_beyond_the_limit_leave_no_entry(client: Client, sales: User) -> None:
    cache.clear()
    for number in range(12):
        client.post("/accounts/login/", {"login": sales.email, "password": f"wrong-password-{number}"})
    cache.clear()
    assert 0 < AuditEntry.objects.filter(verb="sign_in_failed").count() < 12


def calling(who: User) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {create_token(who, 'program')}"}}


def test_seeing_a_lead_through_the_api_is_recorded_by_number(client: Client, sales: User, amelia: Lead) -> None:
    client.get(f"/api/v1/leads/{amelia.pk}/history", **calling(sales))
    entry = last()
    assert (entry.user, entry.via, entry.verb, entry.about_number) == (sales.pk, "api", "lead.seen", amelia.pk)
    assert entry.numbers["route"] == "v1/leads/<path:lead>/history"


def test_a_list_through_the_api_tells_how_many(client: Client, sales: User, engine: Engine) -> None:
    assert engine
    client.get("/api/v1/leads?limit=5", **calling(sales))
    assert (last().verb, last().numbers["rows"], last().numbers["asked"]) == ("people.listed", 0, "limit")


def test_an_unknown_caller_leaves_no_entry(client: Client) -> None:
    client.post("/api/v1/leads/1/accept", headers={"Authorization": "Bearer llt_wrong"})
    assert entries() == []


def test_an_export_tells_the_table_its_form_and_how_many_rows(marketing_browser: Client, engine: Engine) -> None:
    assert engine
    file = marketing_browser.get("/exports/leads.csv?segment=company%3DKestrelworth")
    file.close()
    assert file.status_code == 200
    entry = last()
    assert (entry.verb, entry.about) == ("exported", "table")
    assert entry.numbers | {"rows": 0} == {
        "status": 200,
        "method": "GET",
        "route": "exports_one",
        "table": "leads",
        "kind": "csv",
        "rows": 0,
        "asked": "segment",
    }


def test_a_write_key_that_is_made_has_a_word_of_its_own(admin_browser: Client) -> None:
    source = EventSource.objects.create(name="website")
    admin_browser.post("/sources/website/keys")
    assert (last().verb, last().about, last().about_number) == ("key.made", "source", source.pk)


def test_an_answer_is_given_only_when_it_is_recorded(
    browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(audit_trail, "record", full)
    browser.raise_request_exception = False
    answer = browser.get(f"/leads/{amelia.pk}")
    assert answer.status_code == 500
    assert b"Kestrelworth" not in answer.content


def test_no_entry_holds_personal_data(admin_browser: Client, client: Client, amelia: Lead) -> None:
    admin = User.objects.get(role="administrator")
    identity = cast.Identity.objects.get(lead=amelia)
    name = "zanzibara@kestrelworth.example"
    for address in (
        f"/leads/{amelia.pk}",
        f"/leads/{amelia.pk}/crm/zanzibara",
        f"/leads?q={name}",
        "/leads?segment=company%3DKestrelworth",
        "/accounts?q=Kestrelworth",
        "/exports/leads.csv?segment=company%3DKestrelworth",
        "/exports/zanzibara.csv",
        "/reports/kestrelworth",
        "/leads?zanzibara=kestrelworth",
        "/leads/0491570156",
        "/identities",
    ):
        admin_browser.get(address).close()
        admin_browser.post(address, {"note": name, "zanzibara": name})
    admin_browser.post(f"/leads/{amelia.pk}/assign", {"owner": name, "note": "kw-user-77"})
    admin_browser.post("/crm/connections/zanzibara/settings", {"name": "kestrelworth"})
    admin_browser.post("/sources/zanzibara/settings")
    for address in ("leads/kw-user-77/score", f"leads/{name}/explain", f"team/{name}", "crm/connections/kestrelworth"):
        for method in ("get", "post", "put", "delete"):
            call = getattr(client, method)
            call(f"/api/v1/{address}", data={"note": name}, content_type="application/json", **calling(admin))
    client.post("/accounts/login/", {"login": name, "password": "zanzibara-kestrelworth"})
    text = json.dumps(list(AuditEntry.objects.values()), default=str).lower()
    assert len(entries()) > 20
    assert [word for word in (*CANARIES, identity.value, amelia.card["name"].lower()) if word in text] == []
    assert verify().whole


def test_every_route_that_may_show_people_is_recorded_or_said_to_show_none() -> None:
    rules = {**PAGES, **{key: rule for key, rule in OPERATIONS.items() if key.startswith("GET")}}
    about_people = {key for key, rule in rules.items() if PEOPLE & (rule.read | rule.either)}
    assert len(about_people) > 40
    assert sorted(about_people - set(READS) - set(SHOWS_NOBODY)) == []
    assert set(READS) & set(SHOWS_NOBODY) == set()


def test_the_table_names_only_routes_that_there_are() -> None:
    known = {*PAGES, *OPERATIONS}
    assert sorted({*READS, *SHOWS_NOBODY, *CHANGES_NOTHING, *CHANGES} - known) == []
