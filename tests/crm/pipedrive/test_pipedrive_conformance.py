"""The conformance suite over the fake Pipedrive."""

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.pipedrive_harness import PipedriveHarness


class TestPipedrive(ConnectorConformance):
    """Lists tell of deleted persons."""

    def make(self) -> Harness:
        return PipedriveHarness()


class TestPipedriveHides(ConnectorConformance):
    """Lists do not; they answer to their id."""

    def make(self) -> Harness:
        return PipedriveHarness(hides=True)
