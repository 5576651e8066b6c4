"""Ports that nobody listens on. Granian shares its own: a second server would take half of the first one's requests."""

import socket
import time
from errno import EADDRINUSE

from leadline.kernel.errors import ConfigurationError

PATIENCE_SECONDS = 5.0  # a process that was killed gives its port back in less
POLL_SECONDS = 0.1


def require_free_port(host: str, port: int, option: str, patience: float = PATIENCE_SECONDS) -> None:
    """Return once nobody listens on a port.

    Args:
        option: the command's option that would choose another port.
        patience: for how many seconds to wait.

    Raises:
        ConfigurationError: somebody still listens, or this machine has no such address.
    """
    until = time.monotonic() + patience
    while not _is_free(host, port):
        if time.monotonic() > until:
            raise ConfigurationError(f"Port {port} of {host} is taken.", advice=f"Choose another: {option}.")
        time.sleep(POLL_SECONDS)


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ConfigurationError(
            f"{host} is no address: {error.strerror}.", advice="Give --host an IP address."
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that just ended do not count
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == EADDRINUSE:
                return False
            raise ConfigurationError(f"Port {port} of {host} cannot be used: {error.strerror}.") from error
    return True
