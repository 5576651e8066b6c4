"""What is wrong with a ruleset document: each fault with its line, its path, and what to write instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from leadline.kernel.errors import DocumentError

MOST_NAMED = 12
"""An advice that lists more valid names than this helps nobody."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        line: counted from 1; None when the fault has no place in the text.
        path: inside the document, such as `dimensions.engagement.factors.tool_usage.metric`; may be empty.
        advice: what to do, when that is known.
    """

    line: int | None
    path: str
    message: str
    advice: str = ""

    @property
    def place(self) -> str:
        """Such as "line 34, metrics.quotes.kind"."""
        return ", ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)

    @property
    def told(self) -> str:
        """The place and what is wrong there, without advice."""
        return f"{self.place}: {self.message}" if self.place else self.message

    def __str__(self) -> str:
        return f"{self.told} {self.advice}".strip()

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"line": self.line, "path": self.path, "message": self.message, "advice": self.advice}


class PathFaultError(DocumentError):
    """One thing is wrong at one path; who reads the document knows the line."""

    def __init__(self, path: str, reason: str, advice: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason, advice=advice)
        self.path = path
        self.reason = reason


class InvalidRulesetError(DocumentError):
    """A ruleset document has faults: the message is the first, and how many more there are; `faults` has them all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = f" ({len(faults) - 1} more.)" if len(faults) > 1 else ""
        super().__init__(faults[0].told, advice=f"{faults[0].advice}{more}".strip())
        self.faults = tuple(faults)


def fault(at: str, message: str, advice: str = "") -> PathFaultError:
    """The error for one place of the document."""
    return PathFaultError(at, message, advice)


def nearest(name: str, valid: Iterable[object]) -> str:
    """The advice for a name that does not exist: the nearest that does, else what there is."""
    names = sorted(str(each) for each in valid)
    if close := get_close_matches(name, names, n=1):
        return f"Did you mean {close[0]!r}?"
    shown = ", ".join(names[:MOST_NAMED])
    return f"Use one of: {shown}{', ...' if len(names) > MOST_NAMED else ''}." if names else "There is none yet."


def unknown(at: str, what: str, name: str, valid: Iterable[object]) -> PathFaultError:
    """The error for a name that does not exist, with the nearest one that does."""
    return fault(at, f"there is no {what} {name!r}.", nearest(name, valid))


def known(at: str, what: str, name: str, valid: Iterable[str]) -> str:
    """`name` when it is one of `valid`.

    Raises:
        PathFaultError: it is not.
    """
    if name not in (names := tuple(valid)):
        raise unknown(at, what, name, names)
    return name
