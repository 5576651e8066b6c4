"""Python's clients, unmodified but for the address: whatever breaks, each message is stored exactly once.

Bound: three minutes, and a minute more where the clients are not installed yet.
"""

from pathlib import Path

import pytest
from tests.acceptance.faults import EVERY_FAULT, Answer, Proxy
from tests.acceptance.installation import (
    OURS,
    OVERLOAD,
    Installation,
    Source,
    assert_each_is_stored_once,
    delivered,
    wait_for_calls,
)
from tests.acceptance.python_clients import POSTHOG, RUDDER, SEGMENT, PythonClient, interpreter_with, send
from tests.leadline_process import wait_until

EVERY_CLIENT = [*SEGMENT, RUDDER, POSTHOG]
CALLS = 100
SECONDS = 120.0


@pytest.fixture(params=EVERY_CLIENT, ids=str)
def client(request: pytest.FixtureRequest) -> PythonClient:
    interpreter_with(request.param.pin)
    return request.param


def test_whatever_breaks_each_message_is_stored_once(
    installation: Installation, source: Source, proxy: Proxy, client: PythonClient
) -> None:
    proxy.play(*EVERY_FAULT)
    assert send(client, proxy.address, source.key, CALLS, 0.01).result(SECONDS) == {"called": CALLS, "given_up": []}
    assert_each_is_stored_once(installation, source, proxy, CALLS)
    assert all(any(each.told == status for each in proxy.events) for status in (200, 429, 503, 0))


def test_a_restart_and_a_kill_while_it_sends_lose_nothing(
    installation: Installation, source: Source, proxy: Proxy, tmp_path: Path, client: PythonClient
) -> None:
    enough = tmp_path / "enough"
    sending = send(client, proxy.address, source.key, None, 0.1, enough)
    try:
        for again in (installation.restart, installation.kill):
            wait_for_calls(proxy, len(delivered(proxy)) + 20, SECONDS)
            again()
        wait_until(lambda: any(each.told == 0 for each in proxy.events), SECONDS, "it met a server that was not there")
        enough.touch()
        sent = sending.result(SECONDS)
    finally:
        sending.stop()
    assert sent["given_up"] == []
    assert_each_is_stored_once(installation, source, proxy, sent["called"], statuses=OURS | OVERLOAD)


@pytest.mark.parametrize("client", [SEGMENT[0], RUDDER, POSTHOG], ids=str)
def test_gzip(installation: Installation, source: Source, proxy: Proxy, client: PythonClient) -> None:
    interpreter_with(client.pin)
    send(client, proxy.address, source.key, 20, gzip=True).result(SECONDS)
    assert {each.body[:2] for each in proxy.events} == {b"\x1f\x8b"}
    assert_each_is_stored_once(installation, source, proxy, 20)


@pytest.mark.parametrize("client", [*SEGMENT, RUDDER], ids=str)
def test_sync_mode_tells_the_caller_and_does_not_send_again(
    installation: Installation, source: Source, proxy: Proxy, client: PythonClient
) -> None:
    proxy.play(Answer(503))
    sent = send(client, proxy.address, source.key, 3, sync_mode=True).result(SECONDS)
    assert sent == {"called": 3, "given_up": ["0: APIError"]}
    assert delivered(proxy) == {1, 2}
    assert len(proxy.events) == 3
    assert len(installation.stored(source)) == 2


def test_a_message_that_is_lost_would_be_noticed(installation: Installation, source: Source, proxy: Proxy) -> None:
    proxy.play(Answer(200))  # acknowledged, and the collector never heard of it
    send(SEGMENT[0], proxy.address, source.key, 20).result(SECONDS)
    with pytest.raises(AssertionError, match="10 of 20 lost"):
        assert_each_is_stored_once(installation, source, proxy, 20)
