"""The properties of contacts: what HubSpot has, and those that Leadline makes in a group of its own."""

from collections.abc import Mapping

from leadline.crm.connectors.hubspot.calls import CONFLICT, CONTACTS, VERSION, HubSpotAPI, Row, rows_of
from leadline.crm.connectors.hubspot.values import GROUP, KEY, definition, field_of
from leadline.crm.errors import RejectedError, SetupError
from leadline.crm.records import FieldType, RemoteField

PATH = f"/crm/properties/{VERSION}/{CONTACTS}"
THE_KEY = RemoteField(KEY, "Leadline ID", FieldType.TEXT, unique=True, ours=True)
NOT_UNIQUE = "Delete the property in HubSpot (uniqueness can't be added to one), then make Leadline's fields again."
NOT_MADE = "Change the field in the mapping, or make the property in HubSpot."


class Properties:
    """What is known of the account's properties, asked for once."""

    def __init__(self, api: HubSpotAPI) -> None:
        self._api = api
        self._rows: Mapping[str, Row] | None = None

    @property
    def rows(self) -> Mapping[str, Row]:
        """{name: property as HubSpot describes it}."""
        if self._rows is None:
            listed = rows_of(self._api.call("GET", PATH))
            self._rows = {row["name"]: row for row in listed if not row.get("archived")}
        return self._rows

    @property
    def has_key(self) -> bool:
        """Whether our contacts can be told from others."""
        return KEY in self.rows

    def type_of(self, name: str) -> str:
        """HubSpot's type of a property."""
        return str(self.rows.get(name, {}).get("type", "string"))

    def steps(self, name: str) -> list[str]:
        """The values of a choice in their order."""
        options = self.rows.get(name, {}).get("options") or []
        return [each["value"] for each in sorted(options, key=lambda each: each.get("displayOrder") or 0)]

    def described(self) -> list[RemoteField]:
        """Those that a mapping may name, in order of their labels."""
        found = [field for row in self.rows.values() if not row.get("hidden") and (field := field_of(row)) is not None]
        return sorted(found, key=lambda field: (field.label.lower(), field.name))

    def need_key(self) -> None:
        """Make the property that contacts are upserted by, unless it is there.

        Raises:
            SetupError: it is there, and two contacts may have the same value.
        """
        if not self.has_key:
            self._create(THE_KEY)
        if not self.rows[KEY].get("hasUniqueValue"):
            raise SetupError(f"The property {KEY} of HubSpot does not ask for unique values.", advice=NOT_UNIQUE)

    def make(self, field: RemoteField) -> None:
        """Make a property, and the one that contacts are upserted by; nothing where they are there."""
        self.need_key()
        if field.name not in self.rows:
            self._create(field)

    def _create(self, field: RemoteField) -> None:
        self._unless_there(f"{PATH}/groups", {"name": GROUP, "label": "Leadline", "displayOrder": -1})
        self._unless_there(PATH, definition(field))
        self._rows = None

    def _unless_there(self, path: str, body: Row) -> None:
        try:
            self._api.call("POST", path, body)
        except RejectedError as error:
            if error.vendor_code == CONFLICT or "already exists" in error.message:
                return
            raise SetupError(error.message, advice=NOT_MADE, vendor_code=error.vendor_code) from error
