"""Nobody is told of people who refused profiling, nor in advertising tools of those who refused sharing."""

import pytest
from notify_cast import NOON, channel, enters, person, rule, states
from pipeline_cast import Installation

from leadline.notifications.channels import change_channel, described
from leadline.notifications.models import Channel, Notice
from leadline.notifications.refusals import NO_PROFILING, NO_SHARING
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.looking import look
from leadline.qualification.models import Standing
from leadline.tracking.models import Lead

LOG = "log://"


@pytest.fixture
def ada(place: Installation) -> Standing:
    """Qualified; a notice of it waits in one channel for advertising and one that is none."""
    rule(channel(LOG), channel(LOG, advertising=True))
    row = person()
    enters(row, NOON)
    assert look(place.engine, NOON) == 2
    return row


def refuses(row: Standing, **flags: bool) -> None:
    Lead.objects.filter(pk=row.pk).update(**flags)


@pytest.mark.usefixtures("ada")
def test_without_a_refusal_both_channels_are_told() -> None:
    assert deliver(NOON) == 2


def test_what_waits_is_not_sent_once_profiling_is_refused(ada: Standing) -> None:
    refuses(ada, profiling_allowed=False)
    assert deliver(NOON) == 0
    assert states() == ["skipped", "skipped"]
    assert set(Notice.objects.values_list("message", flat=True)) == {NO_PROFILING}


def test_a_refusal_of_sharing_holds_in_channels_for_advertising_alone(ada: Standing) -> None:
    refuses(ada, sharing_allowed=False)
    assert deliver(NOON) == 1
    told = dict(Notice.objects.values_list("channel__advertising", "state"))
    assert told == {False: "sent", True: "skipped"}
    assert Notice.objects.get(state="skipped").message == NO_SHARING


def test_a_refusal_of_marketing_is_nothing_to_those_who_sell(ada: Standing) -> None:
    refuses(ada, marketing_allowed=False)
    assert deliver(NOON) == 2


def test_of_somebody_merged_the_refusal_of_whom_they_became_counts(ada: Standing) -> None:
    other = person("Owen Price")
    refuses(other, profiling_allowed=False)
    Lead.objects.filter(pk=ada.pk).update(merged_into=other.pk)
    assert deliver(NOON) == 0


@pytest.mark.usefixtures("db")
def test_a_channel_becomes_one_for_advertising_and_stays_one_until_it_is_said_otherwise() -> None:
    made = channel(LOG)
    assert described(made)["advertising"] is False
    change_channel(made, administrator=True, advertising=True)
    change_channel(made, administrator=True, name="Other")
    assert Channel.objects.get().advertising is True
    change_channel(made, administrator=True, advertising=False)
    assert Channel.objects.get().advertising is False
