"""Things that belong to somebody: made by one person, to be tried by others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import crm_pages_cast
import web_cast as cast
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model

from leadline.accounts.models import APIToken, User
from leadline.accounts.tokens import create_token
from leadline.analytics import boards
from leadline.analytics.models import SavedView, ScheduledReport
from leadline.analytics.share_links import make_link
from leadline.kernel.clock import utc_now
from leadline.notifications.models import Channel, Notice
from leadline.pipeline import bulk_jobs, jobs
from leadline.pipeline.privacy import erasing
from leadline.qualification.models import SalesAction

HIDDEN = "Hidden Harbour"
"""In the name of everything that is somebody's."""


@dataclass(frozen=True)
class Thing:
    """Something of somebody's.

    Attributes:
        row: what must be as it was when others have tried.
        known: parts of addresses as they are routed, and what stands for them.
        owner: who may.
    """

    row: Model
    known: Mapping[str, str]
    owner: User

    def as_it_is(self) -> Any:
        """Everything that its row says now; None when it is gone."""
        return type(self.row)._base_manager.filter(pk=self.row.pk).values().first()


def things() -> dict[str, Thing]:
    """One of each, by what the table of the test calls it."""
    cast.published()
    seller, reporter = cast.user("sales"), cast.user("marketing")
    return {
        "lead": _lead(seller),
        "bulk job": _numbered(jobs.start(bulk_jobs.BULK, bulk_jobs.arguments("accept", [1], seller)), seller),
        "erasure": _numbered(jobs.start(erasing.ERASURE, {}), cast.user("administrator")),
        **_of_reports(reporter),
        **_of_notifications(reporter),
        **_of_accounts(seller),
    }


def _numbered(row: Model, owner: User, **more: str) -> Thing:
    part = {"<int:number>": str(row.pk), "<number>": str(row.pk), "<int:pk>": str(row.pk)}
    return Thing(row, {**part, **{f"<int:{name}>": text for name, text in more.items()}}, owner)


def _lead(seller: User) -> Thing:
    person = crm_pages_cast.at_home(cast.lead(HIDDEN))
    standing = cast.standing(person, (60, 60, 60), owner_user=seller, owner=str(seller), trigger_at=utc_now())
    crm_pages_cast.linked(crm_pages_cast.connect(), person)
    number = str(person.pk)
    parts = {"<int:number>": number, "<path:lead>": number, "<lead>": number, "<slug:name>": "sandbox"}
    return Thing(standing, {**parts, "<name>": "sandbox"}, seller)


def _of_reports(owner: User) -> dict[str, Thing]:
    board = boards.make_board(HIDDEN, owner, shared=False)
    pin = boards.pin(board, "overview", {}, HIDDEN)
    view = SavedView.objects.create(owner=owner, page="leads", name=HIDDEN, query="?grade=A", shared=True)
    link, _ = make_link(7, utc_now(), str(owner), board=board)
    told = {"hour": 8, "zone": "UTC", "recipients": [owner.email], "created_by": str(owner)}
    schedule = ScheduledReport.objects.create(board=board, name=HIDDEN, **told)
    return {
        "board": _numbered(board, owner, pin=str(pin.pk)),
        "view": _numbered(view, owner),
        "link": _numbered(link, owner),
        "schedule": _numbered(schedule, owner),
    }


def _of_notifications(owner: User) -> dict[str, Thing]:
    channel = Channel.objects.create(name=HIDDEN, owner=owner, address="log://", service="log")
    words = {"subject": HIDDEN, "body": HIDDEN, "at": utc_now(), "due_at": utc_now(), "state": Notice.State.FAILED}
    notice = Notice.objects.create(key="hidden:1", channel=channel, **words)
    return {"channel": _numbered(channel, owner), "notice": _numbered(notice, owner)}


def _of_accounts(owner: User) -> dict[str, Thing]:
    browser = cast.signed_in(owner)
    browser.get("/you")  # a session in use is listed
    create_token(owner, HIDDEN)
    data = {"name": HIDDEN, "credential": {"clientExtensionResults": {}}}
    key = Authenticator.objects.create(user=owner, type=Authenticator.Type.WEBAUTHN, data=data)
    return {
        "session": _numbered(UserSession.objects.get(user=owner), owner),
        "token": _numbered(APIToken.objects.get(user=owner), owner),
        "passkey": _numbered(key, owner),
    }


def said_of_leads() -> int:
    """How much was ever said of any lead."""
    return SalesAction.objects.count()
