"""Handing a message to a service by Apprise, and what its answer means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from logging import DEBUG
from typing import TYPE_CHECKING

from leadline.kernel.network_guard import anywhere, public_only
from leadline.notifications.addresses import KEYED, Address
from leadline.notifications.apprise_quietly import asset, instantiate, name_message, schemas_of
from leadline.notifications.templates import Message

if TYPE_CHECKING:
    from apprise.plugins import NotifyBase

CODE = re.compile(r"\berror=(\d{3})\b|\bstatus(?:_code)?[ =:]+(\d{3})\b")
LATER_CODES = frozenset({408, 425, 429})
INVALID_CODES = frozenset({401, 403, 404, 410})
SERVER_FAULTS = 500
REDIRECTS = 3
NO_ANSWER = ("read timed out", "remotedisconnected", "connection aborted", "connection reset", "incompleteread")
"""The message was handed over before it went wrong."""
PRIVATE = "This address lies in the private network; only a channel that an administrator made may lead there."


class Fate(StrEnum):
    """What is known of a message that was handed over."""

    SENT = "sent"
    LATER = "later"  # it did not arrive; trying again can help
    REFUSED = "refused"  # it did not arrive, and will not
    UNSURE = "unsure"  # nobody answered: it may have arrived


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fate, and the words for it; they hold nothing of the address."""

    fate: Fate
    words: str = ""


def send(address: Address, message: Message, key: str, *, private_allowed: bool) -> Outcome:
    """Hand a message over. Whatever goes wrong is an outcome.

    Args:
        message: plain text; Apprise escapes it as the service needs.
        key: of the message. A webhook gets it as `id`.
        private_allowed: the address may lead into the private network.
    """
    service = instantiate(address.text)
    if service is None:
        return Outcome(Fate.REFUSED, "The address can't be read any more. Enter it again.")
    if schemas_of(service) & KEYED:
        name_message(service, key)
    with anywhere() if private_allowed else public_only() as guard:
        told = _notify(service, message)
    if guard.refused:
        return Outcome(Fate.REFUSED, PRIVATE)
    return told


def _notify(service: "NotifyBase", message: Message) -> Outcome:
    from apprise import Apprise, AppriseResultStatus, NotifyFormat  # loaded by whoever made the service

    sender = Apprise(asset=asset())
    sender.add(service)
    answer = sender.notify(
        body=message.body or message.subject,
        title=message.subject if message.body else "",
        body_format=NotifyFormat.TEXT,
        log_level=DEBUG,
    )
    if answer:
        return Outcome(Fate.SENT)
    if answer.status == AppriseResultStatus.TIMEOUT:
        return Outcome(Fate.UNSURE, "The service did not answer in time.")
    return judge([f"{entry.level} {entry.message}" for entry in answer.logs()])


def judge(lines: Iterable[str]) -> Outcome:
    """What a service's failure means, by what Apprise logged of it. The words are our own: its lines name secrets."""
    text = "\n".join(line for line in lines if "Payload" not in line)
    found = [int(one or other) for one, other in CODE.findall(text)]
    if found:
        return _judge_code(found[-1])
    if any(sign in text.lower() for sign in NO_ANSWER):
        return Outcome(Fate.UNSURE, "The connection broke before the service answered.")
    if "timed out" in text.lower() or "connection error" in text.lower():
        return Outcome(Fate.LATER, "The service could not be reached.")
    return Outcome(Fate.LATER, "The service did not take it.")


def _judge_code(code: int) -> Outcome:
    if code >= SERVER_FAULTS or code in LATER_CODES:
        return Outcome(Fate.LATER, f"The service wants it later (HTTP {code}).")
    if code in INVALID_CODES:
        return Outcome(Fate.REFUSED, f"The service refused it (HTTP {code}): the address is not valid any more.")
    if code // 100 == REDIRECTS:
        return Outcome(Fate.REFUSED, f"The service sends elsewhere (HTTP {code}). Enter the address that it leads to.")
    return Outcome(Fate.REFUSED, f"The service refused it (HTTP {code}).")
