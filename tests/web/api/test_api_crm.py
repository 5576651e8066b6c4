"""CRM connections over REST: administrators change them, marketing and sales read how they are, sales sends a lead."""

import json
from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.crm.connectors import kinds
from leadline.crm.models import Connection
from leadline.crm.testing.memory import MAPPING, MemoryCRM, memory_kind
from leadline.kernel.clock import utc_now
from leadline.tracking.models import Identity

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> MemoryCRM:
    made = MemoryCRM(utc_now)
    monkeypatch.setitem(kinds(), "memory", memory_kind(made))  # type: ignore[arg-type]  # cached: a dictionary
    return made


def qualified() -> int:
    """Somebody who is synced."""
    person = cast.qualified("Ada King", timedelta(hours=1)).lead
    Identity.objects.filter(home=person).delete()
    rows = {"home": person, "lead": person, "first_seen_at": utc_now(), "value": "u-ada"}
    Identity.objects.create(kind="user_id", digest=b"a" * 16, **rows)
    return person.pk


class Caller:
    """A program with a token of a role."""

    def __init__(self, role: str) -> None:
        self._client = Client(headers={"authorization": f"Bearer {create_token(cast.user(role), 'test')}"})

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        address = f"/api/v1/{path}"
        if method == "get":
            return self._client.get(address)
        return getattr(self._client, method)(address, body, content_type="application/json")


@pytest.fixture
def administrator() -> Caller:
    return Caller(User.Role.ADMINISTRATOR)


@pytest.fixture
def connection(administrator: Caller, crm: MemoryCRM) -> str:
    made = administrator("post", "crm/connections", name="memory", kind="memory", secrets={"key": crm.key})
    assert made.status_code == 200, made.content
    return "crm/connections/memory"


CHANGES = [
    *(("patch", ""), ("delete", ""), ("post", "/test"), ("post", "/sync"), ("post", "/backfill"), ("post", "/retry")),
    *(("put", "/mapping"), ("post", "/mapping/check"), ("post", "/mapping/make"), ("get", "/diff")),
]
READINGS = ["crm/kinds", "crm/status", "crm/runs", "crm/failed", "crm/mapping-schema", "crm/connections/memory"]


@pytest.mark.parametrize("role", [User.Role.MARKETING, User.Role.SALES])
def test_others_read_how_it_is_and_change_nothing(connection: str, role: str) -> None:
    caller = Caller(role)
    for path in [*READINGS, f"{connection}/links", f"{connection}/mapping"]:
        assert caller("get", path).status_code == 200, path
    for method, path in CHANGES:
        body = {"text": MAPPING} if method == "put" else {}
        assert caller(method, connection + path, **body).status_code == 403, path
    assert caller("post", "crm/connections", name="x", kind="memory", secrets={"key": "y"}).status_code == 403
    assert Connection.objects.get().mapping_version == 1


def test_a_lead_is_sent_by_sales_and_not_by_marketing(connection: str, crm: MemoryCRM) -> None:
    lead = qualified()
    assert connection
    assert Caller(User.Role.MARKETING)("post", f"leads/{lead}/crm").status_code == 403
    sent = Caller(User.Role.SALES)("post", f"leads/{lead}/crm", connection="memory")
    assert [(row["lead"], row["state"]) for row in sent.json()] == [(lead, "sent")]
    assert len(crm.records) == 1
    assert Caller(User.Role.MARKETING)("get", f"leads/{lead}/crm").json()[0]["state"] == "sent"
    fields = Caller(User.Role.SALES)("get", f"leads/{lead}/crm/memory").json()["fields"]
    assert "name" in {field["field"] for field in fields}


def test_an_administrator_does_it_all_and_sees_no_secret(
    administrator: Caller, connection: str, crm: MemoryCRM
) -> None:
    lead = qualified()
    answers = [
        administrator("get", connection),
        administrator("post", f"{connection}/test"),
        administrator("get", f"{connection}/diff?leads={lead}&limit=1"),
        administrator("post", f"{connection}/mapping/preview/{lead}"),
        administrator("post", f"{connection}/mapping/check"),
        administrator("post", f"{connection}/mapping/make"),
        administrator("post", f"{connection}/sync"),
        administrator("get", f"{connection}/links?state=sent&limit=1"),
        administrator("post", f"{connection}/retry"),
        administrator("post", f"{connection}/backfill"),
        administrator("put", f"{connection}/mapping", text=MAPPING + "\n", version=1),
        administrator("patch", connection, enabled=False, every_seconds=300),
    ]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert crm.key not in json.dumps([answer.json() for answer in answers])
    assert answers[6].json()["state"] == "ok"
    stale = administrator("put", f"{connection}/mapping", text=MAPPING, version=1)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_mapping")
    wrong = administrator("put", f"{connection}/mapping", text="fields: {name: shoe_size}")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_document")
    assert administrator("delete", connection).json()["enabled"] is False
    assert administrator("get", connection).status_code == 404


def test_a_misspelt_field_and_an_unknown_state_are_refused(administrator: Caller, connection: str) -> None:
    assert administrator("patch", connection, secret={"key": "x"}).status_code == 422
    assert administrator("get", f"{connection}/links?state=lost").status_code == 422
    assert administrator("get", "crm/runs?limit=0").status_code == 422
