"""@segment/analytics-node, unmodified but for the address: whatever breaks, each message is stored exactly once.

Bound: one minute.
"""

import base64
from pathlib import Path

import pytest
from tests.acceptance import node_clients
from tests.acceptance.faults import EVERY_FAULT, Proxy
from tests.acceptance.installation import (
    OURS,
    OVERLOAD,
    Installation,
    Source,
    assert_each_is_stored_once,
    delivered,
    wait_for_calls,
)
from tests.leadline_process import wait_until

OPTIONS = {"flushAt": 10, "flushInterval": 100, "maxRetries": 12, "httpRequestTimeout": 5000}
CALLS = 100
SECONDS = 120.0
DRIVER = "analytics_node.mjs"


@pytest.fixture(autouse=True)
def client() -> None:
    node_clients.node_modules()


def test_whatever_breaks_each_message_is_stored_once(installation: Installation, source: Source, proxy: Proxy) -> None:
    proxy.play(*EVERY_FAULT)
    sending = node_clients.send(DRIVER, proxy.address, source.key, CALLS, 0.01, **OPTIONS)
    assert sending.result(SECONDS) == {"called": CALLS, "given_up": []}
    assert_each_is_stored_once(installation, source, proxy, CALLS)
    basic = base64.b64encode(f"{source.key}:".encode()).decode()
    assert {each.headers["authorization"] for each in proxy.events} == {f"Basic {basic}"}
    assert {each.path for each in proxy.events} == {"/v1/batch"}


def test_a_restart_and_a_kill_while_it_sends_lose_nothing(
    installation: Installation, source: Source, proxy: Proxy, tmp_path: Path
) -> None:
    enough = tmp_path / "enough"
    sending = node_clients.send(DRIVER, proxy.address, source.key, None, 0.1, enough, **OPTIONS)
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
