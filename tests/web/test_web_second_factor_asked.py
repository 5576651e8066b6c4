"""LEADLINE_REQUIRE_MFA: who is asked for a second factor, and what they see until they have one."""

import pytest
import web_cast as cast
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.kernel.errors import ConfigurationError
from leadline.project.sign_in_settings import cookie_settings, require_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
YEAR = 31_536_000


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REQUIRE_SECOND_FACTOR", "everybody")


@pytest.fixture
def administrators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REQUIRE_SECOND_FACTOR", "administrators")


def goes_on(client: Client) -> bool:
    return client.get("/").headers["Location"] != "/you"


@pytest.mark.usefixtures("everybody")
def test_whoever_has_none_sees_their_own_account_only() -> None:
    client = cast.signed_in(cast.user())
    assert not goes_on(client)
    assert client.get("/leads").headers["Location"] == "/you"
    assert client.post("/leads/1/accept").headers["Location"] == "/you"
    assert "Add a second factor to go on" in text_of(client.get("/you"))
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    answer = cast.signed_in(cast.user()).get("/api/v1/leads")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_whoever_has_one_goes_on(kind: str) -> None:
    who = cast.user()
    Authenticator.objects.create(user=who, type=kind, data={})
    assert goes_on(cast.signed_in(who))


@pytest.mark.usefixtures("everybody")
def test_recovery_codes_alone_are_none() -> None:
    who = cast.user()
    Authenticator.objects.create(user=who, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    assert not goes_on(cast.signed_in(who))


@pytest.mark.usefixtures("everybody")
def test_whoever_came_by_single_sign_on_is_not_asked() -> None:
    who = cast.user()
    client = cast.signed_in(who)
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": 1}]
    session["account_authentication_methods_user"] = str(who.pk)
    session.save()
    assert goes_on(client)


@pytest.mark.usefixtures("everybody")
def test_programs_with_a_token_are_not_asked() -> None:
    token = create_token(cast.user(User.Role.ADMINISTRATOR), "nightly")
    assert Client().get("/api/v1/leads", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200


@pytest.mark.usefixtures("administrators")
def test_administrators_alone_are_asked() -> None:
    assert goes_on(cast.signed_in(cast.user()))
    assert not goes_on(cast.signed_in(cast.user(User.Role.ADMINISTRATOR)))
    assert not goes_on(cast.signed_in(cast.user(is_superuser=True)))


def test_nobody_is_asked_unless_it_is_wanted() -> None:
    assert goes_on(cast.signed_in(cast.user(User.Role.ADMINISTRATOR)))
    assert require_second_factor("nobody") == "nobody"
    with pytest.raises(ConfigurationError, match="LEADLINE_REQUIRE_MFA"):
        require_second_factor("yes")


def test_behind_https_cookies_stay_there_and_browsers_are_told() -> None:
    over = cookie_settings("https://leads.example.com")
    assert (over["SESSION_COOKIE_NAME"], over["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert all(over[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"))
    assert over["SECURE_HSTS_SECONDS"] == YEAR


def test_on_this_machine_without_https_they_work_all_the_same() -> None:
    plain = cookie_settings("http://localhost:8000")
    assert plain["SESSION_COOKIE_HTTPONLY"]
    assert not {"SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER"} & set(plain)


def test_a_proxys_word_makes_it_https(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cookie_settings("https://testserver").items():
        monkeypatch.setattr(settings, name, value, raising=False)
    who = cast.user()
    client = Client(HTTP_X_FORWARDED_PROTO="https")
    answer = client.post("/accounts/login/", {"login": who.email, "password": cast.PASSWORD})
    cookie = answer.cookies["__Host-sessionid"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert cookie["domain"] == ""
    assert answer.headers["Strict-Transport-Security"] == f"max-age={YEAR}"
