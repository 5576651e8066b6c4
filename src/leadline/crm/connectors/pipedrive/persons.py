"""Persons as the API lists them: by id, by what changed, by what stands in them; and who took a lost one's place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leadline.crm.connectors.pipedrive.calls import (
    MOST_IDS,
    V2,
    PipedriveAPI,
    Row,
    pieces,
    row_of,
    unless_gone,
)
from leadline.crm.connectors.pipedrive.fields import Fields
from leadline.crm.connectors.pipedrive.refusals import NOT_THERE
from leadline.crm.connectors.pipedrive.values import addresses, iso, moment_of
from leadline.kernel.clock import EPOCH

PATH = "persons"
COUNTS = "open_deals_count,closed_deals_count"
MOST_PAGES = 20
"""Of persons that changed since a moment: 10,000. What lies behind is not looked for."""
MARGIN = timedelta(minutes=1)
"""A merge deletes one person and writes another; their moments are not the same."""


class Persons:
    """Reads persons."""

    def __init__(self, api: PipedriveAPI, fields: Fields) -> None:
        self._api, self._fields = api, fields

    def standing(self, ids: Sequence[str], names: Sequence[str] = ()) -> dict[str, Row | None]:
        """{id: the person}, deleted ones as long as Pipedrive has them; None for one that is not there.

        A list leaves out what is not there, and may leave out what is deleted: that is asked for alone.
        """
        wanted = [each for each in dict.fromkeys(ids) if each.isdigit()]
        found: dict[str, Row | None] = dict.fromkeys(ids)
        asked: dict[str, Any] = {"include_fields": COUNTS, **self._fields.query(names)}
        for some in pieces(wanted, MOST_IDS):
            rows = self._api.listed(PATH, ids=",".join(some), **asked)
            found |= {str(row["id"]): row for row in rows if str(row["id"]) in found}
        return found | {each: self.one(each) for each in wanted if found[each] is None}

    def one(self, number: str) -> Row | None:
        """A person, also a deleted one; None when it is not there."""
        path = f"{V2}/{PATH}/{number}"
        answer = unless_gone(lambda: self._api.patiently("GET", path, params={"include_fields": COUNTS}), NOT_THERE)
        return row_of(answer) if answer else None

    def changed(self, since: datetime) -> list[Row]:
        """Persons that stand, and were written since. Read from where they are kept: no index is behind."""
        asked = {"updated_since": iso(since), "sort_by": "id", "sort_direction": "asc", "include_fields": COUNTS}
        rows = self._api.listed(PATH, MOST_PAGES, **asked, **self._fields.query(()))
        return [row for row in rows if not row.get("is_deleted")]

    def named(self, name: str) -> list[Row]:
        """Persons that carry one of our ids, by the search, which may not know yet who was made just now.

        It does not mind small and capital letters: each that it finds is read, and compared exactly.
        """
        asked = {"term": name, "fields": "custom_fields", "exact_match": "true", "limit": MOST_IDS}
        found = (self._api.patiently("GET", f"{V2}/{PATH}/search", params=asked).get("data") or {}).get("items") or []
        ids = [str((each.get("item") or {}).get("id") or "") for each in found]
        rows = self.standing(ids).values() if ids else ()
        return [row for row in rows if row and not row.get("is_deleted") and self._fields.name_of(row) == name]

    def survivors(self, lost: Iterable[Row]) -> dict[str, str]:
        """{deleted person: the one that it was merged into}, as far as that can be told.

        Pipedrive does not say. The one that stays is written at that moment, takes over what it did not have (our id
        among it) and every e-mail address. So does nobody else, unless a duplicate is deleted by hand.
        """
        rows = list(lost)
        if not rows:
            return {}
        there = self.changed(min(_when(row) for row in rows) - MARGIN)
        found = {str(row["id"]): self._survivor(row, there) for row in rows}
        return {number: other for number, other in found.items() if other}

    def _survivor(self, row: Row, there: Sequence[Row]) -> str:
        later = [each for each in there if each["id"] != row["id"] and _when(each) >= _when(row) - MARGIN]
        name, emails = self._fields.name_of(row), addresses(row)
        ours = [each for each in later if name and self._fields.name_of(each) == name]
        alike = [each for each in later if emails and emails <= addresses(each)]
        return lowest(ours or alike)


def lowest(rows: Sequence[Mapping[str, object]]) -> str:
    """The lowest id; empty without any."""
    return str(min((int(str(row["id"])) for row in rows), default=""))


def _when(row: Row) -> datetime:
    return moment_of(row.get("update_time")) or moment_of(row.get("add_time")) or EPOCH
