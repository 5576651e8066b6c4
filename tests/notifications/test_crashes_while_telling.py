"""A process that dies at any step loses nothing, and repeats nothing that its receiver can't tell to be the same."""

from collections.abc import Callable
from typing import Any

import pytest
from mail_cast import Inbox
from notify_cast import HOUR, NOON, Receiver, channel, enters, person, rule, states
from pipeline_cast import Installation

from leadline.notifications import deliveries, notices
from leadline.notifications.deliveries import Parcel, recover
from leadline.notifications.models import Notice
from leadline.notifications.services import Fate, Outcome
from leadline.pipeline.notifying import looking
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.handing_over import hand_over
from leadline.pipeline.notifying.looking import look

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#sales"
HandOver = Callable[[Parcel], Outcome]


class Died(BaseException):
    """The process is gone: nothing catches this."""


def dies(module: Any, name: str, patch: pytest.MonkeyPatch, *, after: bool = False) -> None:
    """Let a step of a module die, before it does anything or after."""
    whole = getattr(module, name)

    def step(*given: Any, **named: Any) -> Any:
        if after:
            whole(*given, **named)
        raise Died

    patch.setattr(module, name, step)


STEPS = {
    "before anything is read": (looking, "see", False),
    "before the notices are made": (looking, "keep", False),
    "between the mark and the notices": (looking, "tell", False),
    "after the notices, before they are kept": (looking, "tell", True),
    "while the rows are inserted": (notices, "_insert", False),
    "before a message is claimed": (deliveries, "claim", False),
    "between the claim and its commit": (deliveries, "_claimed", True),
    "after the claim": (deliveries, "claim", True),
    "before the outcome is written": (deliveries, "settle", False),
    "while the outcome is written": (deliveries, "_channel", True),
}


def live(place: Installation, hand: HandOver) -> None:
    """Two rounds of a process."""
    for _ in range(2):
        look(place.engine, NOON)
        deliver(NOON, hand)


def die_and_restart(place: Installation, step: str, hand: HandOver) -> None:
    module, name, after = STEPS[step]
    with pytest.MonkeyPatch.context() as patch:
        dies(module, name, patch, after=after)
        with pytest.raises(Died):
            live(place, hand)
    recover(NOON + HOUR)
    look(place.engine, NOON + HOUR)
    deliver(NOON + HOUR, hand)


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_arrives_and_a_second_copy_has_the_same_message_id(place: Installation, inbox: Inbox, step: str) -> None:
    rule(channel())
    enters(person(), NOON)
    die_and_restart(place, step, hand_over)
    assert states() == ["sent"]
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    assert len(inbox.mails) == (2 if "outcome" in step else 1)


@pytest.mark.parametrize("step", STEPS)
def test_a_webhook_is_told_and_a_second_copy_has_the_same_id(
    place: Installation, receiver: Receiver, step: str
) -> None:
    rule(channel(receiver.address))
    enters(person(), NOON)
    die_and_restart(place, step, hand_over)
    assert states() == ["sent"]
    assert len({body["id"] for body in receiver.bodies}) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_service_without_a_key_never_gets_a_second_copy_by_itself(place: Installation, step: str) -> None:
    handed: list[Parcel] = []

    def hand(parcel: Parcel) -> Outcome:
        handed.append(parcel)
        return Outcome(Fate.SENT)

    rule(channel(SLACK))
    enters(person(), NOON)
    die_and_restart(place, step, hand)
    assert len(handed) <= 1
    if states() == ["unsure"]:
        assert "may have arrived" in Notice.objects.get().message
        assert step in {"after the claim", "before the outcome is written", "while the outcome is written"}
    else:
        assert states() == ["sent"]
        assert len(handed) == 1


def test_a_digest_that_is_sent_again_holds_the_same_messages_under_the_same_id(
    place: Installation, inbox: Inbox
) -> None:
    rule(channel(digest_hours=[13]))
    for name in ("Amelia", "Owen"):
        enters(person(name), NOON)
    look(place.engine, NOON)
    with pytest.MonkeyPatch.context() as patch:
        dies(deliveries, "settle", patch)
        with pytest.raises(Died):
            deliver(NOON + HOUR)
    enters(person("Priya"), NOON + HOUR)
    look(place.engine, NOON + HOUR)
    recover(NOON + 2 * HOUR)
    deliver(NOON + 2 * HOUR)
    first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first.get_body(("plain",))) == str(second.get_body(("plain",)))
    assert states() == ["sent", "sent", "due"]


def test_somebody_who_sends_again_on_purpose_gets_a_message_of_its_own(place: Installation, inbox: Inbox) -> None:
    rule(channel())
    enters(person(), NOON)
    live(place, hand_over)
    deliveries.resend(Notice.objects.get().pk, NOON)
    deliver(NOON)
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 2
