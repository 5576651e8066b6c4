"""The half of the connector interface that what only takes leads has no use for: it tells nothing back."""

from collections.abc import Sequence

from leadline.crm.connector import Connector
from leadline.crm.records import Page, RemoteField, RemoteRecord


class OneWay(Connector):
    """A connector that can not read. What is left to each kind: `check`, `send` and `tell`."""

    def fields(self) -> Sequence[RemoteField]:
        """It takes whatever fields the mapping names, and does not say which."""
        return ()

    def make_field(self, field: RemoteField) -> None:
        """Nothing has to be made."""

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """It can't be asked."""
        del remote_ids, fields
        return ()

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """Nothing comes back."""
        del fields
        return Page((), cursor)

    def address(self, remote_id: str, remote_type: str) -> str:
        """Nowhere."""
        del remote_id, remote_type
        return ""

    def close(self) -> None:
        """Nothing is open."""
