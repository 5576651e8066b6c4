"""The connector: leads are persons, found by a field of ours until they are known, and written by id after that."""

from collections.abc import Sequence

from leadline.crm.connector import Opening
from leadline.crm.connectors.pipedrive.about import about
from leadline.crm.connectors.pipedrive.calls import V2, PipedriveAPI
from leadline.crm.connectors.pipedrive.changing import Changes
from leadline.crm.connectors.pipedrive.cursor import Cursor
from leadline.crm.connectors.pipedrive.fields import Fields
from leadline.crm.connectors.pipedrive.persons import Persons
from leadline.crm.connectors.pipedrive.reading import Reader
from leadline.crm.connectors.pipedrive.telling import Teller
from leadline.crm.connectors.pipedrive.writing import Writer
from leadline.crm.records import About, Outgoing, OutgoingEvent, Page, RemoteField, RemoteRecord, Sent


class PipedriveConnector:
    """One account, by a user's API token.

    Raises:
        SetupError: the domain or the token can't be right.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = PipedriveAPI(opening)
        self._fields = Fields(self._api)
        persons = Persons(self._api, self._fields)
        self._reader = Reader(self._api, self._fields, persons)
        self._writer = Writer(self._api, self._fields, persons)
        self._teller = Teller(self._api, persons)
        self._changes = Changes(self._api, self._fields, persons, self._reader)

    def check(self) -> About:
        """Sign in and say who we are, and what is not there yet."""
        return about(self._api, self._fields)

    def fields(self) -> Sequence[RemoteField]:
        """The fields of a person."""
        return self._fields.described()

    def make_field(self, field: RemoteField) -> None:
        """Make a custom field, and the one that our ids stand in."""
        self._fields.make(field)

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Write rows: a known person in one call, or two when its e-mail address or phone changes; a new one in two."""
        return self._writer.send(rows)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Persons by id; one that was merged comes with where it went, as far as that can be told."""
        return self._reader.read(remote_ids, fields)

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What changed since: persons of ours, deleted and merged ones included, and their deals."""
        if not cursor:
            self._api.me()
            return Page((), Cursor.beginning(self._api.date).text)
        return self._changes.page(cursor, fields)

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """A note for each."""
        return self._teller.tell(events)

    def erase(self, remote_id: str, remote_type: str) -> None:  # noqa: ARG002  # of the protocol
        """Delete a person. Pipedrive keeps what was deleted for 30 days."""
        self._api.call("DELETE", f"{V2}/persons/{remote_id}")

    def address(self, remote_id: str, remote_type: str) -> str:
        """The page of the person."""
        return f"https://{self._api.host}/{remote_type or 'person'}/{remote_id}"

    def close(self) -> None:
        """Let connections go."""
        self._api.close()
