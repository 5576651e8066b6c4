"""Writes files into a folder, each whole or not at all.

leads-20261122T101500123456Z-<digest>.csv   leads that are new or changed, in order of the files' names
conversions/<key>.csv                       one conversion; told again, it is the same file
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from leadline.crm.connector import Opening
from leadline.crm.connectors.csv_drop.tables import conversion_table, digest, lead_table
from leadline.crm.errors import CredentialsError, SetupError, UnreachableError
from leadline.crm.one_way import OneWay
from leadline.crm.records import About, Outcome, Outgoing, OutgoingEvent, Sent

TYPE = "row"
CONVERSIONS = "conversions"


class CSVDropConnector(OneWay):
    """One folder.

    Raises:
        SetupError: the folder's path is not absolute.
    """

    def __init__(self, opening: Opening) -> None:
        self._folder, self._clock = Path(opening.settings.get("folder", "")), opening.clock
        if not self._folder.is_absolute():
            raise SetupError("The folder needs an absolute path.", advice="Such as /srv/leadline/crm.")

    def check(self) -> About:
        """Write a file into the folder and take it away again."""
        self._ready()
        return About("CSV files", "RFC 4180", str(self._folder), "", ("Files can be written there.",))

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """One more file with these rows."""
        self._ready()
        text = lead_table(rows)
        self._write(self._folder / f"leads-{self._clock():%Y%m%dT%H%M%S%fZ}-{digest(text)}.csv", text)
        return [Sent(Outcome.UPDATED if row.remote_id else Outcome.CREATED, row.external_id, TYPE) for row in rows]

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """A file for each."""
        self._ready()
        return [self._tell(event) for event in events]

    def _tell(self, event: OutgoingEvent) -> Sent:
        path = self._folder / CONVERSIONS / f"{event.key}.csv"
        known = path.exists()
        self._write(path, conversion_table(event))
        return Sent(Outcome.UPDATED if known else Outcome.CREATED, event.remote_id, TYPE)

    def _ready(self) -> None:
        """Raises:
        SetupError: there is no such folder. CredentialsError: we may not write there.
        """
        if not self._folder.is_dir():
            raise SetupError(f"There is no folder {self._folder}.", advice=f"Make it: mkdir -p {self._folder}")
        if not os.access(self._folder, os.W_OK | os.X_OK):
            advice = "Give it to the user that Leadline runs as."
            raise CredentialsError(f"We may not write to {self._folder}.", advice=advice)

    def _write(self, path: Path, text: str) -> None:
        """Whole and durable, or not at all.

        Raises:
            UnreachableError: it can't be written now (a full disk).
        """
        try:
            path.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError as error:
            raise UnreachableError(f"{path.name} could not be written: {error.strerror}.") from error
