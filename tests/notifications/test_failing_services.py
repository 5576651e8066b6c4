"""Services that fail: tried again with pauses, given up with words, and nothing of an address anywhere."""

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from mail_cast import Inbox
from notify_cast import HOUR, NOON, Receiver, channel, enters, person, rule, states
from pipeline_cast import Installation

from leadline.kernel.clock import utc_now
from leadline.notifications import channels
from leadline.notifications.addresses import read_address
from leadline.notifications.deliveries import PAUSES, Parcel
from leadline.notifications.models import Channel, Notice
from leadline.notifications.services import Fate, Outcome
from leadline.pipeline.notifying import commands, rule_commands
from leadline.pipeline.notifying.courier import Courier, deliver
from leadline.pipeline.notifying.keeper import NotificationKeeper
from leadline.pipeline.notifying.looking import look


@pytest.fixture
def everything_logged() -> Iterator[StringIO]:
    """What a log at level DEBUG would hold. (caplog listens to loggers that write to no log, too.)"""
    said, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(said), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)


def waiting(place: Installation, *made: Channel) -> None:
    """One notice for each channel."""
    rule(*made)
    enters(person(), NOON)
    look(place.engine, NOON)


def test_a_service_that_is_busy_is_tried_again_with_growing_pauses_and_then_given_up(
    place: Installation, receiver: Receiver
) -> None:
    waiting(place, channel(receiver.address))
    receiver.answer, now = 503, NOON
    for pause in PAUSES:
        deliver(now)
        assert states() == ["due"]
        assert deliver(now + pause - timedelta(seconds=1)) == 0
        now += pause
    deliver(now)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("failed", len(PAUSES) + 1)
    assert notice.message == "The service wants it later (HTTP 503). Given up."


def test_a_service_that_is_back_gets_everything_and_its_trouble_is_over(
    place: Installation, receiver: Receiver
) -> None:
    made = channel(receiver.address)
    waiting(place, made)
    receiver.answer = 500
    deliver(NOON)
    made.refresh_from_db()
    assert (made.failures, made.trouble) == (1, "The service wants it later (HTTP 500).")
    receiver.answer = 200
    assert deliver(NOON + HOUR) == 1
    made.refresh_from_db()
    assert (made.failures, made.trouble, made.closed_until) == (0, "", None)


def test_a_refusal_is_parked_with_words_and_sent_again_when_somebody_asks(
    place: Installation, receiver: Receiver
) -> None:
    waiting(place, channel(receiver.address))
    receiver.answer = 404
    deliver(NOON)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("failed", 1)
    assert "the address is not valid any more" in notice.message
    receiver.answer = 200
    assert deliver(NOON + HOUR) == 0
    commands.notify_resend(place.engine, notice.pk)
    assert deliver(utc_now()) == 1
    assert states() == ["sent"]


def test_an_answer_that_never_comes_counts_as_may_have_arrived_only_without_a_key(
    place: Installation, receiver: Receiver
) -> None:
    waiting(place, channel(receiver.address))
    receiver.answer = 0
    deliver(NOON)
    assert states() == ["due"], "a webhook can tell a second copy by its id"
    receiver.answer = 200
    deliver(NOON + HOUR)
    assert len({body["id"] for body in receiver.bodies}) == 1


def test_a_mail_server_that_refuses_somebody_is_final(place: Installation, inbox: Inbox) -> None:
    waiting(place, channel())
    inbox.answer = "550 No such user"
    deliver(NOON)
    notice = Notice.objects.get()
    assert notice.state == "failed"
    assert "550 No such user" in notice.message


def test_a_channel_that_rests_holds_no_other(place: Installation, receiver: Receiver, inbox: Inbox) -> None:
    waiting(place, channel(receiver.address), channel())
    receiver.answer = 503
    assert deliver(NOON) == 1
    assert len(inbox.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_a_channel_that_hangs_holds_no_other(place: Installation) -> None:
    hanging, quick = channel("hanging@leadline.test"), channel("quick@leadline.test")
    waiting(place, hanging, quick)
    let_go = threading.Event()

    def hand(parcel: Parcel) -> Outcome:
        if parcel.channel == hanging.pk:
            let_go.wait(20)
        return Outcome(Fate.SENT)

    courier = Courier(hand)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadline.pipeline.mail.is_configured", lambda: True)
        courier.send_due(NOON)
        until = time.monotonic() + 10
        while not courier.collect(NOON) and time.monotonic() < until:
            time.sleep(0.01)
        by_channel = dict(Notice.objects.values_list("channel", "state"))
        assert by_channel == {hanging.pk: "sending", quick.pk: "sent"}
        assert courier.send_due(NOON) == 0
        let_go.set()
        courier.finish(NOON, 10)
    assert set(states()) == {"sent"}


def test_a_keeper_that_could_not_look_still_sends_and_says_so(place: Installation, receiver: Receiver) -> None:
    waiting(place, channel(receiver.address))
    rule(trigger="moon")
    handed: list[Parcel] = []

    def hand(parcel: Parcel) -> Outcome:
        handed.append(parcel)
        return Outcome(Fate.SENT)

    keeper = NotificationKeeper(place.engine, lambda: NOON, Courier(hand))
    keeper._try(keeper.round)
    assert keeper.failures == 1
    keeper._courier.finish(NOON, 10)
    assert len(handed) == 1
    assert states() == ["sent"]


def test_an_unknown_failure_is_told_without_the_words_of_the_service(
    place: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(place, channel(receiver.address))

    def breaks(*_: object, **__: object) -> Outcome:
        raise RuntimeError(receiver.address)

    monkeypatch.setattr("leadline.pipeline.notifying.handing_over.send_by_service", breaks)
    deliver(NOON)
    assert "s3cret-token" not in Notice.objects.get().message


def test_no_token_is_in_the_database_the_log_or_any_answer(
    place: Installation, receiver: Receiver, capfd: Any, everything_logged: StringIO
) -> None:
    made = channel(receiver.address)
    waiting(place, made)
    receiver.answer = 503
    deliver(NOON)
    assert "apprise" in logging.root.manager.loggerDict
    said = [
        str(commands.notify_channels(place.engine)),
        str(commands.notify_test(place.engine, made.pk)),
        str(commands.notify_log(place.engine)),
        str(rule_commands.notify_rules(place.engine)),
        str(channels.described(made)),
        repr(read_address(receiver.address, administrator=True)),
        str(Channel.objects.get()),
        *capfd.readouterr(),
        everything_logged.getvalue(),
    ]
    assert [text for text in said if "s3cret" in text] == []
    with pytest.raises(Exception, match="no address") as refused:
        read_address("nosuch://s3cret-token@x", administrator=True)
    assert "s3cret" not in str(refused.value) + everything_logged.getvalue() + capfd.readouterr().err
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT address, shown, service, trouble FROM notifications_channel")
        assert b"s3cret" not in repr(cursor.fetchall()).encode()
    assert not any(b"s3cret" in file.read_bytes() for file in Path(place.data).rglob("*") if file.is_file())
