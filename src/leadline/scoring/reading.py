"""What the readers of a document share: the faults found so far, and which names the document has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from leadline.scoring.faults import Fault, PathFaultError, known
from leadline.scoring.yaml_text import Marked

T = TypeVar("T")


class UnreadError(Exception):
    """An entry leans on another one that has a fault of its own: there is nothing to say about it yet."""


@dataclass(frozen=True)
class Reading:
    """One document being read.

    Attributes:
        marked: its plain values and lines.
        found: what is wrong so far.
    """

    marked: Marked
    found: list[Fault] = field(default_factory=list)

    def add(self, error: PathFaultError) -> None:
        """Note a fault, with its line."""
        self.found.append(Fault(self.marked.line_of(error.path), error.path, error.reason, error.advice))

    @contextmanager
    def entry(self) -> Iterator[None]:
        """Read one entry, or several that stand and fall together: their first fault does not end the reading."""
        try:
            yield
        except PathFaultError as error:
            self.add(error)
        except UnreadError:
            if not self.found:
                raise  # nothing may be left out in silence

    def names(self, section: str) -> tuple[str, ...]:
        """The names in a section of the document as it is written, also of entries with faults."""
        value = self.marked.values
        for part in section.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return tuple(str(name) for name in value) if isinstance(value, Mapping) else ()

    def resolve(self, at: str, what: str, name: str, read: Mapping[str, T], section: str) -> T:
        """What a name stands for.

        Raises:
            PathFaultError: the document has no such name.
            UnreadError: it has, but what it stands for has a fault.
        """
        known(at, what, name, (*read, *self.names(section)))
        if name not in read:
            raise UnreadError(name)
        return read[name]
