"""Connections opened, and whether it is time for a run of one; what a run leaves behind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.db import transaction
from django.db.models import Q

from leadline.crm.breaker import Breaker
from leadline.crm.connector import Connector, Opening
from leadline.crm.connectors import kind_of
from leadline.crm.limits import Limits
from leadline.crm.models import Connection, SyncRun
from leadline.crm.working import Counts
from leadline.kernel.clock import Clock, utc_now

LONGEST_WORDS = 500
KEPT, KEPT_IDLE = timedelta(days=90), timedelta(days=2)
"""So long runs stay in the history; those that found nothing to do, the shorter time: there is one a minute."""


def open_connector(
    connection: Connection, clock: Clock = utc_now, transport: httpx.BaseTransport | None = None
) -> Connector:
    """The connector of a connection; to be closed.

    Raises:
        NotFoundError: there is no such kind any more.
    """
    kind = kind_of(connection.kind)
    settings = {**connection.settings, "connection": connection.name}
    secrets: dict[str, str] = dict(connection.secrets or {})
    return kind.open(Opening(settings, secrets, Limits(*kind.rate), clock, _keeper(connection), transport))


def _keeper(connection: Connection) -> Any:
    def keep(changed: Mapping[str, str]) -> None:
        """A refreshed token is stored at once: the old one is of no use any more."""
        with transaction.atomic():
            row = Connection.objects.select_for_update().get(pk=connection.pk)
            row.secrets = {**(row.secrets or {}), **changed}
            row.save(update_fields=["secrets"])
        connection.secrets = row.secrets

    return keep


def due(connection: Connection, now: datetime) -> bool:
    """Whether a run should begin by itself."""
    if not connection.enabled or connection.stopped:
        return False
    if Breaker(connection.failures, connection.closed_until).blocks(now):
        return False
    if connection.leased_until is not None and connection.leased_until > now:
        return False
    return connection.last_run_at is None or connection.last_run_at + timedelta(seconds=connection.every_seconds) <= now


def forget_old(connection: Connection, now: datetime) -> None:
    """Let go of runs that nobody looks up any more. The last one stays."""
    rows = SyncRun.objects.filter(connection=connection, finished_at__isnull=False)
    idle = Q(started_at__lt=now - KEPT_IDLE, state="ok", kind=SyncRun.Kind.SYNC, by="", counts=Counts().as_dict())
    last = rows.order_by("-pk").values("pk")[:1]
    rows.filter(idle | Q(started_at__lt=now - KEPT)).exclude(pk__in=last).delete()


def tested_well(connection: Connection) -> None:
    """It was changed, or answered a test: runs may begin again by themselves."""
    connection.stopped, connection.trouble, connection.failures, connection.closed_until = "", "", 0, None
    connection.save(update_fields=["stopped", "trouble", "failures", "closed_until"])
