"""The connector: leads are contacts, upserted by a unique property of ours, and written by id once that is known."""

from collections.abc import Sequence

from leadline.crm.connector import Opening
from leadline.crm.connectors.hubspot.about import about, address
from leadline.crm.connectors.hubspot.calls import CONTACTS, HubSpotAPI
from leadline.crm.connectors.hubspot.changing import Changes
from leadline.crm.connectors.hubspot.cursor import Cursor
from leadline.crm.connectors.hubspot.properties import Properties
from leadline.crm.connectors.hubspot.reading import Reader
from leadline.crm.connectors.hubspot.telling import Teller
from leadline.crm.connectors.hubspot.writing import Writer
from leadline.crm.errors import SetupError
from leadline.crm.records import About, Outgoing, OutgoingEvent, Page, RemoteField, RemoteRecord, Sent

WAYS = {"same_email": ("link", "refuse"), "conversions": ("notes", "events")}


class HubSpotConnector:
    """One account, by its service key.

    Raises:
        SetupError: a setting can't be right.
    """

    def __init__(self, opening: Opening) -> None:
        way = {name: _chosen(opening, name) for name in WAYS}
        self._api = HubSpotAPI(opening)
        self._properties = Properties(self._api)
        self._reader = Reader(self._api, self._properties)
        self._writer = Writer(self._api, self._properties, self._reader, links=way["same_email"] == "link")
        self._teller = Teller(self._api, self._reader, as_events=way["conversions"] == "events")
        self._changes = Changes(self._api, self._properties, self._reader)

    def check(self) -> About:
        """Sign in and say who we are, and what is not there yet."""
        return about(self._api, self._properties)

    def fields(self) -> Sequence[RemoteField]:
        """The properties of a contact."""
        return self._properties.described()

    def make_field(self, field: RemoteField) -> None:
        """Make a property in the group Leadline, and the one that contacts are upserted by."""
        self._properties.make(field)

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Write rows: those without a contact in one call, the others in two."""
        return self._writer.send(rows)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Contacts by id; one that was merged comes as the survivor, and with where it went."""
        return self._reader.read(remote_ids, fields)

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What changed since: contacts of ours, merged and archived ones included, and their deals."""
        if not cursor:
            self._api.account()
            return Page((), Cursor.beginning(self._api.date).text)
        return self._changes.page(cursor, fields)

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """A note, or a custom event, for each."""
        return self._teller.tell(events)

    def erase(self, remote_id: str, remote_type: str) -> None:  # noqa: ARG002  # of the protocol
        """Delete a contact as GDPR asks for: its history goes, and it can't be restored."""
        self._api.objects(CONTACTS, "gdpr-delete", {"objectId": remote_id})

    def address(self, remote_id: str, remote_type: str) -> str:  # noqa: ARG002  # of the protocol
        """The page of the contact."""
        return address(self._api, remote_id)

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def _chosen(opening: Opening, name: str) -> str:
    ways = WAYS[name]
    chosen = opening.settings.get(name, "").strip() or ways[0]
    if chosen not in ways:
        raise SetupError(f"{name} can't be {chosen!r}.", advice=f"Use {' or '.join(ways)}.")
    return chosen
