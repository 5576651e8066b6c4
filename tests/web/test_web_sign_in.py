"""Signing in with a second factor, guessing, and where somebody is signed in."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
import web_cast as cast
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from web_cast import text_of

from leadline.accounts.models import User
from leadline.accounts.second_factor import forget_second_factors
from leadline.accounts.sessions import device_of, end_sessions
from leadline.accounts.tokens import create_token
from leadline.kernel.clock import utc_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
SIGN_IN = "/accounts/login/"
SECOND = "/accounts/2fa/authenticate/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):  # many sign in here
        yield
    cache.clear()


def sign_in(who: User, client: Client | None = None, password: str = cast.PASSWORD, **more: str) -> Client:
    client = client or Client()
    client.post(SIGN_IN, {"login": who.email, "password": password, **more})
    return client


def is_in(client: Client) -> bool:
    return client.get("/you").status_code == 200


def noting(passwords: list[str]) -> Callable[[User, str], bool]:
    """A check of passwords that notes each."""
    return lambda _user, password: passwords.append(password) or password == cast.PASSWORD


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def set_up_app(client: Client) -> str:
    """Set an authenticator app up by the pages. Returns its secret."""
    client.post("/accounts/reauthenticate/", {"password": cast.PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    found = re.search(r'class="secret"><code>([A-Z2-7]+)</code>', page.content.decode())
    assert found
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(found[1])})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    return found[1]


def codes_of(client: Client) -> list[str]:
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    found = re.search(r'<pre class="codes"[^>]*>([^<]*)</pre>', page)
    assert found
    return found[1].split()


@pytest.mark.django_db(transaction=True)  # it is told when it is committed
def test_what_was_done_to_second_factors_is_told_in_our_words() -> None:
    client = sign_in(cast.user())
    set_up_app(client)
    told = text_of(client.get("/you"))
    assert "The authenticator app is set up." in told
    assert "New recovery codes were made; older ones stopped working." in told


def test_an_app_is_asked_for_at_the_next_sign_in() -> None:
    who = cast.user()
    secret = set_up_app(sign_in(who))
    cache.clear()  # a code is good once: the one that set the app up would be refused
    client = Client()
    answer = client.post(SIGN_IN, {"login": who.email, "password": cast.PASSWORD})
    assert answer.headers["Location"] == SECOND
    assert not is_in(client)
    assert "authenticator app" in text_of(client.get(SECOND))
    assert "The code is wrong" in text_of(client.post(SECOND, {"code": "000000"}))
    assert not is_in(client)
    client.post(SECOND, {"code": code_now(secret)})
    assert is_in(client)


def test_a_code_is_good_once() -> None:
    who = cast.user()
    secret = set_up_app(sign_in(who))
    cache.clear()
    with time_machine.travel(utc_now(), tick=False) as clock:
        code = code_now(secret)
        first, again = sign_in(who), sign_in(who)
        first.post(SECOND, {"code": code})
        assert is_in(first)
        clock.shift(timedelta(seconds=31))  # in the step after, which the tolerance takes for right too
        assert "The code is wrong" in text_of(again.post(SECOND, {"code": code}))
    assert not is_in(again)


def test_the_code_that_set_the_app_up_signs_nobody_in() -> None:
    who = cast.user()
    with time_machine.travel(utc_now(), tick=False):
        code = code_now(set_up_app(sign_in(who)))
        client = sign_in(who)
        assert "The code is wrong" in text_of(client.post(SECOND, {"code": f"{code[:3]}-{code[3:]}"}))
    assert not is_in(client)


def test_a_recovery_code_signs_in_once() -> None:
    who = cast.user()
    first = sign_in(who)
    set_up_app(first)
    codes = codes_of(first)
    assert len(set(codes)) == 10
    client = sign_in(who)
    client.post(SECOND, {"code": codes[0]})
    assert is_in(client)
    again = sign_in(who)
    again.post(SECOND, {"code": codes[0]})
    assert not is_in(again)
    assert "9 of 10 left" in text_of(client.get("/you"))


def test_new_recovery_codes_end_the_old_ones() -> None:
    who = cast.user()
    client = sign_in(who)
    set_up_app(client)
    old = codes_of(client)
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert not set(old) & set(codes_of(client))


def test_codes_are_downloaded_as_text() -> None:
    client = sign_in(cast.user())
    set_up_app(client)
    file = client.get("/accounts/2fa/recovery-codes/download/")
    assert "attachment" in file.headers["Content-Disposition"]
    assert set(codes_of(client)) <= set(file.content.decode().split())


def test_secrets_of_second_factors_are_sealed_in_the_database() -> None:
    who = cast.user()
    secret = set_up_app(sign_in(who))
    row = Authenticator.objects.get(user=who, type=Authenticator.Type.TOTP)
    cache.clear()
    assert TOTP(row).validate_code(code_now(secret))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = "".join(str(data) for (data,) in cursor.fetchall())
    assert secret not in kept


def test_taking_the_app_away_leaves_the_password() -> None:
    who = cast.user()
    client = sign_in(who)
    set_up_app(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=who).exists()
    assert is_in(sign_in(who))


def test_changing_how_one_signs_in_asks_for_the_password_again() -> None:
    client = sign_in(cast.user())
    with time_machine.travel(utc_now() + timedelta(minutes=30)):
        answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_an_administrator_takes_away_what_somebody_lost() -> None:
    who = cast.user()
    set_up_app(sign_in(who))
    assert forget_second_factors(who) == 2
    assert is_in(sign_in(who))


def test_guessing_a_password_is_stopped_for_a_while() -> None:
    who = cast.user()
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _ in range(5):
            sign_in(who, password="wrong")
        assert not is_in(sign_in(who)), "the right password is not even looked at"
        clock.shift(timedelta(minutes=5, seconds=1))
        assert is_in(sign_in(who))


def test_guessing_a_code_is_stopped_for_a_while() -> None:
    who = cast.user()
    secret = set_up_app(sign_in(who))
    cache.clear()
    client = sign_in(who)
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    client.post(SECOND, {"code": code_now(secret)})
    assert not is_in(client)


def test_one_address_gets_429_when_it_tries_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(User, "check_password", noting(looked_at))
    who = cast.user()
    client = Client()
    with time_machine.travel(utc_now(), tick=False):
        answers = [
            client.post(SIGN_IN, {"login": who.email, "password": f"wrong {n}"}, REMOTE_ADDR="198.51.100.9")
            for n in range(300)
        ]
    assert [each.status_code for each in answers].count(429) == 270
    assert "Too many attempts" in text_of(answers[-1])
    assert len(looked_at) <= 5, "nothing is hashed for whom it is refused"
    assert is_in(sign_in(cast.user())), "others sign in meanwhile"


def test_one_account_is_guessed_from_many_addresses_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(User, "check_password", noting(looked_at))
    who = cast.user()
    with time_machine.travel(utc_now(), tick=False):
        for number in range(100):
            address = f"203.0.113.{number}"
            Client().post(SIGN_IN, {"login": who.email, "password": "wrong"}, REMOTE_ADDR=address)
    assert len(looked_at) == 5


@override_settings(TRUSTED_PROXIES=(ip_network("10.0.0.0/8"),))
def test_behind_a_trusted_proxy_the_clients_address_counts() -> None:
    who = cast.user()
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.4")
    sign_in(who, client)
    assert UserSession.objects.get(user=who).ip == "198.51.100.4"


def test_an_untrusted_client_does_not_choose_its_address() -> None:
    who = cast.user()
    sign_in(who, Client(REMOTE_ADDR="198.51.100.4", HTTP_X_FORWARDED_FOR="6.6.6.6"))
    assert UserSession.objects.get(user=who).ip == "198.51.100.4"


def test_where_one_is_signed_in_is_listed_and_ended() -> None:
    who = cast.user()
    here, there = sign_in(who), sign_in(who, Client(HTTP_USER_AGENT=FIREFOX))
    page = text_of(here.get("/you"))
    assert "Firefox on Windows" in page
    assert page.count("this browser") == 1
    number = UserSession.objects.get(user=who, user_agent=FIREFOX).pk
    here.post(f"/you/sessions/{number}/end")
    assert is_in(here)
    assert not is_in(there)


def test_signing_out_everywhere_else() -> None:
    who = cast.user()
    here, others = sign_in(who), [sign_in(who) for _ in range(3)]
    stranger = sign_in(cast.user())
    here.post("/you/sessions/others/end")
    assert is_in(here)
    assert not any(is_in(each) for each in others)
    assert is_in(stranger)


def test_the_session_of_somebody_else_is_not_ended() -> None:
    who, other = cast.user(), cast.user()
    theirs = sign_in(who)
    number = UserSession.objects.get(user=who).pk
    assert sign_in(other).post(f"/you/sessions/{number}/end").status_code == 404
    assert is_in(theirs)


def test_a_new_password_ends_other_sessions() -> None:
    who = cast.user()
    here, there = sign_in(who), sign_in(who)
    new = "another-long-enough-one"
    here.post("/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": new, "password2": new})
    assert is_in(here)
    assert not is_in(there)
    assert is_in(sign_in(who, password=new))


def test_use_of_a_session_is_noted_now_and_then() -> None:
    who = cast.user()
    with time_machine.travel(utc_now(), tick=False) as clock:
        client = sign_in(who)
        began = UserSession.objects.get(user=who).last_seen_at
        is_in(client)
        clock.shift(timedelta(minutes=6))
        is_in(client)
        noted = UserSession.objects.get(user=who).last_seen_at
        clock.shift(timedelta(minutes=1))
        is_in(client)
    assert noted - began == timedelta(minutes=6)
    assert UserSession.objects.get(user=who).last_seen_at == noted


def test_ones_own_tokens_are_listed_and_revoked() -> None:
    who = cast.user()
    token = create_token(who, "nightly report")
    create_token(cast.user(), "of somebody else")
    client = sign_in(who)
    page = text_of(client.get("/you"))
    assert "nightly report" in page
    assert token not in page
    assert "of somebody else" not in page
    mine, theirs = (user.api_tokens.get() for user in (who, User.objects.latest("pk")))
    client.post(f"/you/tokens/{mine.pk}/revoke")
    assert Client().get("/api/v1/leads", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401
    assert client.post(f"/you/tokens/{theirs.pk}/revoke").status_code == 404


def test_the_time_zone_is_chosen() -> None:
    client = sign_in(cast.user())
    client.post("/you/zone", {"zone": "Asia/Manila"})
    assert "Times are in Asia/Manila" in text_of(client.get("/you"))
    assert client.post("/you/zone", {"zone": "Nowhere/Else"}).status_code == 400


@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/sessions/"])
def test_lists_of_allauth_are_on_ones_own_page(path: str) -> None:
    assert sign_in(cast.user()).get(path).headers["Location"] == "/you"


CLOSED = (
    "password/reset/",
    "password/reset/key/1-2/",
    "password/set/",
    "email/",
    "confirm-email/",
    "login/code/confirm/",
)


@pytest.mark.parametrize("path", CLOSED)
def test_what_nobody_needs_is_not_there(path: str) -> None:
    assert sign_in(cast.user()).get(f"/accounts/{path}").status_code == 404
    assert Client().post(f"/accounts/{path}").headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130 Safari/537 Edg/130", "Edge on Linux"),
        ("curl/8.0", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_somebody_else_is_signed_out_everywhere() -> None:
    who = cast.user()
    browsers = [sign_in(who) for _ in range(2)]
    browsers.append(cast.signed_in(who))  # without the pages: listed when it is first used
    assert all(is_in(each) for each in browsers)
    assert end_sessions(who) == 3
    assert not any(is_in(each) for each in browsers)
