"""Rows on their way into `load`: created with their note, or written by number; what is gone is looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from leadline.crm.connectors.odoo import notes
from leadline.crm.connectors.odoo.calls import OdooAPI
from leadline.crm.connectors.odoo.loading import NUMBER, read_answer
from leadline.crm.connectors.odoo.records import Records
from leadline.crm.connectors.odoo.values import Kind, to_odoo
from leadline.crm.records import Outcome, Outgoing, Sent

CONTEXT = {
    "tz": "UTC",  # `load` takes moments to be of the user's time zone
    "active_test": False,  # lost records are archived
    "mail_create_nosubscribe": True,  # the key's user does not follow every lead
    "name_create_enabled_fields": {"tag_ids": True},  # tags are made by being named
}
OWNER = "user_id"
"""Odoo gives a new lead to whoever makes it: to the key's user, unless the mapping says to whom."""
Row = TypeVar("Row")
Lines = Mapping[int, "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a `load`.

    Attributes:
        name: the external id of a lead, or the key of a conversion: its note goes by it.
        number: of the record; empty when it is not known.
        cells: the fields' values. note: the words of the note that is written with it.
    """

    name: str
    number: str
    cells: tuple[str, ...]
    note: str = notes.ARRIVED

    @classmethod
    def of(cls, row: Outgoing, columns: Sequence[str], kinds: Mapping[str, Kind]) -> "Line":
        """A row as it is sent."""
        return cls(row.external_id, row.remote_id, tuple(to_odoo(row.values[name], kinds[name]) for name in columns))


class Writer:
    """Writes lines, and answers for each by its number in the batch."""

    def __init__(self, api: OdooAPI, records: Records, model: str) -> None:
        self._api, self._records, self._model = api, records, model

    def create(self, lines: Lines, columns: tuple[str, ...]) -> dict[int, Sent]:
        """Make records that no note knows; write those that are there already.

        Odoo refuses a second note to whoever made the first in the meantime: who was refused is looked for again.
        """
        answers = self._known(lines, columns)
        new = {at: line for at, line in lines.items() if at not in answers}
        if new:
            unowned = () if OWNER in columns else (OWNER,)
            header = ("id", *columns, *unowned, *notes.COLUMNS)
            answers |= self._load(header, {at: self._made(line, unowned) for at, line in new.items()}, Outcome.CREATED)
        refused = {at: lines[at] for at, sent in answers.items() if at in new and sent.outcome is Outcome.REFUSED}
        return answers | (self._known(refused, columns) if refused else {})

    def write(self, lines: Lines, columns: tuple[str, ...]) -> dict[int, Sent]:
        """Write records by their number."""
        rows = {at: [line.number, *line.cells] for at, line in lines.items()}
        answers = self._load((NUMBER, *columns), rows, Outcome.UPDATED)
        gone = {at: lines[at] for at, sent in answers.items() if sent.outcome is Outcome.GONE}
        return answers | (self._found(gone, self._records.notes([line.name for line in gone.values()])) if gone else {})

    def tell(self, lines: Lines) -> dict[int, Sent]:
        """Write notes at records."""
        rows = {at: [line.number, *self._note(line)] for at, line in lines.items()}
        answers = self._load((NUMBER, *notes.COLUMNS), rows, Outcome.CREATED)
        gone = {at: lines[at] for at, sent in answers.items() if sent.outcome is Outcome.GONE}
        refused = {at: lines[at] for at, sent in answers.items() if sent.outcome is Outcome.REFUSED}
        told = self._records.notes([line.name for line in refused.values()]) if refused else {}
        meanwhile = {at: line for at, line in refused.items() if line.name in told}
        return (
            answers
            | {at: Sent(Outcome.UPDATED, str(told[line.name]), self._model) for at, line in meanwhile.items()}
            | (self._found(gone, {}) if gone else {})
        )

    def _known(self, lines: Lines, columns: tuple[str, ...]) -> dict[int, Sent]:
        """Lines whose note is there: written when it is at their own record, else moved."""
        places = self._records.notes([line.name for line in lines.values()])
        there = {at: line for at, line in lines.items() if line.name in places}
        if not there:
            return {}
        owners = self._records.external_ids(places.values())
        own = {
            at: replace(line, number=str(places[line.name]))
            for at, line in there.items()
            if owners.get(places[line.name]) == line.name
        }
        moved = {at: self._moved(places[line.name]) for at, line in there.items() if at not in own}
        return moved | (self.write(own, columns) if own else {})

    def _found(self, gone: Lines, places: Mapping[str, int]) -> dict[int, Sent]:
        """Where records went: by the lead's note, else by Odoo's own ones."""
        lost = [line.number for line in gone.values() if line.name not in places]
        others = self._records.whereabouts(lost)
        found = {at: places.get(line.name) or others.get(line.number) for at, line in gone.items()}
        return {at: self._moved(number) if number else Sent(Outcome.GONE) for at, number in found.items()}

    def _load(self, header: Sequence[str], rows: Mapping[int, list[str]], outcome: Outcome) -> dict[int, Sent]:
        """Load rows; those that are refused are taken out, and the others loaded without them."""
        answers: dict[int, Sent] = {}
        left = dict(rows)
        while left:
            order = list(left)
            loaded = read_answer(
                self._api.call(self._model, "load", fields=header, data=list(left.values()), context=CONTEXT)
            )
            if loaded.ids is not None:
                return answers | {
                    at: Sent(outcome, str(number), self._model) for at, number in zip(order, loaded.ids, strict=True)
                }
            if loaded.busy:
                return answers | dict.fromkeys(order, Sent(Outcome.LATER, code="busy", message=loaded.busy))
            for place, refusal in loaded.refused.items():
                answers[order[place]] = Sent(Outcome.GONE) if refusal.unknown else refusal.sent
                del left[order[place]]
        return answers

    def _made(self, line: Line, unowned: tuple[str, ...]) -> list[str]:
        return [notes.external(line.name), *line.cells, *("" for _ in unowned), *self._note(line)]

    def _note(self, line: Line) -> list[str]:
        return notes.cells(line.name, line.note, self._model)

    def _moved(self, number: int) -> Sent:
        return Sent(Outcome.MOVED, str(number), self._model)


def first(rows: Mapping[int, Row]) -> Row:
    """Any of them: what is the same for all."""
    return next(iter(rows.values()))
