"""Where a request comes from: looked at to tell our own people apart, and never kept."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from leadline.tracking.collector.options import Network

Address = IPv4Address | IPv6Address


def is_internal(scope: dict[str, Any], networks: Sequence[Network], proxies: Sequence[Network]) -> bool:
    """Whether the client's address lies in one of the networks."""
    address = client_address(scope, proxies)
    return address is not None and _within(address, networks)


def client_address(scope: dict[str, Any], proxies: Sequence[Network]) -> Address | None:
    """The peer's address; behind trusted proxies the last hop of X-Forwarded-For that is not one of them.

    What stands further left in that header was written by the client and is not believed.
    """
    peer = scope.get("client")
    address = _parse(peer[0]) if peer else None
    for hop in _hops_backwards(scope):
        if address is None or not _within(address, proxies):
            return address
        address = _parse(hop)
    return address


def _hops_backwards(scope: dict[str, Any]) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return ",".join(lines).split(",")[::-1] if lines else []


def _parse(text: str) -> Address | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # an IPv4 address with a port
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
