"""Use that stands out is looked for every few minutes, and administrators are told by mail.

Without a mail server it is in the audit trail and on the first page of those who may read that.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from leadline.accounts import unusual_use
from leadline.accounts.models import AuditEntry, User
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.mail import Letter, is_configured, send
from leadline.pipeline.mail_jobs import is_under_way
from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace

UNUSUAL_USE = "unusual_use"
"""The kind of job."""
EVERY = timedelta(minutes=5)
Report = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class UnusualUseKeeper:
    """Called after each tick; does nothing until five minutes have passed."""

    def __init__(self) -> None:
        self._pace = Pace(EVERY)

    def keep_up(self, now: datetime) -> None:
        """Look, and have administrators told."""
        if not self._pace.is_time(now):
            return
        try:
            unusual_use.look(now)
            if is_configured() and untold(now) and not is_under_way(UNUSUAL_USE, now):
                Job.objects.create(kind=UNUSUAL_USE)
        except (DatabaseError, LeadlineError):
            logger.exception("Unusual use could not be looked for; it is tried again in five minutes")


def untold(now: datetime) -> list[AuditEntry]:
    """What stood out within a day and was not mailed yet."""
    mailed = Job.objects.filter(kind=UNUSUAL_USE, state="done", result__noticed__gt=0)
    last = mailed.order_by("-pk").values_list("result__entry", flat=True).first() or 0
    return list(unusual_use.noticed(now - unusual_use.DAY).filter(number__gt=last))


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # the signature of a job
    """Mail those who read the audit trail.

    Raises:
        LeadlineError: it did not leave.
    """
    entries, whom = untold(utc_now()), who_reads()
    if not entries or not whom:
        return {"noticed": 0}
    send(_letter(entries, whom))
    return {"noticed": len(entries), "entry": entries[-1].number}


def who_reads() -> list[str]:
    """The addresses of those who may read the audit trail."""
    users = User.objects.filter(is_active=True).order_by("email")
    return [user.email for user in users if user.may(Permission.READ_AUDIT)]


def _letter(entries: list[AuditEntry], whom: list[str]) -> Letter:
    told = unusual_use.sentences(entries)
    link = f"{settings.PUBLIC_URL}/audit"
    advice = "It may be their work, or somebody else at their desk. The audit trail says what it was"
    text = "\n".join(told) + f"\n\n{advice}: {link}\n"
    items = "".join(f"<li>{escape(each)}</li>" for each in told)
    html = f'<ul>{items}</ul><p>{advice}: <a href="{link}">{link}</a></p>'
    return Letter(tuple(whom), "Leadline: unusual use", text, html, f"unusual-{entries[-1].number}")
