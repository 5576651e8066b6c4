"""The connector: leads are `crm.lead` records, made and written by `load`, many in one call.

Made by external id (`leadline.LEAD`), so that a call that is repeated, or made twice at once, makes one record; written
by number, so that one that was deleted stays deleted. A lead that a note of ours knows is never made again (notes.py).
"""

from collections.abc import Iterable, Mapping, Sequence

from leadline.crm.connector import Opening
from leadline.crm.connectors.odoo import notes
from leadline.crm.connectors.odoo.about import about, describe, make
from leadline.crm.connectors.odoo.calls import OdooAPI
from leadline.crm.connectors.odoo.records import Records
from leadline.crm.connectors.odoo.writing import Line, Writer, first
from leadline.crm.errors import RejectedError, RemoteTransientError
from leadline.crm.records import (
    About,
    Outcome,
    Outgoing,
    OutgoingEvent,
    Page,
    RemoteField,
    RemoteRecord,
    Sent,
)

LEAD = "crm.lead"


class OdooConnector:
    """One database of Odoo, as the user whose key we have."""

    def __init__(self, opening: Opening) -> None:
        self._api = OdooAPI(opening)
        self._records = Records(self._api, LEAD)
        self._writer = Writer(self._api, self._records, LEAD)

    def check(self) -> About:
        """Sign in and say who we are."""
        return about(self._api, LEAD)

    def fields(self) -> Sequence[RemoteField]:
        """The fields of a lead that hold one value, or names."""
        return describe(self._api, LEAD)

    def make_field(self, field: RemoteField) -> None:
        """Make a field, and show it on the form's page "Leadline". Takes an administrator's key."""
        make(self._api, LEAD, field)
        self._records.forget()

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Write rows: those of one kind in one call."""
        answers: dict[int, Sent] = {}
        for group in _groups(rows):
            try:
                answers |= self._sent({at: rows[at] for at in group})
            except (RemoteTransientError, RejectedError) as error:
                if not answers:
                    raise
                answers |= dict.fromkeys(group, Sent(Outcome.LATER, code=error.vendor_code, message=error.message))
        return [answers[at] for at in range(len(rows))]

    def _sent(self, rows: Mapping[int, Outgoing]) -> Mapping[int, Sent]:
        columns = tuple(sorted(first(rows).values))
        kinds = self._records.kinds(columns)
        lines = {at: Line.of(row, columns, kinds) for at, row in rows.items()}
        if first(rows).remote_id:
            return self._writer.write(lines, columns)
        return self._writer.create(lines, columns)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Records by number; those that were merged away say into which."""
        return self._records.read(remote_ids, fields)

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What was written since; of a merge, the survivor. Odoo does not tell what was deleted: `read` does."""
        return self._records.changes(cursor, fields)

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """A note at the lead, under the conversion's key."""
        told = self._records.notes([event.key for event in events])
        answers = {
            at: Sent(Outcome.UPDATED, str(told[event.key]), LEAD)
            for at, event in enumerate(events)
            if event.key in told
        }
        new = {
            at: Line(event.key, event.remote_id, (), notes.words(event))
            for at, event in enumerate(events)
            if at not in answers
        }
        answers |= self._writer.tell(new) if new else {}
        return [answers[at] for at in range(len(events))]

    def erase(self, remote_id: str, remote_type: str) -> None:  # noqa: ARG002  # of the protocol
        """Delete a lead with its notes."""
        self._api.call(LEAD, "unlink", ids=[int(remote_id)])

    def address(self, remote_id: str, remote_type: str) -> str:
        """The form of the record."""
        return f"{self._api.url}/odoo/{remote_type or LEAD}/{remote_id}"

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def _groups(rows: Sequence[Outgoing]) -> Iterable[list[int]]:
    """Rows that go into one call: all new or all known, with the same fields; no record twice in one."""
    groups: dict[tuple[bool, tuple[str, ...], int], list[int]] = {}
    seen: dict[str, int] = {}
    for at, row in enumerate(rows):
        times = seen[row.external_id] = seen.get(row.external_id, -1) + 1
        groups.setdefault((bool(row.remote_id), tuple(sorted(row.values)), times), []).append(at)
    return groups.values()


__all__ = ["LEAD", "OdooConnector"]
