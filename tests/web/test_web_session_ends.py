"""A session ends: without use, and so long after the sign-in however it is used."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
import web_cast as cast
from django.core.cache import cache
from django.test import AsyncClient, Client

from leadline.accounts.models import User
from leadline.accounts.sessions import SINCE_KEY, seconds_left
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
HOUR = 3600


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(utc_now(), tick=False) as clock:
        yield clock


def sign_in(who: User, **more: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": who.email, "password": cast.PASSWORD, **more})
    return client


def is_in(client: Client) -> bool:
    return client.get("/you").status_code == 200


def in_use(client: Client, clock: time_machine.Traveller, step: timedelta) -> timedelta:
    """For how long somebody stays in who looks at a page so often."""
    used = timedelta()
    while is_in(client):
        clock.shift(step)
        used += step
    return used


def test_it_ends_when_nobody_uses_it(clock: time_machine.Traveller, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = HOUR
    client = sign_in(cast.user())
    for _ in range(3):
        clock.shift(timedelta(minutes=59))
        assert is_in(client)
    clock.shift(timedelta(minutes=61))
    assert not is_in(client)


def test_it_ends_after_twelve_hours_of_use(clock: time_machine.Traveller) -> None:
    assert in_use(sign_in(cast.user()), clock, timedelta(minutes=30)) == timedelta(hours=12)


def test_the_hours_can_be_set(clock: time_machine.Traveller, settings: Any) -> None:
    settings.SESSION_MOST_SECONDS = 2 * HOUR
    assert in_use(sign_in(cast.user()), clock, timedelta(minutes=30)) == timedelta(hours=2)


def test_staying_signed_in_lasts_for_14_days_without_use(clock: time_machine.Traveller) -> None:
    client, other = sign_in(cast.user(), remember="on"), sign_in(cast.user(), remember="on")
    clock.shift(timedelta(days=13))
    assert is_in(client)
    clock.shift(timedelta(days=2))
    assert is_in(client)
    assert not is_in(other)


def test_staying_signed_in_ends_after_30_days_of_use(clock: time_machine.Traveller) -> None:
    assert in_use(sign_in(cast.user(), remember="on"), clock, timedelta(days=1)) == timedelta(days=30)


@pytest.mark.parametrize("offered", [True, False])
def test_staying_signed_in_can_be_taken_away(offered: bool, settings: Any) -> None:
    settings.ACCOUNT_SESSION_REMEMBER = None if offered else False
    assert (b"Stay signed in" in Client().get("/accounts/login/").content) is offered
    client = sign_in(cast.user(), remember="on")
    assert bool(client.cookies["sessionid"]["max-age"]) is offered, "else it goes with the browser"


def test_signing_in_again_begins_anew(clock: time_machine.Traveller) -> None:
    who = cast.user()
    client = sign_in(who)
    clock.shift(timedelta(hours=11))
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": who.email, "password": cast.PASSWORD})
    clock.shift(timedelta(hours=2))
    assert is_in(client)


def test_a_new_password_does_not_make_it_last_longer(clock: time_machine.Traveller) -> None:
    client, new = sign_in(cast.user()), "another-long-enough-one"
    clock.shift(timedelta(hours=11))
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert is_in(client)
    clock.shift(timedelta(hours=1))
    assert not is_in(client)


def test_it_ends_for_the_api_too(clock: time_machine.Traveller) -> None:
    client = sign_in(cast.user("administrator"))
    assert client.get("/api/v1/leads").status_code == 200
    clock.shift(timedelta(hours=12))
    assert client.get("/api/v1/leads").status_code == 401


def test_one_that_does_not_know_when_it_began_is_over() -> None:
    client = sign_in(cast.user())
    session = client.session
    del session[SINCE_KEY]
    session.save()
    assert not is_in(client)


@pytest.mark.parametrize(("path", "headers"), [("/live/events", {}), ("/system", {"HX-Request": "true"})])
def test_what_an_open_page_asks_by_itself_is_no_use(
    clock: time_machine.Traveller, settings: Any, path: str, headers: dict[str, str]
) -> None:
    settings.SESSION_IDLE_SECONDS = HOUR
    client = cast.signed_in(cast.user("administrator"))
    for _ in range(2):
        clock.shift(timedelta(minutes=30, seconds=1))
        client.get(path, headers=headers)
    assert not is_in(client)


@pytest.mark.django_db(transaction=True)
def test_a_live_stream_ends_with_its_session(engine: Engine, settings: Any) -> None:  # noqa: ARG001  # it runs
    """It would go on for five minutes."""
    settings.SESSION_MOST_SECONDS = 2
    client = AsyncClient()
    client.force_login(cast.user("administrator"))

    async def look() -> list[bytes]:
        response = await client.get("/live/events")
        async with asyncio.timeout(20):
            return [each async for each in response.streaming_content]

    assert asyncio.run(look())
    assert seconds_left(client.session, utc_now()) <= 0
