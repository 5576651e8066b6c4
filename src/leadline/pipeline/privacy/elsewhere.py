"""A person's records in CRM systems, while they are erased: which there are, and what becomes of each."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

from leadline.crm.erasing import BY_HAND, LATER, Fate, Remote, take_away
from leadline.crm.errors import CRMError
from leadline.crm.leasing import BusyError, give_back, take
from leadline.crm.models import Connection, Link
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.privacy.kinds import Subject

LEASE_SECONDS, POLL_SECONDS = 120.0, 0.2


@contextmanager
def leases() -> Iterator[list[Connection]]:
    """Every connection, and no run of any at work.

    Raises:
        BusyError: a run is at work for longer than two minutes.
    """
    connections = list(Connection.objects.order_by("pk"))
    with ExitStack() as stack:
        for connection in connections:
            stack.callback(give_back, connection, _taken(connection))
        yield connections


def _taken(connection: Connection) -> str:
    until = time.monotonic() + LEASE_SECONDS
    while True:
        try:
            return take(connection, utc_now())
        except BusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(POLL_SECONDS)


def remotes_of(subject: Subject, connections: Sequence[Connection]) -> tuple[Remote, ...]:
    """Where the person stands in these CRMs. Whoever was never sent, or is gone there, has nothing there."""
    links = Link.objects.filter(lead__in=subject.leads, connection__in=connections).exclude(remote_id="", sent=None)
    gone = {Link.Tombstone.DELETED, Link.Tombstone.MERGED}
    return tuple(Remote.of(link) for link in links.order_by("pk") if link.tombstone not in gone)


def take_away_all(remotes: Sequence[Remote], how: str) -> tuple[list[dict[str, Any]], tuple[Remote, ...]]:
    """What became of each, as JSON, and those that have to be tried again."""
    connections = Connection.objects.in_bulk([remote.connection for remote in remotes])
    fates, later = [], []
    for remote in remotes:
        connection = connections.get(remote.connection)
        fate = _fate(connection, remote, how) if connection else Fate("", remote.remote_id, BY_HAND, "not_connected")
        if fate.outcome == LATER:
            later.append(remote)
        else:
            fates.append(asdict(fate))
    return fates, tuple(later)


def _fate(connection: Connection, remote: Remote, how: str) -> Fate:
    """A refusal that trying again can't mend is for a person to deal with."""
    told = connection.name, remote.remote_id or remote.external_id
    try:
        return take_away(connection, remote, how)
    except CRMError as error:
        return Fate(*told, LATER if error.transient else BY_HAND, error.code)
    except LeadlineError as error:
        return Fate(*told, BY_HAND, error.code)
