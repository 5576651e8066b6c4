"""What all fakes over HTTP have in common: how they fail when they are told to, here and over loopback."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.server import FakeServer


class Ledger(FakeServer):
    """Keeps what is posted; a body of "bad" is refused."""

    def __init__(self) -> None:
        super().__init__(FrozenClock(), "http://ledger.test/path")
        self.kept: list[str] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._one_too_many():
            return httpx.Response(429, headers=self._come_back())
        if request.content == b"bad":
            return httpx.Response(400, headers=self._date())
        if request.method == "POST":
            self.kept.append(request.content.decode())
        return httpx.Response(200, headers=self._date(), text=str(request.url))

    def _writes(self, request: httpx.Request) -> bool:
        return request.method == "POST"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def client(ledger: Ledger) -> httpx.Client:
    return httpx.Client(base_url="http://ledger.test", transport=ledger.transport())


def test_in_an_outage_nothing_is_done_and_calls_are_counted(ledger: Ledger, client: httpx.Client) -> None:
    ledger.down = 2
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            client.post("/", content="a")
    client.post("/", content="b")
    assert (ledger.kept, ledger.calls, ledger.down) == (["b"], 3, 0)


def test_only_the_answer_to_what_was_written_is_lost(ledger: Ledger, client: httpx.Client) -> None:
    ledger.lost = 1
    assert client.get("/").status_code == 200
    assert client.post("/", content="bad").status_code == 400
    with pytest.raises(httpx.ReadTimeout):
        client.post("/", content="a")
    assert client.post("/", content="b").status_code == 200
    assert ledger.kept == ["a", "b"], "It was done, though nobody was told."


@pytest.mark.parametrize(("after", "said"), [(None, None), (30.0, "30"), (0.5, "0.5")])
def test_a_storm_says_when_to_come_back_or_does_not(
    ledger: Ledger, client: httpx.Client, after: float | None, said: str | None
) -> None:
    ledger.storm, ledger.retry_after = 1, after
    answer = client.get("/")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, said)
    assert client.get("/").status_code == 200


def test_calls_at_the_same_time_meet_an_outage_as_often_as_was_said(ledger: Ledger, client: httpx.Client) -> None:
    ledger.down = 20

    def is_answered(number: int) -> bool:
        try:
            return client.post("/", content=str(number)).is_success
        except httpx.ConnectError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(is_answered, range(50))) == 30
    assert (ledger.calls, ledger.down) == (50, 0)


def test_its_clock_goes_ahead_by_as_much_as_it_is_told(ledger: Ledger, client: httpx.Client) -> None:
    ledger.skew = 3600.0
    assert client.get("/").headers["Date"] == "Mon, 02 Mar 2026 10:00:00 GMT"


def test_over_loopback_it_answers_and_fails_the_same(ledger: Ledger) -> None:
    with ledger.serve() as url, httpx.Client(base_url=url) as client:
        assert client.post("/there?x=1", content="a").text == "http://ledger.test/there?x=1"
        ledger.lost = 1
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/there", content="b")
    assert ledger.kept == ["a", "b"]
