"""What an import did, and what one would do."""

from dataclasses import asdict, dataclass, field
from typing import Any

SAMPLES = 3


@dataclass
class ImportReport:
    """What an import did.

    Attributes:
        lines: lines or rows of the file that are in the spool, `earlier` of them from earlier runs; the rest is of this
            run.
        skipped: rows that the mapping does not want.
        suppressed: messages left out since the people they name were erased.
        quarantined: how many, by reason code; `examples` gives a reason for each.
        test: the source is a test source: what came is shown on the live page and stored nowhere.
    """

    lines: int = 0
    earlier: int = 0
    skipped: int = 0
    stored: int = 0
    duplicates: int = 0
    suppressed: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    test: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class DryRunReport:
    """What an import would do. Nothing was written.

    Attributes:
        lines: lines or rows that would be read now; `earlier` were imported before.
        suppressed: messages that would be left out since the people they name were erased.
        events: how many would be stored, by kind and name.
        people: different ids among them: a user id, else an anonymous one.
        first_at, last_at: when the first and the last of them happened, ISO 8601.
        examples: by reason code, the first lines and what is wrong with them.
        unplanned: by event, properties that the tracking plan does not know; "" is the event itself.
        samples: the first messages that rows became.
    """

    lines: int = 0
    earlier: int = 0
    skipped: int = 0
    stored: int = 0
    duplicates: int = 0
    suppressed: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    people: int = 0
    first_at: str = ""
    last_at: str = ""
    unplanned: dict[str, dict[str, int]] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    test: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)
