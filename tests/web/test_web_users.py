"""Users and API tokens as administrators work on them, and the link by which somebody sets a password."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
import web_cast as cast
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from web_cast import text_of

from leadline.accounts.administration import Change, change
from leadline.accounts.invitations import invitation_key, invited, signing_keys
from leadline.accounts.models import APIToken, AuditEntry, User
from leadline.accounts.tokens import create_token, user_of_token
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline import mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
NEW_PASSWORD = "a-rope-with-a-weight-7"
SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    cache.clear()


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAIL", "smtp://localhost")


def user_given(**named: str) -> dict[str, str]:
    return {"email": "Kim@works.example", "name": "Kim Berg", "role": "analyst", "leads_seen": "all", **named}


def link_in(text: str) -> str:
    found = re.search(r"/invitation/\d+/[a-z0-9-]+", text)
    assert found, text
    return found[0]


def set_password(link: str, one: str = NEW_PASSWORD, two: str = NEW_PASSWORD) -> Any:
    return Client().post(link, {"password1": one, "password2": two})


def is_in(client: Client) -> bool:
    return client.get("/you").status_code == 200


def sign_in(who: User, password: str = cast.PASSWORD) -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": who.email, "password": password})
    return client


def last_verb() -> str:
    return AuditEntry.objects.order_by("-number").values_list("verb", flat=True)[0]


def test_somebody_new_sets_a_password_by_the_link_that_the_page_shows(admin_browser: Client) -> None:
    page = admin_browser.post("/users/add", user_given())
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    kim = User.objects.get(email="kim@works.example")
    assert (kim.role, kim.name, kim.has_usable_password()) == ("analyst", "Kim Berg", False)
    link = link_in(page.content.decode())
    asked = Client().get(link)
    assert (asked.status_code, asked.headers["Referrer-Policy"]) == (200, "same-origin")
    assert set_password(link).headers["Location"] == SIGN_IN
    assert is_in(sign_in(kim, NEW_PASSWORD))
    entries = AuditEntry.objects.filter(verb__in=["user.added", "credentials_changed"]).order_by("number")
    assert [(each.verb, each.about_number, each.user == kim.pk) for each in entries] == [
        ("user.added", kim.pk, False),
        ("credentials_changed", None, True),
    ]


@pytest.mark.usefixtures("mailed")
def test_with_a_mail_server_the_link_is_mailed_and_not_shown(admin_browser: Client) -> None:
    page = admin_browser.post("/users/add", user_given(), follow=True)
    (letter,) = outbox.outbox
    assert letter.to == ["kim@works.example"]
    assert "/invitation/" not in page.content.decode()
    assert "is mailed to kim@works.example" in text_of(page)
    assert set_password(link_in(str(letter.body))).status_code == 302
    assert outbox.outbox[1].subject == "Leadline: a password was set"


@pytest.mark.usefixtures("mailed")
def test_a_link_that_is_not_mailed_is_shown(admin_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(letter: mail.Letter) -> None:
        raise mail.TransientMailError(f"No way to {letter.subject}.")

    monkeypatch.setattr(mail, "send", refuse)
    page = admin_browser.post("/users/add", user_given())
    assert "It was not mailed" in text_of(page)
    assert invited(User.objects.latest("pk").pk, link_in(page.content.decode()).rpartition("/")[2])


def test_a_link_is_good_once_and_for_three_days() -> None:
    kim = cast.user()
    link = f"/invitation/{kim.pk}/{invitation_key(kim)}"
    assert set_password(link, "short", "short").status_code == 422
    assert set_password(link, NEW_PASSWORD, "something-else-9").status_code == 422
    assert set_password(link, "x" * 129, "x" * 129).status_code == 422
    with time_machine.travel(utc_now() + timedelta(days=3, minutes=1)):
        assert Client().get(link).status_code == 410
    assert set_password(link).status_code == 302
    assert set_password(link, "another-password-9", "another-password-9").status_code == 410
    assert is_in(sign_in(kim, NEW_PASSWORD))


def test_a_link_opens_no_other_account_and_none_that_is_disabled() -> None:
    kim, lee = cast.user(), cast.user()
    key = invitation_key(kim)
    assert Client().get(f"/invitation/{lee.pk}/{key}").status_code == 410
    change(kim, Change(is_active=False), utc_now())
    assert Client().get(f"/invitation/{kim.pk}/{key}").status_code == 410


@pytest.fixture
def keys_now() -> Iterator[Callable[[str], None]]:
    """Have other secret keys, as a running server learns of them."""

    with pytest.MonkeyPatch.context() as patch:

        def use(keys: str) -> None:
            patch.setenv("LEADLINE_SECRET_KEYS", keys)
            signing_keys().look_again()

        yield use
    signing_keys().look_again()


def test_links_of_before_and_after_a_rotation_are_good_until_their_key_is_gone(keys_now: Callable[[str], None]) -> None:
    old, new = "5a" * 32, "77" * 32
    who = cast.user()
    before = invitation_key(who)
    keys_now(f"{new} {old}")
    after = invitation_key(who)
    assert [invited(who.pk, key) for key in (before, after)] == [who, who]
    keys_now(new)
    assert [invited(who.pk, key) for key in (before, after)] == [None, who]
    keys_now(old)
    assert invited(who.pk, after) is None


def test_a_password_set_by_a_link_ends_the_sessions_that_there_were() -> None:
    kim = cast.user()
    thief = sign_in(kim)
    assert is_in(thief)
    kim.refresh_from_db()
    assert set_password(f"/invitation/{kim.pk}/{invitation_key(kim)}").status_code == 302
    assert not is_in(thief)


def test_an_address_that_is_none_or_is_taken_is_refused(admin_browser: Client) -> None:
    there = cast.user()
    for wrong, said in ((there.email.upper(), "has an account already"), ("nobody", "is no e-mail address")):
        page = admin_browser.post("/users/add", user_given(email=wrong))
        assert page.status_code == 422
        assert said in text_of(page)
        assert 'value="Kim Berg"' in page.content.decode()
        assert page.content.index(b'id="fault"') < page.content.index(b'aria-describedby="fault" autofocus')
    assert User.objects.count() == 2


def test_role_and_leads_seen_are_changed(admin_browser: Client) -> None:
    kim = cast.user("sales")
    browser = sign_in(kim)
    assert browser.get("/call-next").status_code == 200
    admin_browser.post(f"/users/{kim.pk}/set", {"name": "Kim", "role": "integrator", "leads_seen": "own"})
    kim.refresh_from_db()
    assert (kim.role, kim.leads_seen, kim.name) == ("integrator", "own", "Kim")
    assert browser.get("/call-next").status_code == 403
    assert last_verb() == "refused"
    assert admin_browser.post(f"/users/{kim.pk}/set", {"role": "king", "leads_seen": "all"}).status_code == 400


def test_disabling_ends_sessions_and_tokens_for_good(admin_browser: Client) -> None:
    kim = cast.user()
    browser, token = sign_in(kim), create_token(kim, "reports")
    assert is_in(browser)
    assert user_of_token(token, utc_now()) == kim
    page = admin_browser.post(f"/users/{kim.pk}/disable", follow=True)
    assert "1 browser signed out, 1 token revoked" in text_of(page)
    assert not is_in(browser)
    assert not is_in(sign_in(kim))
    admin_browser.post(f"/users/{kim.pk}/enable")
    assert not is_in(browser)
    assert user_of_token(token, utc_now()) is None
    assert is_in(sign_in(kim))


def test_the_last_administrator_stays_one(admin_browser: Client) -> None:
    ada = User.objects.get(role="administrator")
    given = {"name": "Ada", "role": "sales", "leads_seen": "all"}
    for path, form in (("set", given), ("disable", {})):
        page = admin_browser.post(f"/users/{ada.pk}/{path}", form)
        assert page.status_code == 422
        assert "is the only administrator" in text_of(page)
    disabled = cast.user("administrator", is_active=False)
    assert admin_browser.post(f"/users/{ada.pk}/disable").status_code == 422
    change(disabled, Change(is_active=True), utc_now())
    assert admin_browser.post(f"/users/{ada.pk}/set", given).status_code == 302
    with pytest.raises(TerminalError, match="only administrator"):
        change(User.objects.get(pk=disabled.pk), Change(role="sales"), utc_now())


def test_lost_factors_are_taken_away(admin_browser: Client) -> None:
    kim = cast.user()
    browser = sign_in(kim)
    Authenticator.objects.create(user=kim, type=Authenticator.Type.TOTP, data={})
    assert "authenticator app" in text_of(admin_browser.get(f"/users/{kim.pk}"))
    page = admin_browser.post(f"/users/{kim.pk}/factors/forget", follow=True)
    assert "1 factor taken away" in text_of(page)
    assert not Authenticator.objects.filter(user=kim).exists()
    assert not is_in(browser)


def test_somebody_is_signed_out_everywhere(admin_browser: Client) -> None:
    kim = cast.user()
    one, other = sign_in(kim), sign_in(kim)
    token = create_token(kim, "reports")
    assert is_in(one)
    assert is_in(other)
    assert "signed out in 2 browsers" in text_of(admin_browser.post(f"/users/{kim.pk}/sign-out", follow=True))
    assert not is_in(one)
    assert not is_in(other)
    assert user_of_token(token, utc_now()) == kim
    assert is_in(admin_browser)


def test_the_list_says_how_everybody_signs_in_and_is_narrowed(admin_browser: Client) -> None:
    kim = cast.user("analyst", name="Kim Berg")
    lee = cast.user("sales", name="Lee Own", leads_seen="own", is_active=False)
    sign_in(kim)
    create_token(kim, "reports")
    Authenticator.objects.create(user=kim, type=Authenticator.Type.WEBAUTHN, data={})
    rows = dict(
        re.findall(r'href="/users/(\d+)">.*?</th>(.*?)</tr>', admin_browser.get("/users").content.decode(), re.S)
    )
    assert {re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", rows[str(each.pk)]))[:60].strip() for each in (kim, lee)} == {
        "Analyst no names second factor: yes 1 1 active just now",
        "Sales own second factor: no 0 0 disabled never",
    }
    for query, there in (
        ("role=analyst", {kim}),
        ("state=disabled", {lee}),
        ("state=never&role=sales", {lee}),
        ("state=single&role=analyst", set()),
        ("state=active&role=analyst", {kim}),
    ):
        found = set(re.findall(r'href="/users/(\d+)"', admin_browser.get(f"/users?{query}").content.decode()))
        assert found == {str(each.pk) for each in there}, query


def test_tokens_of_everybody_are_listed_and_revoked(admin_browser: Client) -> None:
    kim, gone = cast.user(name="Kim Berg"), cast.user(is_active=False)
    token = create_token(kim, "reports", utc_now() + timedelta(days=3), ["leads:read"])
    over = create_token(kim, "old one", utc_now() - timedelta(days=1))
    create_token(gone, "of somebody gone")
    page = text_of(admin_browser.get("/users/tokens"))
    assert all(each in page for each in ("reports", token[-4:], "Kim Berg", "leads:read"))
    assert "old one" not in page
    assert "of somebody gone" not in page
    whole = text_of(admin_browser.get("/users/tokens?state=all"))
    assert over[-4:] in whole
    assert "of somebody gone" in whole
    number = APIToken.objects.get(name="reports").pk
    assert admin_browser.post(f"/users/tokens/{number}/revoke").status_code == 302
    assert user_of_token(token, utc_now()) is None
    entry = AuditEntry.objects.filter(verb="token.revoked").latest("number")
    assert (entry.about, entry.about_number) == ("token", number)
    assert admin_browser.post(f"/users/tokens/{number}/revoke").status_code == 404


def test_nobody_else_comes_in(browser: Client, marketing_browser: Client) -> None:
    kim = cast.user()
    for client in (browser, marketing_browser):
        assert client.get("/users").status_code == 403
        assert client.post(f"/users/{kim.pk}/link").status_code == 403
        assert 'href="/users"' not in client.get("/leads").content.decode()
