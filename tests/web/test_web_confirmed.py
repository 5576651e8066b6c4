"""What matters asks for the password, a code or a passkey again, when the last proof is old."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
import web_cast as cast
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from leadline.accounts.invitations import invited
from leadline.accounts.models import AuditEntry, User
from leadline.kernel.clock import utc_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
ASKING = "/accounts/reauthenticate/"
ADDED = {"email": "new@works.example", "name": "New", "role": "analyst", "leads_seen": "all"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    cache.clear()
    with time_machine.travel(utc_now(), tick=False) as clock:
        yield clock
    cache.clear()


@pytest.fixture
def kim() -> User:
    return cast.user(name="Kim")


@pytest.fixture
def browser(clock: time_machine.Traveller) -> Client:
    """An administrator's, left open for six minutes."""
    client = cast.signed_in(cast.user("administrator", email="ada@works.example"))
    clock.shift(timedelta(minutes=6))
    return client


def is_in(client: Client) -> bool:
    return client.get("/you").status_code == 200


def verbs() -> list[tuple[str, object, object]]:
    rows = AuditEntry.objects.order_by("number")
    return [(row.verb, row.numbers.get("route"), row.about_number) for row in rows]


def test_ending_a_session_asks_and_is_then_done(clock: time_machine.Traveller) -> None:
    who = cast.user()
    here, there = cast.signed_in(who), cast.signed_in(who)
    assert is_in(here)
    assert is_in(there)
    number = UserSession.objects.get(session_key=there.session.session_key).pk
    clock.shift(timedelta(minutes=6))
    asked = here.post(f"/you/sessions/{number}/end")
    assert asked.headers["Location"].startswith(ASKING)
    assert is_in(there)
    answer = here.post(asked.headers["Location"], {"password": "wrong"})
    assert "The password is wrong." in cast.text_of(answer)
    assert is_in(there)
    answer = here.post(ASKING, {"password": cast.PASSWORD, "next": f"/you/sessions/{number}/end"})
    assert answer.headers["Location"] == "/you"
    assert not is_in(there)
    assert here.post("/you/sessions/others/end").headers["Location"] == "/you", "it is not asked again at once"


def test_signing_out_everywhere_else_asks(clock: time_machine.Traveller) -> None:
    who = cast.user()
    here, there = cast.signed_in(who), cast.signed_in(who)
    assert is_in(there)
    clock.shift(timedelta(minutes=6))
    assert here.post("/you/sessions/others/end").headers["Location"].startswith(ASKING)
    assert is_in(there)


@pytest.mark.parametrize("what", ["set", "enable", "link", "factors/forget"])
def test_what_lets_others_in_asks_an_administrator(browser: Client, kim: User, what: str) -> None:
    form = {"name": "Kim", "role": "administrator", "leads_seen": "all"}
    assert browser.post(f"/users/{kim.pk}/{what}", form).headers["Location"].startswith(ASKING)
    kim.refresh_from_db()
    assert kim.role == User.Role.SALES


@pytest.mark.parametrize("what", ["disable", "sign-out"])
def test_what_keeps_others_out_is_done_at_once(browser: Client, kim: User, what: str) -> None:
    assert browser.post(f"/users/{kim.pk}/{what}").headers["Location"] == f"/users/{kim.pk}"


def test_what_was_typed_is_kept_meanwhile_and_recorded_as_what_it_is(browser: Client) -> None:
    assert browser.post("/users/add", ADDED).headers["Location"].startswith(ASKING)
    assert not User.objects.filter(email=ADDED["email"]).exists()
    page = browser.post(ASKING, {"password": cast.PASSWORD, "next": "/users/add"})
    made = User.objects.get(email=ADDED["email"])
    assert made.role == "analyst"
    _, _, key = page.content.decode().partition(f"/invitation/{made.pk}/")
    assert invited(made.pk, key.split('"')[0].split("<")[0]) == made
    assert verbs() == [("confirmation_asked", "users_add", None), ("user.added", "users_add", made.pk)]


def test_whoever_lost_the_role_meanwhile_is_refused(browser: Client) -> None:
    browser.post("/users/add", ADDED)
    User.objects.filter(email="ada@works.example").update(role="sales")
    assert browser.post(ASKING, {"password": cast.PASSWORD, "next": "/users/add"}).status_code == 403
    assert not User.objects.filter(email=ADDED["email"]).exists()


def test_whoever_signs_in_elsewhere_alone_is_not_locked_out(clock: time_machine.Traveller) -> None:
    who = cast.user()
    who.set_unusable_password()
    who.save()
    here, there = cast.signed_in(who), cast.signed_in(who)
    assert is_in(there)
    clock.shift(timedelta(minutes=6))
    assert here.post("/you/sessions/others/end").headers["Location"] == "/you"
    assert not is_in(there)
