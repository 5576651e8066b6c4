"""The conformance suite over the fake Odoo."""

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.odoo_harness import OdooHarness


class TestOdoo(ConnectorConformance):
    """JSON-2."""

    def make(self) -> Harness:
        return OdooHarness()
