"""Keeps what is sent for somebody out of the private network, whatever address it was given and wherever that leads.

A name can resolve to another address the next moment, and an answer can redirect; so what is checked is each connection
at the instant it is made, by Python's audit event of it. Only threads that send under a guard are concerned.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address."""


class PrivateAddressError(OSError):
    """A connection into the private network was asked for, and not made."""


@dataclass
class Guard:
    """What happened under it. `refused`: a connection was not made."""

    refused: bool = False


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def public_only() -> Iterator[Guard]:
    """No connection to a private, loopback or link-local address, nor to a Unix socket, is made inside."""
    _watch()
    guard = Guard()
    token = _guard.set(guard)
    try:
        yield guard
    finally:
        _guard.reset(token)


def is_public(host: object) -> bool:
    """Whether an address, written as sockets take it, lies outside. A name that is still to be resolved does not."""
    if not isinstance(host, str):
        return False
    try:
        return _is_outside(ip_address(host.partition("%")[0]))
    except ValueError:
        return False


def _is_outside(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return _is_outside(inner)
    return found.is_global and not found.is_multicast


@lru_cache(maxsize=1)
def _watch() -> None:
    """Once in a process, and for good: an audit hook can't be taken away."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event not in WATCHED:
        return
    guard = _guard.get()
    if guard is None:
        return
    address = arguments[1]
    if not (isinstance(address, tuple) and address and is_public(address[0])):
        guard.refused = True
        raise PrivateAddressError("A private address was asked for.")
