"""What the org says of its objects: asked once for each while a connector is open."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.errors import RejectedError, SetupError

Fields = Mapping[str, Mapping[str, Any]]


class Objects:
    """Describes, kept."""

    def __init__(self, api: SalesforceAPI) -> None:
        self._api = api
        self._known: dict[str, dict[str, Any] | None] = {}

    def describe(self, name: str) -> Mapping[str, Any] | None:
        """What an object is; None when there is none of that name, or none that we may see."""
        if name not in self._known:
            try:
                self._known[name] = self._api.json("GET", f"sobjects/{name}/describe")
            except (RejectedError, SetupError) as error:
                if error.vendor_code not in ("NOT_FOUND", "INVALID_TYPE", "404"):
                    raise
                self._known[name] = None
        return self._known[name]

    def fields(self, name: str) -> Fields:
        """{field: what it is}; empty when there is no such object."""
        described = self.describe(name)
        return {} if described is None else {field["name"]: field for field in described["fields"]}

    def first(self, name: str, fields: Iterable[str]) -> str:
        """The first of these fields that the object has; empty when it has none."""
        there = self.fields(name)
        return next((field for field in fields if field in there), "")

    def forget(self) -> None:
        """Fields were made: ask again."""
        self._known.clear()
