"""How a fake CRM misbehaves on command: calls without an answer, storms, a refused key, a clock that is wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from leadline.kernel.clock import Clock


@dataclass(eq=False)
class Unreliable:
    """What every fake can be told to do wrong.

    Attributes:
        clock: the time of the test. skew: seconds that the CRM's own clock goes ahead of it.
        down, lost, storm: how many calls more are not answered; are done (if they write), but not answered; are too
            many.
        retry_after: seconds after which to come back, said in a storm; None: not said.
        refused: external ids whose rows are not valid. locked: whether the key is refused.
        calls: those that came so far, answered or not.
    """

    clock: Clock
    skew: float = 0.0
    down: int = 0
    lost: int = 0
    storm: int = 0
    retry_after: float | None = None
    refused: frozenset[str] = frozenset()
    locked: bool = False
    calls: int = 0

    def __post_init__(self) -> None:
        self._lock = RLock()

    def now(self) -> datetime:
        """The time by its own clock."""
        return self.clock() + timedelta(seconds=self.skew)

    def _one_down(self) -> bool:
        """A call came: whether it is one that nobody answers."""
        with self._lock:
            self.calls += 1
            is_one = self.down > 0
            self.down -= is_one
            return is_one

    def _one_too_many(self) -> bool:
        """Whether this call is one of a storm."""
        with self._lock:
            is_one = self.storm > 0
            self.storm -= is_one
            return is_one

    def _one_lost(self) -> bool:
        """Whether the answer to this call, which wrote something, is lost."""
        with self._lock:
            is_one = self.lost > 0
            self.lost -= is_one
            return is_one
