"""What the live page shows of an outcome, and which outcomes somebody wants to see."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict

from leadline.kernel.clock import from_micros
from leadline.pipeline.live import Outcome, Result

LONGEST_SHOWN = 4_000
"""Characters of properties."""
RESULTS = {
    Result.STORED: "Stored",
    Result.DUPLICATE: "Duplicate",
    Result.QUARANTINED: "Quarantined",
    Result.TEST: "Test",
}
NOISE = {"bot": "Bot", "internal": "Internal"}


@dataclass(frozen=True, slots=True)
class LiveFilter:
    """What the address asks for; empty means any."""

    source: str = ""
    result: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "LiveFilter":
        """Read the address.

        Raises:
            BadRequest: it names a result that does not exist.
        """
        result = query.get("result", "")
        if result and result not in RESULTS:
            raise BadRequest(f"There is no result {result!r}.")
        return cls(query.get("source", ""), result)

    def picks(self, outcome: Outcome) -> bool:
        """Whether an outcome is asked for."""
        return self.source in {"", outcome.source} and self.result in {"", outcome.result}

    def query(self, **more: str | int) -> str:
        """For an address, with whatever else it says: "?source=website&after=12", or nothing."""
        words = {"source": self.source, "result": self.result, **more}
        text = urlencode({name: value for name, value in words.items() if value != ""})
        return f"?{text}" if text else ""


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One message as the page shows it."""

    outcome: Outcome

    @property
    def received_at(self) -> datetime:
        """When it came in."""
        return from_micros(self.outcome.received_micros)

    @property
    def occurred_at(self) -> datetime:
        """When it happened, by the client's clock, put right."""
        return from_micros(self.outcome.occurred_micros)

    @property
    def result(self) -> str:
        """What became of it, in words."""
        return RESULTS[self.outcome.result]

    @property
    def tone(self) -> str:
        """The colour of the result: a state, or none."""
        return {Result.STORED: "good", Result.QUARANTINED: "warn"}.get(self.outcome.result, "dashed")

    @property
    def reason(self) -> str:
        """Why it is in quarantine, or would be."""
        if self.outcome.result == Result.TEST and self.outcome.code:
            return f"would be quarantined: {self.outcome.reason}"
        return self.outcome.reason

    @property
    def warnings(self) -> Sequence[str]:
        """What the tracking plan says against it, when that is not the reason already."""
        return () if self.outcome.code else self.outcome.violations

    @property
    def noise(self) -> str:
        """Why it does not count in scores."""
        return NOISE.get(self.outcome.noise, "")

    @property
    def properties(self) -> str:
        """As readable JSON; nothing without any."""
        if not self.outcome.properties:
            return ""
        text = json.dumps(dict(self.outcome.properties), indent=2, ensure_ascii=False, default=str)
        return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}\n…"


def rows_of(outcomes: Iterable[Outcome], wanted: LiveFilter, most: int) -> tuple[list[LiveRow], int]:
    """The newest `most` that are asked for, the newest first; and how many more were asked for."""
    picked = [outcome for outcome in outcomes if wanted.picks(outcome)]
    return [LiveRow(outcome) for outcome in reversed(picked[-most:])], max(len(picked) - most, 0)
