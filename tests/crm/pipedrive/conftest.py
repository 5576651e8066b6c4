"""A fake Pipedrive, its parts, and a connector to it."""

import pytest

from leadline.crm.connector import Connector
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.pipedrive_tables import Tables


@pytest.fixture
def harness() -> PipedriveHarness:
    return PipedriveHarness()


@pytest.fixture
def pipedrive(harness: PipedriveHarness) -> PipedriveServer:
    return harness.pipedrive


@pytest.fixture
def tables(pipedrive: PipedriveServer) -> Tables:
    return pipedrive.tables


@pytest.fixture
def connector(harness: PipedriveHarness) -> Connector:
    return harness.open()
