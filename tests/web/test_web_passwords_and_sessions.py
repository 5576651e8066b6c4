"""Passwords, sessions and what a refusal tells: what an attacker would look at first."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import web_cast as cast
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from leadline.accounts.models import APIToken, User
from leadline.accounts.tokens import create_token, digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
SIGN_IN, CHANGE = "/accounts/login/", "/accounts/password/change/"
SIXTEEN_MIB = 16 * 1024
"""In KiB, as argon2 counts."""


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def changed_to(new: str, old: str = cast.PASSWORD) -> bool:
    """Whether somebody can change their password to this one, and then sign in with it."""
    who = cast.user()
    browser = Client()
    browser.post(SIGN_IN, {"login": who.email, "password": cast.PASSWORD})
    browser.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    return is_in(signed_in(who, new))


def signed_in(who: User, password: str = cast.PASSWORD) -> Client:
    browser = Client()
    browser.post(SIGN_IN, {"login": who.email, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/you").status_code == 200


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "p" * 64 + "ä",
        "q" * 128,
        "ねこ は 静かに 歩く のです",
        "\N{ANCHOR}\N{SPOUTING WHALE}" * 6,
        "only small letters",
    ],
)
def test_any_long_password_is_taken_as_it_is(password: str) -> None:
    assert changed_to(password)


@pytest.mark.parametrize("password", ["elevenchars", "p" * 129, "password1234", "1234567890123", "           "])
def test_short_endless_and_common_passwords_are_refused(password: str) -> None:
    assert not changed_to(password)


def test_nothing_is_cut_off_a_password() -> None:
    who = cast.user()
    who.set_password("a" * 127 + "b")
    who.save()
    assert not is_in(signed_in(who, "a" * 127 + "c"))
    assert not is_in(signed_in(who, "a" * 127))


def test_changing_a_password_takes_the_one_that_there_is() -> None:
    assert not changed_to("a-wholly-other-secret-4", old="not-the-one-1234")


def test_passwords_are_hashed_with_argon2id_as_strongly_as_is_asked(settings: Any) -> None:
    """This process hashes weakly to spare time (tests/environment.py): a process without that says how it is."""
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    program = (
        f"from {Argon2PasswordHasher.__module__} import Argon2PasswordHasher as hasher;"
        "print(hasher.time_cost, hasher.memory_cost, hasher.parallelism)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    time_cost, memory_kib, parallelism = map(int, told.split())
    assert time_cost >= 2
    assert memory_kib >= SIXTEEN_MIB
    assert parallelism >= 1
    one, other = (User(password=get_user_model()().password) for _ in range(2))
    one.set_password("the same secret 12")
    other.set_password("the same secret 12")
    assert one.password.startswith("argon2$argon2id$")
    assert one.password != other.password, "each has a salt of its own"


def test_there_are_no_accounts_that_nobody_made() -> None:
    assert not User.objects.exists()


def test_signing_in_makes_a_new_session_and_signing_out_ends_it() -> None:
    who, browser = cast.user(), Client()
    browser.get(SIGN_IN)
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""
    browser.post(SIGN_IN, {"login": who.email, "password": cast.PASSWORD})
    known = browser.cookies["sessionid"].value
    assert is_in(browser)
    assert known != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()
    browser.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=known).exists()
    thief = Client()
    thief.cookies["sessionid"] = known
    assert not is_in(thief)


def test_session_ids_are_long_and_never_alike() -> None:
    who = cast.user()
    ids = {signed_in(who).cookies["sessionid"].value for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[a-z0-9]{32}", each) for each in ids), "32 of 36 signs are 165 bits"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites() -> None:
    browser = signed_in(cast.user())
    browser.get("/you")
    for name in ("sessionid", "csrftoken"):
        assert browser.cookies[name]["httponly"], name
        assert browser.cookies[name]["samesite"] == "Lax"
        assert browser.cookies[name]["path"] == "/"
        assert not browser.cookies[name]["domain"]


def test_somebody_who_may_no_longer_sign_in_is_out_at_once() -> None:
    who = cast.user()
    browser, token = signed_in(who), create_token(who, "x")
    assert is_in(browser)
    User.objects.filter(pk=who.pk).update(is_active=False)
    assert not is_in(browser)
    assert Client().get("/api/v1/leads", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_role_that_was_taken_away_is_gone_with_the_next_request_for_sessions_and_tokens() -> None:
    who = cast.user("administrator")
    browser, token = cast.signed_in(who), create_token(who, "x", scopes=["audit:read"])
    headers = {"authorization": f"Bearer {token}"}
    assert (browser.get("/audit").status_code, Client().get("/api/v1/audit", headers=headers).status_code) == (200, 200)
    User.objects.filter(pk=who.pk).update(role="sales")
    assert (browser.get("/audit").status_code, Client().get("/api/v1/audit", headers=headers).status_code) == (403, 403)


def count_hashing(monkeypatch: pytest.MonkeyPatch, hashed: list[str]) -> None:
    """Note each password that is hashed, to be kept or to be compared."""
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def noting(self: Argon2PasswordHasher, password: str, other: str, original: Any = original) -> Any:
            hashed.append(password)
            return original(self, password, other)

        monkeypatch.setattr(Argon2PasswordHasher, name, noting)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    who, hashed = cast.user(), list[str]()
    count_hashing(monkeypatch, hashed)
    pages = []
    for address in (who.email, "nobody@example.com"):
        hashed.clear()
        answer = Client().post(SIGN_IN, {"login": address, "password": "wrong-wrong-wrong"})
        pages.append((answer.status_code, cast.text_of(answer).replace(address, "")))
        assert hashed, "as much work either way: the time tells nothing"
    assert pages[0] == pages[1]


def test_tokens_are_kept_as_hashes_of_what_nobody_guesses() -> None:
    tokens = {create_token(cast.user(), "x") for _ in range(3)}
    assert all(len(each.removeprefix("llt_")) >= 43 for each in tokens), "43 signs of base64 are 256 bits"
    kept = str(list(APIToken.objects.values()))
    assert not [each for each in tokens if each in kept]
    assert {digest_of(each) for each in tokens} == set(APIToken.objects.values_list("digest", flat=True))


def test_no_secret_stands_in_an_address() -> None:
    """A session or a token in an address would be in logs, histories and referrers."""
    who = cast.user()
    token = create_token(who, "x")
    key = signed_in(who).cookies["sessionid"].value
    for name in ("token", "access_token", "api_key", "authorization", "sessionid", "key"):
        assert Client().get("/api/v1/leads", {name: token}).status_code == 401
        assert Client().get("/you", {name: key}).status_code == 302


def test_a_page_that_fails_says_nothing_of_how(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert settings.DEBUG is False

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret is 4711 in /etc/leadline")

    monkeypatch.setattr("leadline.web.views.you.factors_of", fail)
    browser = signed_in(cast.user())
    browser.raise_request_exception = False
    page = browser.get("/you")
    assert page.status_code == 500
    for told in ("4711", "Traceback", "RuntimeError", "factors_of", ".py"):
        assert told not in page.content.decode()
    assert len(page.headers["X-Request-ID"]) >= 16, "by which the log is found"


def test_a_check_that_fails_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no table of access")

    browser = cast.signed_in(cast.user("administrator"))
    browser.raise_request_exception = False
    monkeypatch.setattr("leadline.web.admission._check", fail)
    assert browser.get("/leads").status_code == 500
    assert browser.get("/api/v1/leads").status_code == 500


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_the_api_takes_nothing_but_json(kind: str) -> None:
    headers = {"authorization": f"Bearer {create_token(cast.user('administrator'), 'x')}"}
    body = b'{"events": []}'
    assert Client().generic("POST", "/api/v1/score", body, content_type=kind, headers=headers).status_code == 415
    cast.published()
    as_json = "application/json; charset=utf-8"
    assert Client().generic("POST", "/api/v1/score", body, content_type=as_json, headers=headers).status_code == 200


def test_a_form_without_its_token_changes_nothing() -> None:
    who = cast.user()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(who)
    assert browser.post("/you/zone", {"zone": "Europe/Oslo"}).status_code == 403
    assert browser.post("/you/zone", {"zone": "Europe/Oslo"}, headers={"hx-request": "true"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(SIGN_IN, {"login": who.email, "password": "x"}).status_code == 403
    who.refresh_from_db()
    assert who.time_zone == ""
