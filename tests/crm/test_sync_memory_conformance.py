"""The conformance suite over the CRM in memory: of both sorts, refusing whole batches and single rows."""

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.memory import MemoryHarness


class TestACRMThatRefusesBatches(ConnectorConformance):
    """One bad row fails all of its batch (HubSpot, Odoo)."""

    def make(self) -> Harness:
        return MemoryHarness(whole=True)


class TestACRMThatAnswersEachRow(ConnectorConformance):
    """Each row has an answer of its own (Salesforce)."""

    def make(self) -> Harness:
        return MemoryHarness(whole=False)
