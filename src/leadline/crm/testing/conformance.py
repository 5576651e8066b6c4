"""The conformance suite: what every connector has to do, as tests. Needs pytest and pytest-django.

    class TestMemory(ConnectorConformance):
        def make(self) -> Harness:
            return MemoryHarness()

`make` gives a fresh fake each time (`harness.py` says what it must be able to do). What a kind can not do is skipped
by name. docs/how-to/write-a-connector.md goes through it step by step.
"""

from leadline.crm.testing.conformance_changes import Changes
from leadline.crm.testing.conformance_crashes import Crashes
from leadline.crm.testing.conformance_sending import Sending
from leadline.crm.testing.conformance_troubles import Troubles


class ConnectorConformance(Sending, Troubles, Changes, Crashes):
    """All parts together."""
