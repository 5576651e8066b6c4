"""Which rows of the record store changed since the tables that reports read were made (`projections.py`).

Noted once what changed is committed: whoever reads the notes then reads the rows as they are now. Noted too often is
harmless, too seldom is not.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from leadline.pipeline.engine import Engine

MOST = 100_000
"""Beyond so many it is everybody: then all rows are read anyway."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed.

    Attributes:
        touched: leads of whom anything may differ: their visits, identities and conversions as well.
        rescored: leads of whom only the standing and its transitions differ.
        accounts: companies whose facts differ.
        all_touched, all_rescored: the same of everybody.
    """

    touched: frozenset[int] = frozenset()
    rescored: frozenset[int] = frozenset()
    accounts: frozenset[int] = frozenset()
    all_touched: bool = False
    all_rescored: bool = False

    def __bool__(self) -> bool:
        return bool(self.touched or self.rescored or self.accounts or self.all_touched or self.all_rescored)


class ChangeLog:
    """Changes that nobody has taken yet. In a new process that is everybody.

    Attributes:
        version: grows with each note.
        wanted: somebody would like to see what changed, and does not wait for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._touched: set[int] = set()
        self._rescored: set[int] = set()
        self._accounts: set[int] = set()
        self._all_touched, self._all_rescored = True, False
        self.version = 0
        self.wanted = threading.Event()

    def note(self, touched: Iterable[int] = (), accounts: Iterable[int] = ()) -> None:
        """Anything about these leads may differ, or these companies' facts."""
        with self._lock:
            self._touched |= set(touched)
            self._accounts |= set(accounts)
            self._all_touched |= len(self._touched) > MOST or len(self._accounts) > MOST
            self._grow()

    def note_rescored(self, leads: Iterable[int]) -> None:
        """The standings of these leads may differ, or their transitions."""
        with self._lock:
            self._rescored |= set(leads)
            self._all_rescored |= len(self._rescored) > MOST
            self._grow()

    def note_everybody(self) -> None:
        """Anything about anybody may differ."""
        with self._lock:
            self._all_touched = True
            self._grow()

    def take(self) -> Changes:
        """What changed, to be read now; the log is empty then."""
        with self._lock:
            found = Changes(
                frozenset(self._touched),
                frozenset(self._rescored),
                frozenset(self._accounts),
                self._all_touched,
                self._all_rescored,
            )
            self._forget()
            self._all_touched = self._all_rescored = False
            return found

    def takes_long(self, many: int) -> bool:
        """Whether visits must be read, or more than so many standings."""
        with self._lock:
            visits = self._all_touched or bool(self._touched) or bool(self._accounts)
            return visits or self._all_rescored or len(self._rescored) > many

    def _grow(self) -> None:
        self.version += 1
        if self._all_touched:
            self._forget()
        elif self._all_rescored:
            self._rescored.clear()

    def _forget(self) -> None:
        for each in (self._touched, self._rescored, self._accounts):
            each.clear()


def note_changed(engine: "Engine", leads: Iterable[int], accounts: Iterable[int] = ()) -> None:
    """Note leads whose rows were written; inside a transaction once more when it is committed."""
    _now_and_committed(partial(engine.changes.note, tuple(leads), tuple(accounts)))


def note_rescored(engine: "Engine", leads: Iterable[int]) -> None:
    """Note leads of whom only standings were written."""
    _now_and_committed(partial(engine.changes.note_rescored, tuple(leads)))


def note_everybody(engine: "Engine") -> None:
    """Note that anything about anybody may differ."""
    _now_and_committed(engine.changes.note_everybody)


def _now_and_committed(note: Callable[[], None]) -> None:
    note()
    if connection.in_atomic_block:
        transaction.on_commit(note)
