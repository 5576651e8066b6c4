"""Mails about how somebody signs in: sent where mail is set up, and with nothing but what changed and when."""

import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
import web_cast as cast
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from leadline.accounts.adapter import ClosedAccountAdapter
from leadline.accounts.invitations import invitation_key
from leadline.accounts.models import User
from leadline.accounts.security_mail import CHANGES, OTHER, letter, tell
from leadline.kernel.clock import utc_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
NEW = "a-wholly-other-secret-4"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"


@pytest.fixture(autouse=True)
def with_mail(settings: Any) -> Iterator[None]:
    settings.MAIL = "smtp://mail.example:25"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """Within: what is done once a change is kept; tests keep none."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def kim() -> User:
    return cast.user(name="Kim Canary")


@pytest.fixture
def browser(kim: User, mailoutbox: list[EmailMessage]) -> Client:
    """One that they have signed in with."""
    client = Client(headers={"user-agent": AGENT}, REMOTE_ADDR="203.0.113.77")
    sign_in(kim, client)
    mailoutbox.clear()
    return client


def sign_in(who: User, client: Client) -> Client:
    client.post("/accounts/login/", {"login": who.email, "password": cast.PASSWORD})
    return client


def changes(mailoutbox: list[EmailMessage]) -> list[str]:
    return [message.subject.removeprefix("Leadline: ") for message in mailoutbox]


def code_now(secret: str, ahead: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())) + ahead)))


def with_app(client: Client) -> str:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'class="secret"><code>([A-Z2-7]+)</code>', page)
    assert found
    client.post("/accounts/2fa/totp/activate/", {"code": code_now(found[1])})
    return found[1]


def test_a_changed_password_is_mailed_with_what_and_when_alone(
    kim: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser.post("/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": NEW, "password2": NEW})
    [message] = mailoutbox
    assert message.to == [kim.email]
    assert message.subject == "Leadline: your password was changed"
    assert re.search(rf"{utc_now():%Y-%m-%d} \d\d:\d\d \(UTC\) your password was changed", str(message.body))
    for personal in ("203.0.113.77", "Firefox", "Kim", kim.email, NEW):
        assert personal not in str(message.body)


def test_an_app_codes_and_their_use_are_mailed(
    kim: User, browser: Client, mailoutbox: list[EmailMessage], committed: Any
) -> None:
    with committed():
        with_app(browser)
    page = browser.get("/accounts/2fa/recovery-codes/").content.decode()
    found = re.search(r'<pre class="codes"[^>]*>([^<]*)</pre>', page)
    assert found
    assert CHANGES["totp_activated"] in changes(mailoutbox)
    mailoutbox.clear()
    other = Client()
    other.post("/accounts/login/", {"login": kim.email, "password": cast.PASSWORD})
    with committed():
        other.post("/accounts/2fa/authenticate/", {"code": found[1].split()[0]})
    assert other.get("/you").status_code == 200
    assert changes(mailoutbox) == [CHANGES["recovery_code_used"], CHANGES["signed_in_elsewhere"]]
    mailoutbox.clear()
    with committed():
        browser.post("/accounts/2fa/recovery-codes/generate/")
        browser.post("/accounts/2fa/totp/deactivate/")
    told = {CHANGES["recovery_codes_generated"], CHANGES["totp_deactivated"]}
    assert set(changes(mailoutbox)) == told


def test_the_code_of_an_app_is_no_news(
    kim: User, browser: Client, mailoutbox: list[EmailMessage], committed: Any
) -> None:
    secret = with_app(browser)
    browser.post("/accounts/logout/")
    sign_in(kim, browser)
    with committed():
        browser.post("/accounts/2fa/authenticate/", {"code": code_now(secret, ahead=1)})
    assert browser.get("/you").status_code == 200
    assert mailoutbox == []


@pytest.mark.parametrize("seconds", [1, 31])
def test_a_code_that_is_used_twice_is_mailed_once(
    kim: User, browser: Client, mailoutbox: list[EmailMessage], seconds: int
) -> None:
    """Within its step allauth refuses it, and in the next one we do."""
    with time_machine.travel(utc_now(), tick=False) as clock:
        secret = with_app(browser)
        clock.shift(timedelta(minutes=5))
        code = code_now(secret)
        first, second = sign_in(kim, Client()), sign_in(kim, Client())
        first.post("/accounts/2fa/authenticate/", {"code": code})
        mailoutbox.clear()
        clock.shift(timedelta(seconds=seconds))
        for _ in range(3):
            second.post("/accounts/2fa/authenticate/", {"code": f"{code[:3]} {code[3:]}"})
        second.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert second.get("/you").status_code == 302
    assert changes(mailoutbox) == [CHANGES["code_used_again"]]


def test_a_sign_in_with_another_browser_is_mailed_once(
    kim: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    other = sign_in(kim, Client(headers={"user-agent": AGENT}, REMOTE_ADDR="203.0.113.78"))
    [message] = mailoutbox
    assert changes(mailoutbox) == [CHANGES["signed_in_elsewhere"]]
    for personal in ("203.0.113.78", "Firefox", kim.email):
        assert personal not in str(message.body)
    for each in (browser, other):
        each.post("/accounts/logout/")
        sign_in(kim, each)
        assert each.get("/you").status_code == 200
    assert len(mailoutbox) == 1


def test_a_browser_is_known_for_each_of_those_who_share_it(
    kim: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    lee = cast.user()
    for who in (lee, kim, lee):
        browser.post("/accounts/logout/")
        sign_in(who, browser)
    assert [message.to for message in mailoutbox] == [[lee.email]]


def test_a_browser_does_not_say_by_itself_that_it_is_known(kim: User, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.cookies["known"] = f"{kim.pk}:{'x' * 43}"
    assert sign_in(kim, client).get("/you").status_code == 200
    assert changes(mailoutbox) == [CHANGES["signed_in_elsewhere"]]


def test_a_wrong_password_is_not_mailed(kim: User, mailoutbox: list[EmailMessage]) -> None:
    Client().post("/accounts/login/", {"login": kim.email, "password": cast.PASSWORD.upper()})
    assert mailoutbox == []


def test_the_cookie_of_known_browsers_is_out_of_reach(kim: User, settings: Any) -> None:
    plain = sign_in(kim, Client()).cookies["known"]
    assert (plain["httponly"], plain["samesite"], plain["path"], plain["domain"]) == (True, "Lax", "/", "")
    settings.SESSION_COOKIE_SECURE = True
    assert sign_in(kim, Client()).cookies["__Host-known"]["secure"]


@pytest.mark.parametrize(
    "template",
    [
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
        "account/email/password_set",
        "mfa/email/of_tomorrow",
    ],
)
def test_whatever_allauth_tells_is_told_in_our_words(kim: User, mailoutbox: list[EmailMessage], template: str) -> None:
    ClosedAccountAdapter().send_notification_mail(template, kim, {"ip": "203.0.113.77"}, "elsewhere@example.com")
    [message] = mailoutbox
    assert message.to == [kim.email]
    assert changes(mailoutbox) == [CHANGES.get(template.rpartition("/")[2], OTHER)]
    assert "203.0.113.77" not in str(message.body)


def test_without_a_mail_server_nothing_is_sent_and_the_change_stands(
    kim: User, browser: Client, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.MAIL = ""
    browser.post("/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": NEW, "password2": NEW})
    kim.refresh_from_db()
    assert kim.check_password(NEW)
    assert mailoutbox == []


@pytest.mark.parametrize("trouble", [OSError("no route"), smtplib.SMTPServerDisconnected("gone")])
def test_a_mail_server_in_trouble_undoes_no_change(
    kim: User, browser: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise trouble

    monkeypatch.setattr(EmailMessage, "send", refuse)
    answer = browser.post(
        "/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert answer.status_code == 302
    kim.refresh_from_db()
    assert kim.check_password(NEW)
    assert [record.getMessage() for record in caplog.records if "did not leave" in record.getMessage()]
    assert kim.email not in caplog.text


def test_what_the_pages_of_an_administrator_do_is_mailed(kim: User, mailoutbox: list[EmailMessage]) -> None:
    administrator = cast.signed_in(cast.user("administrator"))
    administrator.post(f"/users/{kim.pk}/factors/forget")
    link = reverse("invitation", args=[kim.pk, invitation_key(kim)])
    assert Client().post(link, {"password1": NEW, "password2": NEW}).status_code == 302
    kim.refresh_from_db()
    assert kim.check_password(NEW)
    assert changes(mailoutbox) == [CHANGES["factors_forgotten"], CHANGES["password_set"]]
    assert [message.to for message in mailoutbox] == [[kim.email]] * 2


def test_moments_are_told_in_the_zone_of_whom_it_is_about(kim: User) -> None:
    kim.time_zone = "Europe/Oslo"
    assert "2026-11-23 08:05 (Europe/Oslo)" in str(letter(kim, "x", NOW).body)
    assert "2026-11-23 07:05 (UTC)" in str(letter(User(email="a@example.com"), "x", NOW).body)


def test_what_an_administrator_does_is_told_as_such(kim: User, mailoutbox: list[EmailMessage]) -> None:
    assert tell(kim, "password_given", NOW)
    assert tell(kim, "factors_forgotten", NOW)
    assert changes(mailoutbox) == [CHANGES["password_given"], CHANGES["factors_forgotten"]]
