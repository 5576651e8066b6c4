"""Single sign-on against a real, small provider: who comes in, as whom, and who does not."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import httpx
import oidc_provider
import pytest
import time_machine
import web_cast as cast
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from web_cast import text_of

from leadline.accounts.models import User
from leadline.accounts.sessions import seconds_left
from leadline.accounts.single_sign_on import Admission, Claims, Offer, admission, read_claims
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ConfigurationError
from leadline.project.single_sign_on_settings import single_sign_on, single_sign_on_settings

pytestmark = pytest.mark.django_db
START = "/accounts/oidc/sso/login/"
OFFER = Offer("https://id.example", frozenset({"works.example"}), "marketing")


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[oidc_provider.Provider]:
    """A provider, and an installation that its people sign in to."""
    cache.clear()
    with oidc_provider.running() as provider:
        for name, value in {
            "ISSUER": provider.issuer,
            "CLIENT": oidc_provider.CLIENT,
            "SECRET": oidc_provider.SECRET,
            "NAME": "Works",
            "DOMAINS": "works.example",
            "ROLE": "marketing",
        }.items():
            monkeypatch.setenv(f"LEADLINE_OIDC_{name}", value)
        offer = single_sign_on()
        with override_settings(SINGLE_SIGN_ON=offer, **single_sign_on_settings(offer)):
            yield provider
    cache.clear()


def comes(provider: oidc_provider.Provider, client: Client, start: str = START, **claims: object) -> object:
    """Somebody goes through the whole of it. Returns the last answer of ours."""
    provider.person = {"sub": "subject-1", "email_verified": True, "name": "Kim Works", **claims}
    page = client.post(start)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content
    back = httpx.get(unescape(found[1])).headers["Location"]
    return client.get(back.replace("http://testserver", ""))


def who_is_in(client: Client) -> User | None:
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


def test_a_known_user_comes_in_by_their_address(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    client = Client()
    comes(issuer, client, email="Kim@Elsewhere.example")
    assert who_is_in(client) == kim


def test_it_lasts_no_longer_than_any_sign_in(issuer: oidc_provider.Provider) -> None:
    client = Client()
    comes(issuer, client, email=cast.user(email="kim@elsewhere.example").email)
    assert client.cookies["sessionid"]["max-age"] == "", "it goes with the browser"
    assert 0 < seconds_left(client.session, utc_now()) <= 12 * 3600


def test_whoever_never_had_the_password_confirms_by_signing_in_again(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")  # with a password that an administrator made up
    with time_machine.travel(utc_now(), tick=False) as clock:
        client = Client()
        comes(issuer, client, email=kim.email)
        clock.shift(timedelta(minutes=6))
        asked = client.post("/you/sessions/others/end").headers["Location"]
        page = client.get(asked)
        assert "Sign in again with Works" in text_of(page)
        found = re.search(r'action="(/accounts/oidc/[^"]+)"', page.content.decode())
        assert found
        back = comes(issuer, client, start=unescape(found[1]), email=kim.email)
        assert back.headers["Location"] == "/you"  # type: ignore[attr-defined]  # Django's test client ships loose types
        assert client.post("/you/sessions/others/end").headers["Location"] == "/you"


def test_afterwards_the_subject_counts_and_no_longer_the_address(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    other = cast.user(email="other@elsewhere.example")
    comes(issuer, Client(), email=kim.email)
    client = Client()
    comes(issuer, client, email=other.email)
    assert who_is_in(client) == kim


def test_somebody_of_an_allowed_domain_gets_an_account_without_a_password(issuer: oidc_provider.Provider) -> None:
    client = Client()
    comes(issuer, client, email="new@works.example")
    made = User.objects.get(email="new@works.example")
    assert who_is_in(client) == made
    assert (made.name, made.role, made.has_usable_password()) == ("Kim Works", "marketing", False)


def test_what_the_issuer_told_is_not_kept(issuer: oidc_provider.Provider) -> None:
    for _ in range(2):
        comes(issuer, Client(), email="new@works.example", phone_number="+61 7 5550 1234")
        assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@elsewhere.example"},
        {"email": "new@sub.works.example"},
        {"email": "new@works.example.evil.example"},
        {"email": "new@works.example", "email_verified": False},
        {"email": "new@works.example", "email_verified": None},
        {},
    ],
)
def test_others_are_refused(issuer: oidc_provider.Provider, claims: dict[str, object]) -> None:
    before = User.objects.count()
    client = Client()
    answer = comes(issuer, client, **claims)
    assert answer.status_code == 403  # type: ignore[attr-defined]  # Django's test client ships loose types
    assert "no account here" in text_of(answer)
    assert who_is_in(client) is None
    assert User.objects.count() == before


def test_an_address_nobody_verified_opens_no_account(issuer: oidc_provider.Provider) -> None:
    cast.user(email="kim@elsewhere.example")
    client = Client()
    comes(issuer, client, email="kim@elsewhere.example", email_verified=False)
    assert who_is_in(client) is None


def test_somebody_who_may_no_longer_sign_in_does_not(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example", is_active=False)
    client = Client()
    comes(issuer, client, email=kim.email)
    assert who_is_in(client) is None


@pytest.mark.parametrize(
    "forged", [{"sub": "somebody-else"}, {"aud": "another-client"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}]
)
def test_a_token_that_does_not_fit_is_refused(
    issuer: oidc_provider.Provider, forged: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    issuer.id_token = forged
    client = Client()
    with caplog.at_level("WARNING", "leadline.accounts"):
        answer = comes(issuer, client, email=kim.email)
    assert "single sign-on" in caplog.text
    assert kim.email not in caplog.text
    assert answer.status_code in (401, 403)  # type: ignore[attr-defined]  # as above
    assert who_is_in(client) is None


def test_the_authorization_is_bound_to_the_browser_and_proved(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    issuer.person = {"sub": "1", "email": kim.email, "email_verified": True}
    client, attacker = Client(), Client()
    page = client.post(START).content.decode()
    found = re.search(r'url=([^"]+)"', page)
    assert found
    back = httpx.get(unescape(found[1])).headers["Location"].replace("http://testserver", "")
    assert issuer.asked[-1]["code_challenge_method"] == "S256"
    assert attacker.get(back).status_code == 401
    assert who_is_in(attacker) is None
    client.get(back)
    assert who_is_in(client) == kim
    again = Client()
    assert again.get(back).status_code == 401


def test_an_issuer_that_cannot_be_reached_is_a_page_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_OIDC_CLIENT", oidc_provider.CLIENT)
    monkeypatch.setenv("LEADLINE_OIDC_SECRET", oidc_provider.SECRET)
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    offer = Offer(nobody, frozenset(), "sales")
    with override_settings(SINGLE_SIGN_ON=offer, **single_sign_on_settings(offer)):
        answer = Client().post(START)
    assert answer.status_code == 502
    assert "sign-in failed It did not answer" in text_of(answer)


def test_leaving_in_the_middle_is_said_kindly(issuer: oidc_provider.Provider) -> None:
    issuer.refuses = "access_denied"
    client = Client()
    answer = comes(issuer, client)
    assert answer.headers["Location"].endswith("/accounts/elsewhere/login/cancelled/")  # type: ignore[attr-defined]  # as above
    assert "You did not sign in" in text_of(client.get("/accounts/elsewhere/login/cancelled/"))


def test_a_second_factor_is_asked_for_all_the_same(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    Authenticator.objects.create(user=kim, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    answer = comes(issuer, client, email=kim.email)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"  # type: ignore[attr-defined]  # as above
    assert who_is_in(client) is None


def test_nobody_links_their_account_to_another_subject(issuer: oidc_provider.Provider) -> None:
    kim = cast.user(email="kim@elsewhere.example")
    client = cast.signed_in(kim)
    issuer.person = {"sub": "2", "email": "other@works.example", "email_verified": True}
    page = client.post(f"{START}?process=connect").content.decode()
    found = re.search(r'url=([^"]+)"', page)
    assert found
    back = httpx.get(unescape(found[1])).headers["Location"].replace("http://testserver", "")
    assert client.get(back).status_code == 403
    assert not SocialAccount.objects.exists()


def test_the_sign_in_page_offers_it_by_its_name(issuer: oidc_provider.Provider) -> None:  # noqa: ARG001  # settings
    assert "Sign in with Works" in text_of(Client().get("/accounts/login/"))


def test_without_an_issuer_there_is_none() -> None:
    assert "Sign in with Works" not in text_of(Client().get("/accounts/login/"))
    assert Client().post(START).status_code == 404
    assert Client().get(START).status_code == 405


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ISSUER": "http://id.example"}, "https"),
        ({"ISSUER": "https://id.example", "CLIENT": ""}, "without a client"),
        ({"ISSUER": "https://id.example", "ROLE": "king"}, "OIDC_ROLE"),
    ],
)
def test_wrong_settings_are_said(settings: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"LEADLINE_OIDC_{name}", value)
    with pytest.raises(ConfigurationError) as told:
        single_sign_on_settings(single_sign_on())
    assert words in f"{told.value} {told.value.advice}"


def test_trusting_addresses_that_nobody_verified_is_a_choice() -> None:
    trusting = Offer(OFFER.issuer, OFFER.domains, OFFER.role, trust_email=True)
    token = {"iss": OFFER.issuer, "sub": "1", "email": "a@works.example"}
    assert read_claims({}, token, OFFER) == Claims("1", "", "")
    assert read_claims({}, token, trusting) == Claims("1", "a@works.example", "")
    assert read_claims({}, {**token, "email_verified": False}, trusting) == Claims("1", "", "")


@pytest.mark.parametrize(
    ("email", "known", "outcome"),
    [
        ("a@works.example", False, Admission.NEW),
        ("a@works.example", True, Admission.TO_ACCOUNT),
        ("a@else.example", True, Admission.TO_ACCOUNT),
        ("a@else.example", False, Admission.REFUSED),
        ("", False, Admission.REFUSED),
    ],
)
def test_who_is_admitted(email: str, known: bool, outcome: Admission) -> None:
    assert admission(Claims("1", email, ""), OFFER, known=known) is outcome
