"""Each answer, log line and audit entry carries the id of its request."""

import logging
import re
from io import StringIO

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from leadline.accounts.models import AuditEntry
from leadline.web import request_id
from leadline.web.request_id import HEADER, USABLE, RequestId

pytestmark = pytest.mark.django_db
OURS = re.compile(r"[0-9a-f]{16}")


def test_every_answer_has_an_id_of_its_own(client: Client) -> None:
    first, second = (client.get(address).headers[HEADER] for address in ("/accounts/login/", "/nowhere"))
    assert OURS.fullmatch(first)
    assert OURS.fullmatch(second)
    assert first != second


@pytest.mark.parametrize("given_id", ["0123456789abcdef", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a" * 32])
def test_the_id_of_a_proxy_goes_on(client: Client, given_id: str) -> None:
    assert client.get("/accounts/login/", headers={HEADER: given_id}).headers[HEADER] == given_id


@pytest.mark.parametrize("given_id", ["", "jane@doe.example", "0123456789abcde", "x" * 16, "a" * 33, "\u0661" * 16])
def test_anything_else_does_not(client: Client, given_id: str) -> None:
    assert OURS.fullmatch(client.get("/accounts/login/", headers={HEADER: given_id}).headers[HEADER])


@given(st.uuids())
def test_a_uuid_is_an_id(one: object) -> None:
    assert USABLE.fullmatch(str(one))


def test_the_audit_trail_has_the_id(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "nobody@works.example", "password": "wrong-password-9"})
    assert AuditEntry.objects.get().request == answer.headers[HEADER]


@pytest.mark.parametrize("address", ["/api/v1/leads/jane@doe.example/score", "/jane@doe.example", "/leads/0491570156"])
def test_what_django_logs_of_a_request_has_its_id_and_its_route_for_its_address(
    admin_browser: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = [each for each in logging.getLogger().handlers if any(isinstance(f, RequestId) for f in each.filters)]
    monkeypatch.setattr(handler, "stream", StringIO())
    answer = admin_browser.get(address)
    admin_browser.post(address)
    logged = handler.stream.getvalue()  # type: ignore[attr-defined]  # a StreamHandler, as settings have it
    assert "jane" not in logged
    assert "0491570156" not in logged
    assert f" {answer.headers[HEADER]} django.request " in logged


def test_log_lines_have_the_id_of_their_request_and_none_outside() -> None:
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "x", (), None)
    token = request_id._current.set("0123456789abcdef")
    RequestId().filter(record)
    request_id._current.reset(token)
    assert record.__dict__["request_id"] == "0123456789abcdef"
    RequestId().filter(record)
    assert record.__dict__["request_id"] == "-"
