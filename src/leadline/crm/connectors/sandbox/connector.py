"""The connector of the sandbox CRM: calls that never leave the machine."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from leadline.crm.connector import Opening
from leadline.crm.connectors.sandbox import records
from leadline.crm.connectors.sandbox.words import FIELDS
from leadline.crm.errors import SetupError
from leadline.crm.models import Connection, SandboxRecord
from leadline.crm.records import About, Outgoing, OutgoingEvent, Page, RemoteField, RemoteRecord, Sent
from leadline.kernel.clock import from_micros, to_micros

OBJECT = "record"
PAGE_PATH = "/crm/sandbox"
PAGE = 500
OVERLAP = timedelta(seconds=2)
"""A change that was begun earlier may be committed later: so much is told again."""


class SandboxConnector:
    """One sandbox."""

    def __init__(self, opening: Opening) -> None:
        self._name, self._clock = opening.settings.get("connection", ""), opening.clock
        self._found: Connection | None = None

    def check(self) -> About:
        """How many records there are."""
        count = SandboxRecord.objects.filter(connection=self._connection, deleted_at=None).count()
        return About("Sandbox CRM", "1", self._name, "Leadline", (f"It has {count} records; they are worked here.",))

    def fields(self) -> Sequence[RemoteField]:
        """What a record has room for."""
        return FIELDS

    def make_field(self, field: RemoteField) -> None:
        """
        Raises:
            SetupError: it has the fields that it has.
        """
        raise SetupError(
            f"The sandbox CRM has no field {field.name!r}, and none can be made.",
            advice=f"It has: {', '.join(each.name for each in FIELDS)}.",
        )

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Upsert."""
        return [records.write(self._connection, row, self._clock()) for row in rows]

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Records by id."""
        wanted = [each for each in remote_ids if each.isdecimal()]
        rows = SandboxRecord.objects.filter(connection=self._connection, pk__in=wanted)
        found = {str(row.pk): records.as_remote(row, fields) for row in rows}
        return [found.get(each) or self._gone(each) for each in remote_ids]

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What changed, in the order of time."""
        if not cursor:
            return Page((), f"{to_micros(self._clock())}|0")
        since, last = _place(cursor)
        rows = SandboxRecord.objects.filter(connection=self._connection)
        later = rows.filter(Q(updated_at__gt=since) | Q(updated_at=since, pk__gt=last)).order_by("updated_at", "pk")
        some = list(later[: PAGE + 1])
        told = tuple(records.as_remote(row, fields) for row in some[:PAGE])
        if len(some) > PAGE:
            return Page(told, f"{to_micros(some[PAGE - 1].updated_at)}|{some[PAGE - 1].pk}", more=True)
        newest = max(since, some[-1].updated_at - OVERLAP) if some else since
        return Page(told, f"{to_micros(newest)}|0")

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """Conversions, on the record."""
        return [records.note(self._connection, event) for event in events]

    def erase(self, remote_id: str, remote_type: str) -> None:  # noqa: ARG002  # of the protocol
        """Delete a record for good."""
        SandboxRecord.objects.filter(connection=self._connection, pk=int(remote_id)).delete()

    def address(self, remote_id: str, remote_type: str) -> str:  # noqa: ARG002  # the signature of a connector
        """The record on the sandbox's page."""
        return f"{PAGE_PATH}?connection={self._name}&record={remote_id}#record-{remote_id}"

    def close(self) -> None:
        """Nothing to let go."""

    @property
    def _connection(self) -> Connection:
        """
        Raises:
            SetupError: the connection was removed.
        """
        if self._found is None:
            self._found = Connection.objects.filter(name=self._name).first()
        if self._found is None:
            raise SetupError(f"There is no connection {self._name!r}.", advice="Make it again.")
        return self._found

    def _gone(self, remote_id: str) -> RemoteRecord:
        return RemoteRecord(remote_id, OBJECT, self._clock(), gone=True)


def _place(cursor: str) -> tuple[datetime, int]:
    micros, _, last = cursor.partition("|")
    return from_micros(int(micros)), int(last or 0)
