"""What changed in HubSpot: contacts of ours that were written or merged, deals of theirs, contacts in the bin."""

from collections.abc import Sequence
from typing import Any

from leadline.crm.connectors.hubspot.calls import CONTACTS, DEALS, VERSION, HubSpotAPI, Row, rows_of
from leadline.crm.connectors.hubspot.cursor import Cursor, Feed
from leadline.crm.connectors.hubspot.properties import Properties
from leadline.crm.connectors.hubspot.reading import ALWAYS, CONTACT, Reader
from leadline.crm.connectors.hubspot.values import KEY, milliseconds, moment_of
from leadline.crm.errors import CredentialsError
from leadline.crm.records import Page, RemoteRecord

MARKS = (KEY, "hs_merged_object_ids", "hs_calculated_merged_vids")
"""A contact is looked at that has one of these: it is ours, or took another one's place."""
PAGE = 100


class Changes:
    """Reads the feeds one after the other, a page at a time."""

    def __init__(self, api: HubSpotAPI, properties: Properties, reader: Reader) -> None:
        self._api, self._properties, self._reader = api, properties, reader

    def page(self, text: str, fields: Sequence[str]) -> Page:
        """The next page that has anything on it, or the end of the pass."""
        cursor = Cursor.read(text)
        while True:
            records, cursor = self._fed(cursor, fields)
            if records or cursor.is_between:
                return Page(tuple(records), cursor.text, more=not cursor.is_between)

    def _fed(self, cursor: Cursor, fields: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        if cursor.feed is Feed.CONTACTS:
            return self._contacts(cursor, fields)
        return self._deals(cursor, fields) if cursor.feed is Feed.DEALS else self._archived(cursor)

    def _contacts(self, cursor: Cursor, fields: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        marks = [mark for mark in MARKS if mark in self._properties.rows]
        if KEY not in marks:
            return [], cursor.met(self._api.date).after("")
        changed = _changed("lastmodifieddate", cursor)
        groups = [{"filters": [{"propertyName": mark, "operator": "HAS_PROPERTY"}, *changed]} for mark in marks]
        rows = self._search(CONTACTS, groups, (*ALWAYS, *fields))
        cursor = cursor.met(self._api.date)
        return self._reader.records(rows, fields), cursor.after(_last(rows))

    def _deals(self, cursor: Cursor, fields: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        """The contacts of deals that changed, as far as they are ours. A key that may not see deals is told of none."""
        groups = [{"filters": _changed("hs_lastmodifieddate", cursor)}]
        try:
            rows = self._search(DEALS, groups, ("dealstage",))
            contacts = self._reader.deals.contacts([str(row["id"]) for row in rows])
        except CredentialsError:
            return [], cursor.after("")
        found = self._api.read(CONTACTS, contacts, (*ALWAYS, *fields)) if contacts else []
        ours = [row for row in found if row["properties"].get(KEY)]
        return self._reader.records(ours, fields), cursor.after(_last(rows))

    def _search(self, kind: str, groups: list[Any], properties: Sequence[str]) -> list[Row]:
        body = {
            "filterGroups": groups,
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": list(dict.fromkeys(properties)),
            "limit": PAGE,
        }
        return rows_of(self._api.objects(kind, "search", body))

    def _archived(self, cursor: Cursor) -> tuple[list[RemoteRecord], Cursor]:
        """A page of the bin: those that were put there since it was last gone through."""
        params = {
            "archived": "true",
            "limit": PAGE,
            "properties": KEY,
            **({"after": cursor.last} if cursor.last else {}),
        }
        answer = self._api.call("GET", f"/crm/objects/{VERSION}/{CONTACTS}", params=params)
        rows = [row for row in rows_of(answer) if _is_lost(row, cursor)]
        after = ((answer.get("paging") or {}).get("next") or {}).get("after") or ""
        return [_gone(row) for row in rows], cursor.after(str(after))


def _changed(stamp: str, cursor: Cursor) -> list[Row]:
    """Filters: written since, with an id above the last one."""
    since = {"propertyName": stamp, "operator": "GTE", "value": str(milliseconds(cursor.since))}
    above = {"propertyName": "hs_object_id", "operator": "GT", "value": cursor.last}
    return [since, above] if cursor.last else [since]


def _last(rows: Sequence[Row]) -> str:
    """Where the next page begins; empty when this was the last one."""
    return str(rows[-1]["id"]) if len(rows) == PAGE else ""


def _is_lost(row: Row, cursor: Cursor) -> bool:
    """Whether it was archived lately, as far as HubSpot says when."""
    when = row.get("archivedAt")
    return bool((row.get("properties") or {}).get(KEY)) and (not when or moment_of(when) >= cursor.emptied)


def _gone(row: Row) -> RemoteRecord:
    when = moment_of(row.get("archivedAt") or row["updatedAt"])
    return RemoteRecord(str(row["id"]), CONTACT, when, row["properties"][KEY], gone=True)
