"""People are searched by the words of their names: by whoever may see who they are, on the page and over the API."""

from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.tracking.models import Lead
from leadline.tracking.name_index import index_missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    for name, total in (("María Fernández", 70), ("Mario Rossi", 60), ("Amelia Hart", 50)):
        cast.standing(cast.lead(name), (total, total, total))
    index_missing(list(Lead.objects.all()))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mar", ["María Fernández", "Mario Rossi"]),
        ("maria fern", ["María Fernández"]),
        ("FERNÁN", ["María Fernández"]),
        ("hart amelia", ["Amelia Hart"]),
        ("melia", []),
        ("mar hart", []),
    ],
)
def test_the_list_is_searched_by_words_of_names(list_browser: Client, search: str, found: list[str]) -> None:
    assert names_of(list_browser.get("/leads", {"q": search})) == found


@pytest.mark.usefixtures("people")
def test_an_address_is_no_name(list_browser: Client) -> None:
    assert names_of(list_browser.get("/leads", {"q": "maria@fernandez"})) == []


@pytest.mark.usefixtures("people", "list_browser")
@pytest.mark.parametrize("role", [User.Role.ANALYST, User.Role.INTEGRATOR, User.Role.AUDITOR])
def test_whoever_may_not_see_names_finds_nobody_by_them(role: User.Role) -> None:
    page = cast.signed_in(cast.user(role)).get("/leads", {"q": "mar"})
    assert page.status_code in {200, 403}
    assert page.status_code == 403 or names_of(page) == []
    assert "e-mail" not in (text_of(page) if page.status_code == 200 else "")


def answered(user: User, scopes: list[str] | None = None, **asked: Any) -> list[Any]:
    token = create_token(user, "script", scopes=scopes) if scopes else create_token(user, "script")
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post("/api/v1/leads/search", asked, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    found: list[Any] = answer.json()
    return found


@pytest.mark.usefixtures("people", "list_browser")
def test_the_api_passes_the_words_on_and_respects_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.pipeline import lead_list

    asked: list[Any] = []

    def current(cursor: Any, limit: int, leads: Any = None) -> list[Any]:  # noqa: ARG001  # as scores.current
        asked.append(leads)
        return []

    monkeypatch.setattr(lead_list.scores, "current", current)
    administrator = cast.user("administrator")
    answered(administrator, named="mar ross")
    answered(administrator, ["leads:read"], named="mar ross")
    rossi = next(lead.pk for lead in Lead.objects.all() if lead.card and lead.card["name"] == "Mario Rossi")
    assert asked == [[rossi], []]
