"""The switches of the conformance suite, passed on to a fake."""

from collections.abc import Collection

from leadline.crm.testing.harness import Harness
from leadline.crm.testing.unreliable import Unreliable


class FakeHarness(Harness):
    """A harness over a fake; each kind sets `fake`, and says what lives in it and how it is used by hand."""

    fake: Unreliable

    @property
    def calls(self) -> int:
        """Calls so far, answered or not."""
        return self.fake.calls

    def refuse(self, external_ids: Collection[str]) -> None:
        """Bad rows."""
        self.fake.refused = frozenset(external_ids)

    def down(self, calls: int) -> None:
        """An outage."""
        self.fake.down = calls

    def lose_answers(self, calls: int) -> None:
        """Done, and not answered."""
        self.fake.lost = calls

    def storm(self, calls: int, retry_after: float | None) -> None:
        """Too many calls."""
        self.fake.storm, self.fake.retry_after = calls, retry_after

    def revoke(self) -> None:
        """The key is refused."""
        self.fake.locked = True

    def admit(self) -> None:
        """It is good again."""
        self.fake.locked = False

    def skew(self, seconds: float) -> None:
        """Its clock goes wrong."""
        self.fake.skew = seconds
