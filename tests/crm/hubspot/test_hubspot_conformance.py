"""The conformance suite over the fake HubSpot."""

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.hubspot_harness import HubSpotHarness


class TestHubSpot(ConnectorConformance):
    """Conversions as notes."""

    def make(self) -> Harness:
        return HubSpotHarness()


class TestHubSpotEvents(ConnectorConformance):
    """Conversions as custom events."""

    def make(self) -> Harness:
        return HubSpotHarness("events")
