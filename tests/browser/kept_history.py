"""Histories that take seconds to happen: each happens once in a run, and every test gets a copy of what it left."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from pipeline_cast import Installation

from leadline.pipeline import runtime

Happens = Callable[[Installation], object]


@dataclass(frozen=True)
class _Kept:
    """What an installation was when it was closed: its records, and its data folder."""

    records: sqlite3.Connection
    data: Path


@dataclass
class KeptHistories:
    """Copies lie in `folder`; the records in memory, as the tests' own are."""

    folder: Path
    _kept: dict[Happens, _Kept] = field(default_factory=dict)

    def installation(self, happens: Happens, data: Path) -> Installation:
        """An open installation in `data`, an empty folder, to which this has happened."""
        if happens not in self._kept:
            self._kept[happens] = self._happened(happens, self.folder / str(len(self._kept)))
        kept = self._kept[happens]
        shutil.copytree(kept.data, data, dirs_exist_ok=True)
        connection.ensure_connection()
        kept.records.backup(connection.connection)
        return Installation(data)

    def close(self) -> None:
        for each in self._kept.values():
            each.records.close()

    def _happened(self, happens: Happens, data: Path) -> _Kept:
        installation = Installation(data)
        try:
            happens(installation)
        finally:
            installation.engine.close()
        records = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(records)
        return _Kept(records, data)


@contextmanager
def served(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """While the block runs, the application has this one open."""
    monkeypatch.setattr(runtime, "_running", None)
    runtime.use(installation.engine)
    yield installation
    runtime.running().control.stop()
    installation.engine.close()
