"""The connector: leads are Lead records, upserted by our own name of them, and contacts once sales converted them.

What is known by id is written by id, so that one that was deleted stays deleted, and one that was merged or converted
is followed.
"""

from collections.abc import Sequence

from leadline.crm.connector import Opening
from leadline.crm.connectors.salesforce.about import about, describe
from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.connectors.salesforce.cursor import Cursor
from leadline.crm.connectors.salesforce.deals import Deals
from leadline.crm.connectors.salesforce.making import Maker
from leadline.crm.connectors.salesforce.names import type_of
from leadline.crm.connectors.salesforce.objects import Objects
from leadline.crm.connectors.salesforce.reading import Reader
from leadline.crm.connectors.salesforce.telling import tell
from leadline.crm.connectors.salesforce.writing import Writer
from leadline.crm.records import About, Outgoing, OutgoingEvent, Page, RemoteField, RemoteRecord, Sent


class SalesforceConnector:
    """One org, as the user that we sign in as.

    Raises:
        SetupError: the settings can't be right.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = SalesforceAPI(opening)
        self._objects = Objects(self._api)
        currency, reason = opening.settings.get("currency", ""), opening.settings.get("lost_reason", "")
        deals = Deals(self._api, self._objects, currency.strip().upper(), reason.strip())
        self._reader = Reader(self._api, self._objects, deals)
        self._writer = Writer(self._api, self._objects)
        self._maker = Maker(self._api, self._objects)

    def check(self) -> About:
        """Sign in anew and say who we are, and what is not there yet."""
        return about(self._api, self._objects)

    def fields(self) -> Sequence[RemoteField]:
        """The fields of a lead that hold one value."""
        return describe(self._objects)

    def make_field(self, field: RemoteField) -> None:
        """Make a field on leads and contacts. Takes a user who may customise the org."""
        self._maker.make(field)

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Write rows, by Bulk API 2.0 when there are more than 2,000."""
        return self._writer.send(rows)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Records by id; a converted lead with its contact."""
        return self._reader.read(remote_ids, fields)

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What changed since, deleted, merged and converted records and changed deals included."""
        if not cursor:
            self._api.versions()
            return Page((), Cursor.beginning(self._api.date).text)
        return self._reader.changes(cursor, fields)

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """A record of Leadline_Conversion__c for each, by its key."""
        return tell(self._api, self._objects, events)

    def erase(self, remote_id: str, remote_type: str) -> None:
        """Delete a record. Salesforce keeps it in the recycle bin for 15 days."""
        self._api.call("DELETE", f"sobjects/{remote_type or type_of(remote_id)}/{remote_id}")

    def address(self, remote_id: str, remote_type: str) -> str:
        """The page of the record."""
        return f"{self._api.url}/lightning/r/{remote_type or type_of(remote_id)}/{remote_id}/view"

    def close(self) -> None:
        """Let connections go."""
        self._api.close()
