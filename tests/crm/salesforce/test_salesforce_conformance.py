"""The conformance suite over the fake Salesforce."""

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.salesforce_harness import SalesforceHarness


class TestSalesforce(ConnectorConformance):
    """By calls of 200 rows; the backfill by Bulk API 2.0."""

    def make(self) -> Harness:
        return SalesforceHarness()
