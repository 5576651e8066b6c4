"""What changed in Pipedrive: persons of ours that were written or deleted, and deals of theirs."""

from collections.abc import Sequence

from leadline.crm.connectors.pipedrive.calls import MOST, PipedriveAPI, Row
from leadline.crm.connectors.pipedrive.cursor import Cursor, Feed
from leadline.crm.connectors.pipedrive.deals import PATH as DEALS
from leadline.crm.connectors.pipedrive.fields import Fields
from leadline.crm.connectors.pipedrive.persons import COUNTS, Persons
from leadline.crm.connectors.pipedrive.persons import PATH as PERSONS
from leadline.crm.connectors.pipedrive.reading import Reader
from leadline.crm.connectors.pipedrive.values import iso
from leadline.crm.errors import CredentialsError, RejectedError
from leadline.crm.records import Page, RemoteRecord

ALL_DEALS = "open,won,lost,deleted"


class Changes:
    """Reads the feeds one after the other, a page at a time."""

    def __init__(self, api: PipedriveAPI, fields: Fields, persons: Persons, reader: Reader) -> None:
        self._api, self._fields, self._persons, self._reader = api, fields, persons, reader

    def page(self, text: str, names: Sequence[str]) -> Page:
        """The next page that has anything of ours on it, or the end of the pass."""
        cursor = Cursor.read(text)
        while True:
            records, cursor = self._fed(cursor, names)
            if records or cursor.is_between:
                return Page(tuple(records), cursor.text, more=not cursor.is_between)

    def _fed(self, cursor: Cursor, names: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        return self._of_persons(cursor, names) if cursor.feed is Feed.PERSONS else self._of_deals(cursor, names)

    def _of_persons(self, cursor: Cursor, names: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        if not self._fields.has_key:
            return [], cursor.met(self._api.date).after("")
        rows, after = self._asked(PERSONS, cursor, include_fields=COUNTS, **self._fields.query(names))
        ours = [row for row in rows if self._fields.name_of(row)]
        return self._reader.records(ours, names), cursor.met(self._api.date).after(after)

    def _of_deals(self, cursor: Cursor, names: Sequence[str]) -> tuple[list[RemoteRecord], Cursor]:
        """The persons of deals that changed, as far as they are ours. A token that sees no deals is told of none."""
        try:
            rows, after = self._asked(DEALS, cursor, status=ALL_DEALS)
        except CredentialsError:
            return [], cursor.after("")
        people = [str(row["person_id"]) for row in rows if row.get("person_id")]
        found = self._persons.standing(people, names).values() if people else ()
        ours = [row for row in found if row and not row.get("is_deleted") and self._fields.name_of(row)]
        return self._reader.records(ours, names), cursor.after(after)

    def _asked(self, path: str, cursor: Cursor, **more: str) -> tuple[list[Row], str]:
        """A page of a feed. A cursor that Pipedrive does not know any more begins the feed again."""
        asked = {"updated_since": iso(cursor.since), "sort_by": "id", "sort_direction": "asc", "limit": MOST, **more}
        if not cursor.page:
            return self._api.page(path, asked)
        try:
            return self._api.page(path, {**asked, "cursor": cursor.page})
        except RejectedError:
            return self._api.page(path, asked)
