"""Requests that are due soon, or late: those who answer them are told by mail, once of each; and what lapses lapses."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from leadline.accounts.audit import Who
from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.kernel.figures import counted
from leadline.pipeline.engine import Engine
from leadline.pipeline.mail import Letter, is_configured, send
from leadline.pipeline.mail_jobs import is_under_way
from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace
from leadline.pipeline.privacy import requests
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import OPEN, READY

REMINDER = "request_reminder"
"""The kind of job."""
SOON = timedelta(days=7)
LATE, NEAR = "late", "near"
EVERY = timedelta(minutes=5)
Report = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class RequestKeeper:
    """Called after each tick; does nothing until five minutes have passed."""

    def __init__(self) -> None:
        self._pace = Pace(EVERY)

    def keep_up(self, now: datetime) -> None:
        """Let lapse what nobody confirmed, and have colleagues reminded."""
        if not self._pace.is_time(now):
            return
        try:
            requests.keep_up(now)
            if is_configured() and waiting(now) and not is_under_way(REMINDER, now):
                Job.objects.create(kind=REMINDER)
        except (DatabaseError, LeadlineError):
            logger.exception("Subject requests could not be looked at; it is tried again in five minutes")


def waiting(now: datetime) -> list[tuple[SubjectRequest, str]]:
    """Requests of which colleagues were not reminded yet, and why they should be: near or late."""
    rows = SubjectRequest.objects.filter(state__in=OPEN, due_at__lt=now + SOON).order_by("due_at", "pk")
    found = [(row, LATE if row.due_at < now else NEAR) for row in rows if requests.is_our_turn(row)]
    return [(row, why) for row, why in found if not _was_said(row, why)]


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # the signature of a job
    """Mail those who answer requests.

    Raises:
        LeadlineError: it did not leave.
    """
    now = utc_now()
    rows, whom = waiting(now), who_answers()
    if not rows or not whom:
        return {"requests": 0}
    send(_letter(rows, whom))
    for row, why in rows:
        requests.note_step(row, now, Who(), "reminded", why=why)
        row.save(update_fields=["steps"])
    return {"requests": len(rows)}


def who_answers() -> list[str]:
    """The addresses of those who may answer requests."""
    users = User.objects.filter(is_active=True).order_by("email")
    return [user.email for user in users if user.may(Permission.SET_PRIVACY) and user.may(Permission.READ_PEOPLE)]


def _letter(rows: list[tuple[SubjectRequest, str]], whom: list[str]) -> Letter:
    late = sum(why == LATE for _, why in rows)
    subject = f"{counted(late, 'subject request')} overdue" if late else "A subject request is due soon"
    told = [f"{_words(row)}: {_address(row)}" for row, _ in rows]
    text = "The law gives a day by which these are answered.\n\n" + "\n".join(told) + "\n"
    items = "".join(f'<li><a href="{_address(row)}">{_words(row)}</a></li>' for row, _ in rows)
    html = f"<p>The law gives a day by which these are answered.</p><ul>{items}</ul>"
    return Letter(tuple(whom), subject, text, html, f"requests-{rows[0][0].pk}-{rows[0][1]}-{len(rows)}")


def _words(row: SubjectRequest) -> str:
    ready = ", made and still to be handed over" if row.state == READY else ""
    return f"{row.get_kind_display()}, due {row.due_at:%Y-%m-%d}{ready}"


def _address(row: SubjectRequest) -> str:
    return f"{settings.PUBLIC_URL}/privacy/requests/{row.pk}"


def _was_said(row: SubjectRequest, why: str) -> bool:
    return any(step["what"] == "reminded" and step.get("why") == why for step in row.steps)
