"""A connector on a fake Salesforce, for tests of one behaviour each."""

from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.crm.connectors.salesforce import SalesforceConnector
from leadline.crm.records import Outgoing, Value
from leadline.crm.testing.salesforce_harness import SalesforceHarness

NAMES = ("LastName", "Company", "Email", "Leadline_Score__c")
MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


class Desk:
    """One org, one connector."""

    def __init__(self, **settings: str) -> None:
        self.harness = SalesforceHarness()
        self.harness.settings = {**self.harness.settings, **settings}
        self.server, self.org, self.clock = self.harness.server, self.harness.org, self.harness.clock
        self.connector = self.open()

    def open(self) -> SalesforceConnector:
        connector = self.harness.open()
        assert isinstance(connector, SalesforceConnector)
        return connector

    def row(self, number: int, remote_id: str = "", **values: Value) -> Outgoing:
        """Lead `number`; a new one has all that it needs."""
        fixed: Mapping[str, Value] = (
            {} if remote_id else {"LastName": f"Ada {number}", "Company": "Works", "Email": f"ada{number}@example.com"}
        )
        return Outgoing(f"ll-{number:032x}", {**fixed, **values}, remote_id)

    def made(self, number: int = 1, **values: Value) -> str:
        """Send a new lead. Returns its id."""
        (sent,) = self.connector.send([self.row(number, **values)])
        return sent.remote_id

    def lead(self, remote_id: str) -> dict[str, object]:
        return self.org.rows["Lead"][remote_id]

    def calls_of(self, before: int) -> int:
        return self.server.calls - before
