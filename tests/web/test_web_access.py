"""Each route with each role, with nobody, and with another's numbers: what the table of access says is what happens."""

from collections.abc import Iterator

import access_cast
import pytest
import web_cast as cast
from access_cast import Route
from django.core.cache import cache
from django.test import Client

from leadline.accounts.models import User
from leadline.accounts.permissions import PERMISSIONS
from leadline.accounts.tokens import create_token
from leadline.pipeline.exports.tables import TABLES
from leadline.web.access import PAGES, SAFE
from leadline.web.access import SIGN_IN as SIGN_IN_ROUTES
from leadline.web.api.access import OPERATIONS
from leadline.web.views.exports import may_export

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
ROLES = tuple(User.Role)
SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    yield
    cache.clear()


def all_pages() -> list[Route]:
    return list(access_cast.pages())


def is_allowed(route: Route, user: User) -> bool:
    """What the table says, worked out anew."""
    assert route.rule is not None
    allowed = PERMISSIONS[user.role]
    needed = route.rule.read if route.method in SAFE else route.rule.write
    either = not route.rule.either or bool(route.rule.either & allowed)
    return needed <= allowed and either and not (route.rule.everybody and user.leads_seen == "own")


def test_every_page_stands_in_the_table_of_access() -> None:
    assert {route.name for route in all_pages()} == set(PAGES)


def test_every_operation_of_the_api_stands_in_the_table_of_access() -> None:
    assert {route.name for route in access_cast.operations()} == set(OPERATIONS)


def test_every_role_has_its_permissions_and_only_administrators_have_all() -> None:
    assert set(PERMISSIONS) == set(ROLES)
    everything = PERMISSIONS[User.Role.ADMINISTRATOR]
    assert all(PERMISSIONS[role] < everything for role in ROLES if role != User.Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_exactly_the_pages_that_the_table_gives_it(role: str) -> None:
    cast.published()
    user = cast.user(role)
    client, wrong = cast.signed_in(user), []
    for route in all_pages():
        answer = route.asked_by(client)
        if route.name in SIGN_IN_ROUTES:  # some of them sign out
            client = cast.signed_in(user)
        if (answer.status_code == 403) == is_allowed(route, user):
            wrong.append((route.method, route.path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_exactly_the_operations_that_the_table_gives_it(role: str) -> None:
    cast.published()
    user = cast.user(role)
    client, token = Client(), create_token(user, "matrix")
    wrong = []
    for route in access_cast.operations():
        answer = route.asked_by(client, authorization=f"Bearer {token}")
        if (answer.status_code == 403) == is_allowed(route, user):
            wrong.append((route.method, route.path, answer.status_code))
    assert wrong == []


def test_nobody_gets_anything_but_what_is_open() -> None:
    for route in all_pages():
        assert route.rule is not None
        answer = route.asked_by(Client())
        asked_to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)
        if not route.rule.is_open:
            assert asked_to_sign_in, (route.method, route.path, answer.status_code)
    for route in access_cast.operations():
        assert route.asked_by(Client()).status_code == 401, route.name


def test_a_route_that_was_left_out_of_the_table_is_refused(
    monkeypatch: pytest.MonkeyPatch, admin_browser: Client
) -> None:
    assert admin_browser.get("/team").status_code == 200
    assert admin_browser.get("/api/v1/team").status_code == 200
    monkeypatch.delitem(PAGES, "team")
    monkeypatch.delitem(OPERATIONS, "GET v1/team")
    assert admin_browser.get("/team").status_code == 403
    assert admin_browser.get("/api/v1/team").status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_a_role_exports_the_tables_that_it_may(role: str) -> None:
    cast.published()
    user = cast.user(role)
    browser = cast.signed_in(user)
    for name in TABLES:
        expected = 200 if may_export(user, name) else 403
        for address in (f"/exports/{name}.csv", f"/api/v1/exports/{name}"):
            answer = browser.get(address)
            answer.close()
            assert answer.status_code == expected, name
