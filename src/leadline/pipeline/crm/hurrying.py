"""A run that somebody does not want to wait for: the keeper begins it within a second."""

from leadline.crm.models import Connection
from leadline.pipeline.crm.connections import connection_named
from leadline.pipeline.engine import Engine


def hurry(row: Connection) -> None:
    """Let a connection be due now, also one that waits for a CRM that did not answer."""
    Connection.objects.filter(pk=row.pk).update(last_run_at=None, closed_until=None)


def crm_hurry(engine: Engine, name: str) -> None:  # noqa: ARG001  # the signature of a command
    """Let a connection be due now.

    Raises:
        NotFoundError: there is no such connection.
    """
    hurry(connection_named(name))
