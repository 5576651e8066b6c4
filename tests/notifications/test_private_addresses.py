"""What somebody's channel may not reach: this machine and the network around it, whatever the address leads to."""

import socket
import threading
from collections.abc import Callable

import pytest
from notify_cast import NOON, Receiver, channel, enters, person, rule, states
from pipeline_cast import Installation

from leadline.kernel.network_guard import PrivateAddressError, is_public, public_only
from leadline.notifications.addresses import read_address
from leadline.notifications.models import Channel, Notice
from leadline.notifications.services import PRIVATE, Fate, Outcome, judge, send
from leadline.notifications.templates import Message
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.looking import look

MESSAGE = Message("Subject", "Body")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104  # nothing is bound
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.8", "64:ff9b::a00:8", "2002:0a00:0008::1", "224.0.0.1"),
        *("255.255.255.255", "intranet", "", "::"),
    ],
)
def test_private_addresses_in_all_their_spellings(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_world(address: str) -> None:
    assert is_public(address)


def test_nothing_is_connected_under_the_guard_and_everything_outside_it(receiver: Receiver) -> None:
    port = int(receiver.address.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)):
        pass
    with public_only() as guard, pytest.raises(PrivateAddressError):
        socket.create_connection(("localhost", port))
    assert guard.refused
    with socket.create_connection(("127.0.0.1", port)):
        pass


def test_the_guard_is_of_its_own_thread(receiver: Receiver) -> None:
    port = int(receiver.address.split(":")[2].split("/")[0])
    done: list[bool] = []

    def connect() -> None:
        socket.create_connection(("127.0.0.1", port)).close()
        done.append(True)

    with public_only():
        other = threading.Thread(target=connect)
        other.start()
        other.join()
    assert done == [True]


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: text,
        lambda text: text.replace("127.0.0.1", "localhost"),
    ],
)
def test_a_webhook_into_the_private_network_is_refused_and_nothing_arrives(
    receiver: Receiver, spelled: Callable[[str], str]
) -> None:
    address = read_address(spelled(receiver.address), administrator=False)
    assert send(address, MESSAGE, "key", private_allowed=False) == Outcome(Fate.REFUSED, PRIVATE)
    assert receiver.bodies == []


def test_only_a_channel_that_an_administrator_made_leads_there(place: Installation, receiver: Receiver) -> None:
    rule(channel(receiver.address))
    Channel.objects.update(private_allowed=False)
    enters(person(), NOON)
    look(place.engine, NOON)
    deliver(NOON)
    assert states() == ["failed"]
    assert Notice.objects.get().message == PRIVATE
    assert receiver.bodies == []


@pytest.mark.parametrize(
    ("lines", "fate"),
    [
        (["WARNING Failed to send JSON POST notification: error=503."], Fate.LATER),
        (["WARNING Failed to send Slack notification: error=429."], Fate.LATER),
        (["WARNING Failed to send: error=404."], Fate.REFUSED),
        (
            ["WARNING A Connection error occurred", "DEBUG Socket Exception: Read timed out. (read timeout=4.0)"],
            Fate.UNSURE,
        ),
        (["WARNING A Connection error occurred", "DEBUG Connection to x timed out. (connect timeout=4.0)"], Fate.LATER),
        (
            ["WARNING A Connection error", "DEBUG ('Connection aborted.', RemoteDisconnected('Remote end closed'))"],
            Fate.UNSURE,
        ),
        (["DEBUG JSON Payload: {'message': 'error=404'}", "WARNING A Connection error occurred"], Fate.LATER),
        ([], Fate.LATER),
    ],
)
def test_what_a_failure_means(lines: list[str], fate: Fate) -> None:
    assert judge(lines).fate is fate
