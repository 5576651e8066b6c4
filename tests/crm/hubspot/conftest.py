"""A fake HubSpot, its parts, and a connector to it."""

import pytest

from leadline.crm.connector import Connector
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.hubspot_tables import Tables


@pytest.fixture
def harness() -> HubSpotHarness:
    return HubSpotHarness()


@pytest.fixture
def hubspot(harness: HubSpotHarness) -> HubSpotServer:
    return harness.hubspot


@pytest.fixture
def tables(hubspot: HubSpotServer) -> Tables:
    return hubspot.tables


@pytest.fixture
def connector(harness: HubSpotHarness) -> Connector:
    return harness.open()
