"""Who reads the audit trail is told of unusual use by mail, once; what does not leave is tried again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from mail_cast import Inbox, mail_server
from pipeline_cast import Installation

from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import LEAD_SEEN
from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.pipeline import jobs
from leadline.pipeline.models import Job
from leadline.pipeline.unusual_use import UNUSUAL_USE, UnusualUseKeeper, untold

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    """One lead an hour passes without a word."""
    settings.UNUSUAL_LEADS = 1


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings) as found:
        yield found


@pytest.fixture
def reader() -> User:
    """Of the users one reads far too much; an administrator and an auditor read the trail."""
    for role in (User.Role.ADMINISTRATOR, User.Role.AUDITOR, User.Role.MARKETING):
        User.objects.create_user(f"{role}@us.example", None, role=role)
    return User.objects.create_user("sam@us.example", None, name="Sam <Sales>", role=User.Role.SALES)


def sees(user: User, *leads: int) -> None:
    for lead in leads:
        record(Who(user.pk, Via.PAGE), LEAD_SEEN, What("lead", lead), {"status": 200}, utc_now())


def mails(place: Installation, inbox: Inbox) -> list[Any]:
    """All so far, after those that wait were sent."""
    while jobs.run_next(place.engine):
        pass
    return list(inbox.mails)


def test_those_who_read_the_trail_are_told_once(place: Installation, inbox: Inbox, reader: User) -> None:
    sees(reader, 1, 2)
    keeper = UnusualUseKeeper()
    keeper.keep_up(utc_now())
    [mail] = mails(place, inbox)
    assert mail["To"] == "administrator@us.example, auditor@us.example"
    text = mail.get_body(("plain",)).get_content()
    assert "Sam <Sales> saw 2 different leads within an hour." in text
    assert "/audit" in text
    assert "Sam &lt;Sales&gt;" in mail.get_body(("html",)).get_content()
    for minutes in (1, 6, 12):
        keeper.keep_up(utc_now() + minutes * MINUTE)
    assert len(mails(place, inbox)) == 1
    assert untold(utc_now()) == []


def test_what_did_not_leave_is_told_an_hour_later(place: Installation, inbox: Inbox, reader: User) -> None:
    sees(reader, 1, 2)
    inbox.answer = "550 no"
    UnusualUseKeeper().keep_up(utc_now())
    assert mails(place, inbox) == []
    UnusualUseKeeper().keep_up(utc_now() + 30 * MINUTE)
    assert Job.objects.filter(kind=UNUSUAL_USE).count() == 1
    inbox.answer = ""
    UnusualUseKeeper().keep_up(utc_now() + 61 * MINUTE)
    assert len(mails(place, inbox)) == 1


def test_without_a_mail_server_it_stays_in_the_trail(place: Installation, reader: User) -> None:  # noqa: ARG001  # rows
    sees(reader, 1, 2)
    UnusualUseKeeper().keep_up(utc_now())
    assert not Job.objects.filter(kind=UNUSUAL_USE).exists()
    assert len(untold(utc_now())) == 1
