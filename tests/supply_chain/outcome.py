"""What a check gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check says, and what it found: nothing when all is well.

    Attributes:
        said: one line: how much was looked at, or why nothing could be.
        found: a line for each thing that must be mended.
    """

    said: str
    found: tuple[str, ...] = ()
