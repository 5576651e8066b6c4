"""A person's records in a CRM taken away, or emptied of what tells who it is.

Each connector can empty a record: that is a write like any other. It is done before a record is deleted, too, since
several CRMs keep what was deleted in a bin. Those that implement `Erases` can delete one; of the others a person has to
delete it, and is told which.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

from leadline.crm.connector import Connector
from leadline.crm.models import Connection, Link
from leadline.crm.records import Outcome, Outgoing, RemoteField, Sent
from leadline.crm.runs import open_connector

ERASED, EMPTIED, GONE, KEPT, BY_HAND, LATER = "erased", "emptied", "gone", "kept", "by_hand", "later"
STANDS_FOR_A_NAME = "Erased"
Open = Callable[[Connection], Connector]


@runtime_checkable
class Erases(Protocol):
    """What a connector has that can delete records."""

    def erase(self, remote_id: str, remote_type: str) -> None:
        """Delete a record that is there, for good as far as the CRM lets us.

        Raises:
            CRMError: as `errors.py` says.
        """


@dataclass(frozen=True, slots=True)
class Remote:
    """A person's record in a CRM.

    Attributes:
        sent: what was last written to it, by its fields.
    """

    connection: int
    external_id: str
    remote_id: str
    remote_type: str
    sent: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, link: Link) -> "Remote":
        """Where a lead is, or was, in a CRM."""
        return cls(link.connection_id, link.external_id, link.remote_id, link.remote_type, link.sent or {})

    def as_json(self) -> dict[str, Any]:
        """For sealed keeping."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a record: erased, emptied, gone (it was not there), kept, by_hand (a person has to delete it), or
    later (the CRM could not be reached).

    Attributes:
        why: the CRM's code when it refused. Not its words, which may repeat what was sent to it.
    """

    crm: str
    record: str
    outcome: str
    why: str = ""


def take_away(connection: Connection, record: Remote, how: str, opened: Open = open_connector) -> Fate:
    """Delete or anonymise one record.

    Args:
        how: "delete", "anonymise" or "keep".

    Raises:
        CRMError: the CRM can't be reached, or refuses to talk to us.
    """
    told = connection.name, record.remote_id or record.external_id
    if how == "keep":
        return Fate(*told, KEPT)
    with closing(opened(connection)) as connector:
        there = next(iter(connector.read([record.remote_id], ())), None) if record.remote_id else None
        if there is not None and there.gone:
            return Fate(*told, GONE)
        if there is not None and there.merged_into:
            return Fate(*told, BY_HAND, "merged")
        fate = _fate(told, connector.send([emptied(record, connector.fields())])[0])
        if how == "anonymise" or fate.outcome in {GONE, LATER}:
            return fate
        if not isinstance(connector, Erases):
            return Fate(*told, BY_HAND, "cannot_delete")
        connector.erase(record.remote_id, record.remote_type)
        return Fate(*told, ERASED)


def emptied(record: Remote, fields: Sequence[RemoteField]) -> Outgoing:
    """A write that empties every field that we wrote; of what must not be empty, a text that names nobody."""
    required = {each.name for each in fields if each.required}
    values = {name: STANDS_FOR_A_NAME if name in required else None for name in record.sent}
    return Outgoing(record.external_id, values, record.remote_id, record.remote_type, whole=values)


def _fate(told: tuple[str, str], sent: Sent) -> Fate:
    if sent.outcome is Outcome.GONE:
        return Fate(*told, GONE)
    if sent.outcome is Outcome.LATER:
        return Fate(*told, LATER, sent.code)
    if sent.outcome in {Outcome.REFUSED, Outcome.MOVED}:
        return Fate(*told, BY_HAND, sent.code or sent.outcome.value)
    return Fate(*told, EMPTIED)
