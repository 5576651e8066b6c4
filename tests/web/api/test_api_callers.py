"""Who may call the API, and what it says to those who may not."""

from datetime import timedelta

import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import APIToken, User
from leadline.accounts.tokens import create_token, revoke_token
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError

LEADS = "/api/v1/leads"
pytestmark = pytest.mark.usefixtures("engine")


def called(token: str, path: str = LEADS) -> int:
    return Client().get(path, headers={"authorization": f"Bearer {token}"}).status_code


def posted(token: str, path: str, given: dict[str, str]) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return Client().post(path, given, content_type="application/json", headers=headers).status_code


def test_a_stranger_is_told_how_to_get_a_token() -> None:
    answer = Client().get(LEADS)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert "leadline tokens create" in answer.json()["detail"]


def test_a_token_acts_as_its_user(sales: User) -> None:
    token = create_token(sales, "reports")
    assert called(token) == 200
    row = APIToken.objects.get()
    assert row.last_used_at is not None
    assert token not in row.digest
    assert row.ending == token[-4:]


@pytest.mark.parametrize("reason", ["revoked", "expired", "inactive user", "changed"])
def test_a_token_that_does_not_count_is_nobody(sales: User, reason: str) -> None:
    expires = utc_now() - timedelta(seconds=1) if reason == "expired" else None
    token = create_token(sales, "reports", expires)
    if reason == "revoked":
        revoke_token(token[-4:], utc_now())
    if reason == "inactive user":
        User.objects.filter(pk=sales.pk).update(is_active=False)
    assert called(token + "x" if reason == "changed" else token) == 401


def test_a_signed_in_browser_may_read(browser: Client) -> None:
    assert browser.get(LEADS).status_code == 200


def test_what_is_not_there_is_told_in_the_one_shape(browser: Client) -> None:
    answer = browser.get("/api/v1/leads/nobody-here/explain")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "detail"}
    assert browser.get("/api/v1/nothing").json()["code"] == "not_found"


def test_a_wrong_parameter_is_named(browser: Client) -> None:
    answer = browser.get(f"{LEADS}?limit=0")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["at"] == "query.limit"


def test_the_description_needs_a_sign_in_and_names_every_path(browser: Client) -> None:
    assert Client().get("/api/docs").status_code == 302
    assert browser.get("/api/docs").status_code == 200
    assert "/api/v1/leads" in browser.get("/api/openapi.json").json()["paths"]


def test_a_token_needs_a_name_and_an_ending_that_exists(sales: User) -> None:
    with pytest.raises(TerminalError):
        create_token(sales, "  ")
    with pytest.raises(NotFoundError):
        revoke_token("none", utc_now())


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ((), ["read", "draft", "say"]),
        (("read",), ["read"]),
        (("leads:read",), ["read"]),
        (("rules:write",), ["draft"]),
        (("leads:read", "leads:sell"), ["read", "say"]),
    ],
)
def test_a_token_does_what_its_scopes_and_its_users_role_both_allow(scopes: list[str], allowed: list[str]) -> None:
    token = create_token(cast.user(User.Role.ADMINISTRATOR), "narrow", scopes=scopes)
    answers = {
        "read": called(token),
        "draft": posted(token, "/api/v1/rules/drafts", {"document": "name: x\n", "name": "x"}),
        "say": posted(token, f"{LEADS}/987654/accept", {}),
    }
    assert [deed for deed, status in answers.items() if status != 403] == allowed, answers


def test_a_scope_never_adds_to_a_role(sales: User) -> None:
    token = create_token(sales, "hopeful", scopes=["rules:publish", "sources:write", "leads:read"])
    assert called(token) == 200
    assert called(token, "/api/v1/rules") == 403


def test_a_scope_that_there_is_not_is_refused(sales: User) -> None:
    with pytest.raises(TerminalError, match="leads:eat"):
        create_token(sales, "hungry", scopes=["leads:eat"])
