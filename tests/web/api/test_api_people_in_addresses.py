"""Nobody is named in an address of the API: whom a program looks for stands in a body."""

import logging
from io import StringIO
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import AuditEntry, User
from leadline.accounts.tokens import create_token
from leadline.eventstore.scores import record_scores
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead
from leadline.tracking.name_index import index_missing
from leadline.web.api.addresses import _names_somebody
from leadline.web.naming_segments import text_names_somebody
from leadline.web.request_id import RequestId

EMAIL, USER_ID, TELEPHONE = "ada@canary.example", "canary-77", "+49 30 5557 4711"
SEARCH = "/api/v1/leads/search"
pytestmark = pytest.mark.usefixtures("engine")


def program(user: User, **options: Any) -> Client:
    return Client(headers={"authorization": f"Bearer {create_token(user, 'test', **options)}"})


def search(client: Client, **body: Any) -> Any:
    return client.post(SEARCH, body, content_type="application/json")


def numbers(client: Client, **body: Any) -> list[int]:
    answer = search(client, **body)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()]


@pytest.fixture
def administrator() -> Client:
    return program(cast.user("administrator"))


@pytest.fixture
def ada(db: None) -> Lead:  # noqa: ARG001  # rows
    """Somebody with a name, an address and a user id, and no score."""
    person = cast.lead("Ada King", email=EMAIL)
    digest = lookup_hasher().digest(IdentityKind.USER_ID, USER_ID)
    Identity.objects.create(kind="user_id", digest=digest, value=USER_ID, lead=person, first_seen_at=utc_now())
    index_missing([person])
    return person


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What is logged from now on."""
    (handler,) = [each for each in logging.getLogger().handlers if any(isinstance(f, RequestId) for f in each.filters)]
    stream = StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


def scored(engine: Engine, lead: int) -> None:
    points = dict.fromkeys(("engagement", "readiness", "conversion", "total"), 50_000_000)
    same = {**points, "grade": "C", "stage": "qualified", "factors": [0], "fit": 0, "fit_points": 0}
    with engine.store.cursor() as cursor:
        record_scores(cursor, pa.Table.from_pylist([{"lead": lead, **same}]), utc_now(), 1, 1)


@pytest.mark.parametrize("asked", [{"email": EMAIL}, {"email": f" {EMAIL.upper()} "}, {"user_id": USER_ID}])
def test_a_person_is_found_by_what_names_them_alone(administrator: Client, ada: Lead, asked: dict[str, str]) -> None:
    other = cast.lead("Ada Other")
    assert numbers(administrator, **asked) == [ada.pk]
    assert other.pk not in numbers(administrator, **asked)


def test_who_has_no_score_is_found_with_null_in_its_place(administrator: Client, ada: Lead) -> None:
    (row,) = search(administrator, email=EMAIL).json()
    assert (row["id"], row["user_id"]) == (ada.pk, USER_ID)
    assert {row[name] for name in ("total", "engagement", "grade", "stage", "scored_at", "ruleset")} == {None}


def test_a_row_is_as_in_the_list(administrator: Client, ada: Lead, engine: Engine) -> None:
    scored(engine, ada.pk)
    listed = administrator.get("/api/v1/leads").json()
    assert [row["id"] for row in listed] == [ada.pk]
    assert search(administrator, named="ada").json() == search(administrator, user_id=USER_ID).json() == listed


def test_all_that_is_given_applies(administrator: Client, ada: Lead) -> None:
    assert numbers(administrator, email=EMAIL, user_id=USER_ID, named="king") == [ada.pk]
    assert numbers(administrator, email=EMAIL, user_id="somebody-else") == []
    assert numbers(administrator, email=EMAIL, named="mary") == []


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"named": "  "}, {"mail": EMAIL}, {"email": EMAIL, "limit": 0}])
def test_a_search_for_nobody_answers_with_nobody(administrator: Client, ada: Lead, body: dict[str, Any]) -> None:
    answer = search(administrator, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert EMAIL not in answer.content.decode()
    assert ada.card["name"] not in answer.content.decode()


def test_who_may_not_see_who_people_are_finds_nobody(ada: Lead) -> None:
    analyst, narrow = program(cast.user("analyst")), program(cast.user("administrator"), scopes=["leads:read"])
    for asked in ({"email": EMAIL}, {"user_id": USER_ID}, {"named": "ada"}):
        assert numbers(analyst, **asked) == []
        assert numbers(narrow, **asked) == []
    assert search(program(cast.user("integrator")), email=EMAIL).status_code == 403
    assert ada.pk


def test_who_sees_only_their_own_leads_finds_no_other(ada: Lead) -> None:
    seller = cast.user("sales", leads_seen="own")
    client = program(seller)
    assert numbers(client, email=EMAIL) == []
    cast.standing(ada, owner_user=seller, owner=str(seller))
    assert numbers(client, email=EMAIL) == [ada.pk]


def test_the_trail_says_that_there_was_a_search_and_not_for_whom(administrator: Client, ada: Lead) -> None:
    search(administrator, email=EMAIL, limit=3)
    entry = AuditEntry.objects.order_by("-number")[0]
    assert ada.pk
    assert (entry.via, entry.verb, entry.about, entry.about_number) == ("api", "people.listed", "lead", None)
    assert entry.numbers == {
        "status": 200,
        "method": "POST",
        "route": "v1/leads/search",
        "rows": 1,
        "asked": "email",
    }


ADDRESSES = [
    ("get", f"leads/{EMAIL}/score"),
    ("get", f"leads/{quote(EMAIL)}/history"),
    ("get", f"leads/{quote(quote(EMAIL))}/explain"),
    ("post", f"leads/{EMAIL}/accept"),
    ("post", f"leads/https://platform/{EMAIL}/consent"),
    ("get", f"leads/{EMAIL}/crm"),
    ("get", f"leads/{quote(TELEPHONE)}/forecast"),
    ("post", f"crm/connections/sandbox/mapping/preview/{EMAIL}"),
    ("get", f"crm/connections/sandbox/diff?leads=1&leads={EMAIL}"),
    ("get", f"leads?{EMAIL}=1"),
    ("get", f"accounts?industry={EMAIL}"),
    ("get", f"analytics/overview?segment=owner%3D{quote(EMAIL)}"),
    ("get", f"exports/leads?segment=owner%3D{quote(EMAIL)}"),
    ("get", f"audit?user={EMAIL}"),
    ("get", "analytics/overview?segment=stage%3Dqualified%2Cowner%3DCanary+King"),
    ("get", "exports/leads?segment=company%21%3DCanary+King"),
    ("get", "leads?named=canary"),
    ("get", "leads?email=canary"),
    ("get", "accounts?q=canary"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_an_address_that_names_somebody_is_refused_and_repeated_nowhere(
    administrator: Client, ada: Lead, log: StringIO, method: str, path: str
) -> None:
    answer = getattr(administrator, method)(f"/api/v1/{path}", content_type="application/json")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "person_in_address")
    assert "POST /api/v1/leads/search" in told["detail"]
    assert log.getvalue()
    recorded = str(list(AuditEntry.objects.values()))
    for text in (answer.content.decode(), log.getvalue(), recorded):
        assert "canary" not in text.lower()
        assert "5557" not in text
    assert ada.pk


def test_whoever_may_not_call_is_told_that_first(ada: Lead) -> None:
    assert Client().get(f"/api/v1/leads/{EMAIL}/score").status_code == 401
    assert program(cast.user("integrator")).get(f"/api/v1/leads/{EMAIL}/score").status_code == 403
    assert ada.pk


def test_the_number_that_a_search_finds_leads_to_the_person(administrator: Client, ada: Lead) -> None:
    (found,) = numbers(administrator, email=EMAIL)
    assert administrator.get(f"/api/v1/leads/{found}/consent").json()["lead"] == ada.pk
    assert administrator.get(f"/api/v1/leads/{USER_ID}/consent").json()["lead"] == ada.pk


@pytest.mark.parametrize(
    "text",
    [
        *("12", "1234567", "4915112345678", "auth0|5f7c8ec7c33c6c004bbafe82", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        *(
            "@ada",
            "a/b/c",
            "draft:7",
            "2026-05-14T10:00:00+00:00",
            "2026-05-14T10:00:00 00:00",
            "2026-05-01..2026-05-31",
        ),
        *("stage=qualified,total>=55", "Page /pricing>conversion:quote_requested", "Asia/Manila", "2024-0000123"),
    ],
)
def test_what_names_nobody_is_taken(text: str) -> None:
    assert not _names_somebody(text)


@pytest.mark.parametrize("segment", ["owner=", "company=", "account=7", "lead=3", "nonsense", "", "campaign=owner"])
def test_a_segment_that_names_nobody_is_taken(segment: str) -> None:
    assert not text_names_somebody(segment)


def test_a_report_and_an_export_are_asked_by_a_company_in_a_body(administrator: Client) -> None:
    def called(path: str, **body: Any) -> Any:
        return administrator.post(f"/api/v1/{path}", body, content_type="application/json")

    report = called("analytics/overview", parameters={"segment": "company=Canary King", "period": "7d"})
    assert report.status_code == 200, report.content
    assert report.json()["kind"] == "overview"
    table = called("analytics/overview", format="csv")
    table.close()
    assert table.headers["Content-Type"].startswith("text/csv")
    assert called("analytics/overview", parameters={"segment": "nonsense"}).status_code == 422
    file = called("exports/leads", segment="company=Canary King", format="csv")
    assert file.status_code == 200
    assert b"".join(file).startswith(b'"lead","name"')
    file.close()
    entry = AuditEntry.objects.order_by("-number")[0]
    assert (entry.verb, entry.numbers["table"], entry.numbers["asked"]) == ("exported", "leads", "format,segment")
    assert "canary" not in str(list(AuditEntry.objects.values())).lower()


def test_a_seller_is_changed_by_a_body(administrator: Client) -> None:
    seller = cast.user("sales")
    body = {"user": seller.email, "capacity": 7}
    told = administrator.put("/api/v1/team", body, content_type="application/json").json()
    assert [(row["user"], row["capacity"]) for row in told["sellers"]] == [(seller.email, 7)]
    entry = AuditEntry.objects.order_by("-number")[0]
    assert (entry.verb, entry.about, entry.about_number) == ("changed", "user", seller.pk)
    missing = administrator.put("/api/v1/team", {"user": EMAIL}, content_type="application/json")
    assert missing.status_code == 404
    assert "canary" not in missing.content.decode()
