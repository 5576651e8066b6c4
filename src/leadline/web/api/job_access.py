"""Whose matter a job is: each kind belongs to a part of the installation, and who may not see that part sees none of
its jobs either."""

from collections.abc import Mapping

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission as May
from leadline.kernel.errors import NotFoundError
from leadline.pipeline import appointments, bulk_jobs, jobs, unusual_use
from leadline.pipeline.crm import running as crm_running
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import erasing, request_letters, request_reminders, retaining

Pair = tuple[May, May]
"""What it takes to see a job, and to stop it."""
OF_ADMINISTRATORS: Pair = (May.SET_USERS, May.SET_USERS)
"""Of a kind that nobody has decided about."""
KINDS: Mapping[str, Pair] = {
    "backtest": (May.READ_RULES, May.DRAFT_RULES),
    "suggestion": (May.READ_RULES, May.DRAFT_RULES),
    appointments.REPORT: (May.READ_ALERTS, May.SET_ALERTS),
    appointments.ALERTS: (May.READ_ALERTS, May.SET_ALERTS),
    bulk_jobs.BULK: (May.SELL, May.SELL),
    crm_running.BACKFILL: (May.READ_CRM, May.SET_CRM),
    erasing.ERASURE: (May.READ_PRIVACY, May.SET_PRIVACY),
    retaining.RETENTION: (May.READ_PRIVACY, May.SET_PRIVACY),
    request_letters.LETTER: (May.READ_PRIVACY, May.SET_PRIVACY),
    request_reminders.REMINDER: (May.READ_PRIVACY, May.SET_PRIVACY),
    unusual_use.UNUSUAL_USE: (May.READ_AUDIT, May.SET_USERS),
}


def seen(user: User, kind: str, limit: int) -> list[Job]:
    """The newest jobs that somebody may see, of one kind or of all, without their results."""
    kinds = [each for each in jobs.KINDS if user.may(_pair(each)[0]) and kind in ("", each)]
    return list(Job.objects.filter(kind__in=kinds).defer("result").order_by("-pk")[:limit])


def check_seen(user: User, number: int) -> Job:
    """The job.

    Raises:
        NotFoundError: there is none, or not for them.
    """
    found = jobs.find(number)
    if not user.may(_pair(found.kind)[0]):
        raise NotFoundError(f"There is no job {number}.")
    return found


def may_stop(user: User, job: Job) -> bool:
    """Whether somebody may ask it to stop."""
    return user.may(_pair(job.kind)[1])


def _pair(kind: str) -> Pair:
    return KINDS.get(kind, OF_ADMINISTRATORS)
