"""What is read from Odoo: records with what surrounds them, in a few calls a page, never one a record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from leadline.crm.connectors.odoo import notes, reading
from leadline.crm.connectors.odoo.calls import OURS, OdooAPI
from leadline.crm.connectors.odoo.cursor import Cursor
from leadline.crm.connectors.odoo.reading import Around, Row
from leadline.crm.connectors.odoo.values import DESCRIBED, MOMENT, TYPES, Kind, kinds_of
from leadline.crm.errors import SetupError
from leadline.crm.records import Page, RemoteRecord
from leadline.kernel.clock import EPOCH

PAGE = 200
ALL = {"active_test": False}
NAMED_BY = {"res.users": "login", "res.country": "code"}
"""What a record that a field points to is known by, so that what is read is what is written; else its name."""


class Records:
    """Reads leads. What hardly ever changes (fields, logins, stages) is read once."""

    def __init__(self, api: OdooAPI, model: str) -> None:
        self._api, self._model = api, model
        self._kinds: dict[str, Kind] = {}
        self._names: dict[tuple[str, int], str] = {}
        self._first_stage: int | None = None

    def kinds(self, names: Iterable[str]) -> Mapping[str, Kind]:
        """What Odoo says of fields.

        Raises:
            SetupError: there is no such field, or none that holds a value.
        """
        if not self._kinds:
            self._kinds = kinds_of(self._api.call(self._model, "fields_get", attributes=DESCRIBED))
        for name in names:
            if name not in self._kinds or self._kinds[name].type not in TYPES:
                raise SetupError(f"Odoo's leads have no field {name!r}.", advice=OURS)
        return self._kinds

    def forget(self) -> None:
        """Fields have changed."""
        self._kinds = {}

    def notes(self, names: Sequence[str]) -> dict[str, int]:
        """Where the notes of leads, or of conversions, are now; those that are nowhere are left out."""
        domain = [["message_id", "in", [notes.message_id(name) for name in names]], ["model", "=", self._model]]
        return notes.places(self._search(notes.MODEL, domain, ["message_id", "res_id"]))

    def whereabouts(self, numbers: Sequence[str]) -> dict[str, int]:
        """{number: of the record that it was merged into}, by Odoo's own notes."""
        if not numbers:
            return {}
        domain = notes.first_places(numbers, self._model)
        moved = notes.swallowed(self._search(notes.MODEL, domain, ["message_id", "res_id"]))
        return {number: survivor for survivor, lost in moved.items() for number in lost}

    def external_ids(self, numbers: Iterable[int]) -> dict[int, str]:
        """The leads' own external ids, by number; records that are not ours are left out."""
        found: dict[str, str] = self._api.call(self._model, "get_external_id", ids=list(numbers))
        ours = notes.external("")
        return {int(number): name.removeprefix(ours) for number, name in found.items() if name.startswith(ours)}

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> list[RemoteRecord]:
        """Records by number."""
        rows = self._rows([["id", "in", [int(each) for each in remote_ids]]], fields).json()
        found = {record.remote_id: record for record in self._records(rows, fields)}
        lost = [each for each in remote_ids if each not in found]
        survivors = self.whereabouts(lost)
        return [found.get(each) or self._lost(each, survivors.get(each)) for each in remote_ids]

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What was written since."""
        if not cursor:
            answer = self._api.answer(self._model, "search_count", domain=[["id", "=", 0]])
            return Page((), Cursor.beginning(_now(answer)).text)
        at = Cursor.read(cursor)
        domain = [["write_date", ">=", at.since.strftime(MOMENT)], ["id", ">", at.last]]
        answer = self._rows(domain, fields)
        rows = answer.json()
        records, at = tuple(self._records(rows, fields)), at.met(_now(answer))
        newest = max((record.updated_at for record in records), default=at.newest)
        if len(rows) < PAGE:
            return Page(records, at.finished(newest).text)
        return Page(records, at.after(rows[-1]["id"], newest).text, more=True)

    def _rows(self, domain: list[Any], fields: Sequence[str]) -> httpx.Response:
        wanted = list(dict.fromkeys([*reading.ALWAYS, *fields]))
        self.kinds(fields)
        limit = PAGE if domain[0][0] != "id" else None
        return self._api.answer(
            self._model, "search_read", domain=domain, fields=wanted, order="id", limit=limit, context=ALL
        )

    def _records(self, rows: Sequence[Row], fields: Sequence[str]) -> list[RemoteRecord]:
        if not rows:
            return []
        numbers = [row["id"] for row in rows]
        domain = [["model", "=", self._model], ["res_id", "in", numbers], ["message_id", "like", "-openerp-"]]
        around = Around(
            self._model,
            self._kinds,
            self._names_of(rows, fields),
            self.external_ids(numbers),
            notes.swallowed(self._search(notes.MODEL, domain, ["message_id", "res_id"])),
            self._stage(),
        )
        return [reading.record_of(row, tuple(fields), around) for row in rows]

    def _lost(self, number: str, survivor: int | None) -> RemoteRecord:
        merged = "" if survivor is None else str(survivor)
        return RemoteRecord(number, self._model, EPOCH, gone=not merged, merged_into=merged)

    def _names_of(self, rows: Sequence[Row], fields: Sequence[str]) -> Mapping[tuple[str, int], str]:
        """Names of what the rows point to, as far as their own answer does not have them."""
        wanted: dict[str, set[int]] = {}
        for field in dict.fromkeys(["user_id", *fields]):
            kind = self._kinds[field]
            if kind.type == "many2one" and kind.relation in NAMED_BY:
                wanted.setdefault(kind.relation, set()).update(row[field][0] for row in rows if row[field])
            elif kind.type == "many2many":
                wanted.setdefault(kind.relation, set()).update(each for row in rows for each in row[field])
        for model, numbers in wanted.items():
            self._learn(model, [each for each in numbers if (model, each) not in self._names])
        return self._names

    def _learn(self, model: str, numbers: Sequence[int]) -> None:
        if numbers:
            by = NAMED_BY.get(model, "display_name")
            found = self._search(model, [["id", "in", list(numbers)]], [by])
            self._names |= {(model, row["id"]): str(row[by]) for row in found if row[by]}

    def _stage(self) -> int:
        if self._first_stage is None:
            found = self._api.call("crm.stage", "search_read", domain=[], fields=["id"], order="sequence, id", limit=1)
            self._first_stage = found[0]["id"] if found else 0
        return self._first_stage

    def _search(self, model: str, domain: list[Any], fields: list[str]) -> list[Row]:
        rows: list[Row] = self._api.call(model, "search_read", domain=domain, fields=fields, context=ALL)
        return rows


def _now(answer: httpx.Response) -> datetime:
    """The time by Odoo's clock.

    Raises:
        SetupError: it does not say.
    """
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise SetupError(
            "Odoo's answers do not say what time it is.", advice="Let the proxy in front of it pass the header Date."
        ) from error
