"""100,000 wrong passwords: five are looked at, the right one does not pass meanwhile, and nobody else is kept out.

The 100,000 go to what decides whether a password is looked at (accounts/adapter.py, allauth's limits, the real cache on
disk) from as many addresses; 2,000 go through the sign-in page of a running server, over kept connections. Bound: two
minutes.
"""

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from tests.leadline_process import Folder, Server

from leadline.accounts.adapter import ClosedAccountAdapter
from leadline.accounts.attempts import MOST_ENTRIES, SWEEP_EVERY
from leadline.accounts.models import User

GUESSES = 100_000
PAGE_GUESSES = 2_000
CONNECTIONS = 4
CHECKED = 5
"""Wrong passwords for an account in five minutes: docs/how-to/sign-in.md."""
WINDOW = timedelta(minutes=5)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGN_IN = "/accounts/login/"
PASSWORD = "lead and line and sinker"
MOST_MEGABYTES = 10
ELSEWHERE = "198.51.100.7"
SPELLINGS = ["victim@example.com", "VICTIM@example.com", " victim@Example.COM", "v\u0131ctim@example.com"]


@pytest.fixture
def nobody_tried() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", PASSWORD)


def is_looked_at(email: str, address: str, host: str = "localhost") -> bool:
    """Whether a password for this account, from this address, would be hashed and compared."""
    request = RequestFactory().post(SIGN_IN, REMOTE_ADDR=address, headers={"host": host})
    try:
        ClosedAccountAdapter().pre_authenticate(request, email=email, password="a guess")
    except ValidationError:
        return False
    return True


def signs_in(email: str, address: str) -> bool:
    """Whether the right password lets somebody in."""
    browser = Client(REMOTE_ADDR=address)
    browser.post(SIGN_IN, {"login": email, "password": PASSWORD})
    return "_auth_user_id" in browser.session


@pytest.mark.django_db
@pytest.mark.usefixtures("nobody_tried")
def test_of_100000_guesses_from_as_many_addresses_five_are_looked_at() -> None:
    victim, other = user("victim"), user("other")
    with time_machine.travel(NOON, tick=False) as clock:
        looked_at = 0
        for number in range(GUESSES):
            looked_at += is_looked_at(victim.email, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
            clock.shift(timedelta(milliseconds=1))
        assert looked_at == CHECKED
        assert not signs_in(victim.email, ELSEWHERE), "not even the right one passes meanwhile"
        assert signs_in(other.email, ELSEWHERE), "nobody else is kept out"
        assert kept_entries() <= MOST_ENTRIES + SWEEP_EVERY
        assert kept_bytes() < MOST_MEGABYTES << 20
        clock.shift(WINDOW)
        assert signs_in(victim.email, ELSEWHERE), "nothing is locked for good"


@pytest.mark.django_db
@pytest.mark.usefixtures("nobody_tried")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_host_or_spelling_begins_no_count_of_its_own(spelling: str) -> None:
    """The port of the Host header is whoever guesses' to choose."""
    with time_machine.travel(NOON, tick=False):
        for number in range(CHECKED):
            assert is_looked_at("victim@example.com", f"192.0.2.{number}")
        assert not any(is_looked_at(spelling, f"203.0.113.{port}", f"localhost:{port}") for port in range(1, 250))


def kept_entries() -> int:
    kept = sqlite3.connect(settings.CACHES["default"]["LOCATION"])
    try:
        return int(kept.execute("SELECT count(*) FROM kept").fetchone()[0])
    finally:
        kept.close()


def kept_bytes() -> int:
    place = Path(settings.CACHES["default"]["LOCATION"])
    return sum(path.stat().st_size for path in place.parent.glob(f"{place.name}*"))


@dataclass
class Guesser:
    """Somebody who sends wrong passwords to a server's sign-in page over a few connections, from many addresses."""

    server: Server
    email: str
    statuses: Counter[int] = field(default_factory=Counter)
    let_in: int = 0

    def guess(self, number: int) -> None:
        each = number // CONNECTIONS
        threads = [threading.Thread(target=self._guess, args=(first, each)) for first in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _guess(self, first: int, number: int) -> None:
        with page_of_sign_in(self.server) as (browser, token):
            for guess in range(number):
                address = f"10.{first}.{guess >> 8}.{guess & 255}"
                headers = {"X-Forwarded-For": address, "Host": f"localhost:{guess + 1}"}
                answer = browser.post(SIGN_IN, data=typed(token, self.email, f"guess {guess}"), headers=headers)
                self.statuses[answer.status_code] += 1
                self.let_in += answer.status_code == 302


class page_of_sign_in:  # noqa: N801  # reads as a function in `with`
    """A browser with the sign-in page's token."""

    def __init__(self, server: Server) -> None:
        self._browser = httpx.Client(base_url=f"http://localhost:{server.port}", timeout=60)

    def __enter__(self) -> tuple[httpx.Client, str]:
        page = self._browser.get(SIGN_IN).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        return self._browser, found[1]

    def __exit__(self, *_: object) -> None:
        self._browser.close()


def typed(token: str, email: str, password: str) -> dict[str, str]:
    return {"csrfmiddlewaretoken": token, "login": email, "password": password}


def comes_in(server: Server, email: str, address: str) -> bool:
    with page_of_sign_in(server) as (browser, token):
        answer = browser.post(SIGN_IN, data=typed(token, email, PASSWORD), headers={"X-Forwarded-For": address})
    return answer.status_code == 302


def test_2000_guesses_through_the_page_let_nobody_in_and_flood_no_trail(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_TRUSTED_PROXIES": "127.0.0.1"})
    for name in ("victim", "other"):
        made = folder.run("users", "create", f"{name}@example.com", "--password-stdin", stdin=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
    with Server(folder) as server:
        guesser = Guesser(server, "victim@example.com")
        guesser.guess(PAGE_GUESSES)
        assert guesser.let_in == 0
        assert sum(guesser.statuses.values()) == PAGE_GUESSES
        assert set(guesser.statuses) <= {200, 429}, "refused in words"
        assert not comes_in(server, "victim@example.com", ELSEWHERE)
        assert comes_in(server, "other@example.com", ELSEWHERE)
    failed = folder.json("audit", "list", "--verb", "sign_in_failed", "--limit", "1000")
    windows = 2  # the guesses may take longer than five minutes on a busy machine
    assert 1 <= len(failed) <= windows * CHECKED, "what was not looked at leaves no entry"
