"""Keeps what is sent for somebody away from where it must not go, whatever its address is and wherever that leads:
`public_only` out of the private network, `no_link_local` away from what a cloud tells its machines (169.254.169.254).

A name can resolve to another address the next moment, and an answer can redirect; so what is checked is each connection
at the instant it is made, by Python's audit event of it. Only threads that send under a guard are concerned.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address."""
METADATA = frozenset({ip_address("fd00:ec2::254"), ip_address("100.100.100.200"), ip_address("192.0.0.192")})
"""Of AWS over IPv6, Alibaba and Oracle, which are not link-local."""


class PrivateAddressError(OSError):
    """A connection to where it must not go was asked for, and not made."""


@dataclass
class Guard:
    """What may be connected to, and what happened. `refused`: a connection was not made."""

    allows: Callable[[object], bool]
    refused: bool = False


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def public_only() -> Iterator[Guard]:
    """No connection to a private, loopback or link-local address, nor to a Unix socket, is made inside."""
    with _under(Guard(_is_public_socket)) as guard:
        yield guard


@contextmanager
def anywhere() -> Iterator[Guard]:
    """Every connection is made."""
    yield Guard(lambda _: True)


@contextmanager
def no_link_local() -> Iterator[Guard]:
    """No connection to a link-local, unspecified or multicast address is made inside: what an administrator connects
    may lie in the private network, and never among a machine's own metadata."""
    with _under(Guard(_is_no_link_local_socket)) as guard:
        yield guard


@contextmanager
def _under(guard: Guard) -> Iterator[Guard]:
    _watch()
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


def _is_public_socket(address: object) -> bool:
    return isinstance(address, tuple) and bool(address) and is_public(address[0])


def _is_no_link_local_socket(address: object) -> bool:
    if not (isinstance(address, tuple) and address and isinstance(address[0], str)):
        return True  # a Unix socket: the database's
    try:
        found = _inmost(ip_address(address[0].partition("%")[0]))
    except ValueError:
        return True  # a name: what it resolves to is seen when that is connected to
    return not (found.is_link_local or found.is_multicast or found.is_unspecified or found in METADATA)


def _is_outside(found: IPv4Address | IPv6Address) -> bool:
    found = _inmost(found)
    return found.is_global and not found.is_multicast


def _inmost(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, as far as it does."""
    if not isinstance(found, IPv6Address):
        return found
    if found in TRANSLATED:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or found


@lru_cache(maxsize=1)
def _watch() -> None:
    """Once in a process, and for good: an audit hook can't be taken away."""
    sys.addaudithook(_heard)


def _heard(
    event: str,
    arguments: tuple[object, ...],
    watched: frozenset[str] = WATCHED,  # held as defaults: at the end of the process this module is emptied
    current: ContextVar[Guard | None] = _guard,
) -> None:
    if event not in watched:
        return
    guard = current.get()
    if guard is None:
        return
    if not guard.allows(arguments[1]):
        guard.refused = True
        raise PrivateAddressError("An address was asked for that must not be connected to.")
