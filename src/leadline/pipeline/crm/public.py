"""The public convenience: send a lead to the CRM from Python, beside a running server or without one."""

import json
import os
from pathlib import Path
from typing import Any

from leadline.kernel.errors import ServerUnreachableError

SETTINGS = "leadline.project.settings"


class CRMConnector:
    """Sends leads to a connection, or to all that are on.

    The installation is the one that the command line uses: LEADLINE_DATA and the other settings say which. Where a
    server runs on it, the server does the work; without one it is done here.

    Args:
        connection: its name; empty for all that are on.
    """

    def __init__(self, connection: str = "") -> None:
        self.connection = connection

    def sync_lead(self, lead: int | str) -> list[dict[str, Any]]:
        """Send one lead now, whatever the timetable says, and take what the CRM says of it.

        Args:
            lead: its number, a user id or an e-mail address.

        Returns:
            For each connection what it has of the lead: connection, state, remote_id, address, sent_at, error, advice
            and the rest that docs/reference/api.md names.

        Raises:
            NotFoundError: nobody fits, or there is no such connection.
            LeadlineError: the run failed; the text says why and what to do.
        """
        found: list[dict[str, Any]] = _ask("crm_sync_lead", lead=str(lead), name=self.connection, by="python")
        return found

    def status(self) -> list[dict[str, Any]]:
        """How connections are: health, words, advice, counts."""
        if self.connection:
            return [_ask("crm_connection", name=self.connection)]
        found: list[dict[str, Any]] = _ask("crm_connections")
        return found


def _ask(command: str, **arguments: Any) -> Any:
    from leadline.pipeline import control

    try:
        return control.call(_data(), command, arguments, _unheard)
    except ServerUnreachableError:
        return _here(command, arguments)


def _data() -> Path:
    """The data folder, with Django ready."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.apps import apps
    from django.conf import settings

    if not apps.ready:
        django.setup()
    return Path(settings.DATA)


def _here(command: str, arguments: dict[str, Any]) -> Any:
    from leadline.pipeline.commands import dispatch, migrate
    from leadline.pipeline.engine import Engine
    from leadline.pipeline.ownership import FolderLock

    data = _data()
    with FolderLock(data):
        migrate()
        engine = Engine.open(data)
        try:
            return json.loads(json.dumps(dispatch(engine, command, arguments, _unheard), default=str))
        finally:
            engine.close()


def _unheard(done: int, total: int) -> None:
    """Nobody watches."""
