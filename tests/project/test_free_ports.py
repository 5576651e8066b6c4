"""A port that somebody listens on is refused, even by a server that would share it."""

import socket

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.kernel.ports import require_free_port

HOST = "127.0.0.1"


def test_a_free_port_is_free_and_stays_so() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
    require_free_port(HOST, port, "--port", patience=0)
    require_free_port(HOST, port, "--port", patience=0)


def test_a_port_in_use_is_refused_though_its_owner_shares_it() -> None:
    with socket.create_server((HOST, 0), reuse_port=True) as server:
        port = server.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=f"Port {port} of {HOST} is taken. Choose another: --collect-port."
        ):
            require_free_port(HOST, port, "--collect-port", patience=0)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(ConfigurationError, match=host):
        require_free_port(host, 8001, "--port", patience=0)
