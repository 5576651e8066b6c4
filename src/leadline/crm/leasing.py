"""One run of a connection at a time: a lease that is taken in one statement, kept alive, and ends by itself."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db.models import Q

from leadline.crm.models import Connection, SyncRun
from leadline.kernel.errors import TransientError

LEASE = timedelta(minutes=10)
"""Longer than any one call takes; a run that was killed holds up the next one for so long."""


class BusyError(TransientError):
    """A run of this connection is at work."""

    code: ClassVar[str] = "crm_busy"


class LeaseLostError(TransientError):
    """Another run has taken over; this one writes nothing more."""

    code: ClassVar[str] = "crm_lease_lost"


def take(connection: Connection, now: datetime) -> str:
    """A lease of the connection until `LEASE` from now. Returns its token.

    Raises:
        BusyError: a run holds one.
    """
    token = uuid4().hex
    free = Q(lease="") | Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    mine = Connection.objects.filter(free, pk=connection.pk)
    if not mine.update(lease=token, leased_until=now + LEASE):
        raise BusyError(
            f"A run of {connection.name} is at work.", advice="Wait until it ends: it may send this already."
        )
    SyncRun.objects.filter(connection=connection, state="running").update(state="interrupted", finished_at=now)
    return token


def renew(connection: Connection, token: str, now: datetime) -> None:
    """Keep it for longer.

    Raises:
        LeaseLostError: it is somebody else's by now.
    """
    if not Connection.objects.filter(pk=connection.pk, lease=token).update(leased_until=now + LEASE):
        raise LeaseLostError(f"Another run of {connection.name} took over.", advice="It sends what is missing.")


def give_back(connection: Connection, token: str) -> None:
    """Let the next run begin."""
    Connection.objects.filter(pk=connection.pk, lease=token).update(lease="", leased_until=None)


def free_all() -> int:
    """Free what a killed process held: for the start of the one process that runs them. Returns how many there were."""
    return Connection.objects.exclude(lease="").update(lease="", leased_until=None)
