"""Channels: made, changed, told without their addresses. Results are plain data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leadline.accounts.models import User
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.notifications.addresses import MAIL, read_address
from leadline.notifications.models import Channel

HOURS = 24
NAME_LENGTH = 80
TIMES = ("zone", "quiet_from", "quiet_until", "digest_hours")


def channel_of(number: int) -> Channel:
    """One channel.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = Channel.objects.select_related("owner").filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no channel {number}.", advice="See them: leadline notify channels.")
    return found


def make_channel(name: str, address: str, owner: User | None = None, *, administrator: bool, **given: Any) -> Channel:
    """A channel, shared or of one user.

    Args:
        administrator: whoever makes it may lead messages into the private network, to any mail address and service.
        given: of `TIMES`, and whether it is for advertising.

    Raises:
        TerminalError: the address is none, or not one that they may use; a name is taken; a time makes no sense.
    """
    channel = Channel(owner=owner, zone=_own_zone(owner))
    _name(channel, name or _usual_name(owner, address))
    _lead_to(channel, address, administrator=administrator)
    channel.advertising = bool(given.get("advertising"))
    _set_times(channel, given)
    channel.save()
    return channel


def change_channel(channel: Channel, *, administrator: bool, **given: Any) -> Channel:
    """Change what is given: name, address, enabled, advertising, and those of `TIMES`. A new address begins without
    trouble.

    Raises:
        TerminalError: as `make_channel`.
    """
    if given.get("name"):
        _name(channel, str(given["name"]))
    if given.get("address"):
        _lead_to(channel, str(given["address"]), administrator=administrator)
    if "enabled" in given:
        channel.enabled = bool(given["enabled"])
    if given.get("advertising") is not None:
        channel.advertising = bool(given["advertising"])
    _set_times(channel, given)
    channel.save()
    return channel


def described(channel: Channel) -> dict[str, Any]:
    """A channel as JSON takes it. Its address is never told."""
    return {
        "number": channel.pk,
        "name": channel.name,
        "service": channel.service,
        "shown": channel.shown,
        "owner": channel.owner.email if channel.owner else None,
        **{name: getattr(channel, name) for name in TIMES},
        "enabled": channel.enabled,
        "advertising": channel.advertising,
        "private_allowed": channel.private_allowed,
        "trouble": channel.trouble,
        "closed_until": _iso(channel.closed_until),
        "last_sent_at": _iso(channel.last_sent_at),
    }


def read_hour(given: Any) -> int | None:
    """An hour of the day; nothing for none.

    Raises:
        TerminalError: there is no such hour.
    """
    text = str(given).strip() if given is not None else ""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) < HOURS):
        raise TerminalError(f"{text[:20]!r} is no hour.", advice="Give a whole number from 0 to 23.")
    return int(text)


def read_hours(given: Iterable[Any]) -> list[int]:
    """Hours of the day in order, each once.

    Raises:
        TerminalError: there is no such hour.
    """
    return sorted({hour for each in given if (hour := read_hour(each)) is not None})


def _name(channel: Channel, name: str) -> None:
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise TerminalError("A channel needs a name.", advice=f"{NAME_LENGTH} characters at most.")
    if Channel.objects.filter(name=name).exclude(pk=channel.pk).exists():
        raise TerminalError(f"There is a channel called {name!r} already.", advice="Use another name.")
    channel.name = name


def _lead_to(channel: Channel, address: str, *, administrator: bool) -> None:
    found = read_address(address, administrator=administrator)
    own = channel.owner.email.lower() if channel.owner else ""
    if found.service == MAIL and not administrator and address.strip().lower() != own:
        raise TerminalError("This is not your own e-mail address.", advice="An administrator may enter others.")
    channel.address, channel.service, channel.shown = found.text, found.service[:40], found.shown
    channel.private_allowed = administrator
    channel.trouble, channel.failures, channel.closed_until = "", 0, None


def _set_times(channel: Channel, given: Mapping[str, Any]) -> None:
    if given.get("zone"):
        channel.zone = _zone(str(given["zone"]))
    if "quiet_from" in given:
        channel.quiet_from = read_hour(given["quiet_from"])
    if "quiet_until" in given:
        channel.quiet_until = read_hour(given["quiet_until"])
    if (channel.quiet_from is None) != (channel.quiet_until is None):
        raise TerminalError("Quiet hours need a beginning and an end.", advice="Give both hours, or neither.")
    if "digest_hours" in given:
        channel.digest_hours = read_hours(given["digest_hours"])


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name.strip()).key
    except (KeyError, ValueError, OSError) as error:
        raise TerminalError(f"{name[:60]!r} is no time zone.", advice="Write it like Asia/Manila.") from error


def _own_zone(owner: User | None) -> str:
    return (owner.time_zone if owner else "") or "UTC"


def _usual_name(owner: User | None, address: str) -> str:
    kind = address.partition("://")[0] if "://" in address else "mail"
    return f"{owner}: {kind}"[:NAME_LENGTH] if owner else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
