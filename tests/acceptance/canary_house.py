"""An installation in which canaries fly: with its logs at DEBUG, and all its files, also short-lived ones."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.acceptance.canaries import sung
from tests.leadline_process import Folder

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_keys

LOOKING_SECONDS = 0.05
SHORT_LIVED = ("tmp", "spool", "rehearsals", "cache")


@dataclass
class House:
    """A data folder and a TMPDIR of its own, and what was seen in them."""

    root: Path
    folder: Folder = field(init=False)
    outputs: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("tmp", "data"):
            (self.root / name).mkdir(mode=0o700)
        settings = {"TMPDIR": str(self.root / "tmp"), "LEADLINE_LOG_LEVEL": "DEBUG", "PYTHONUNBUFFERED": "1"}
        self.folder = Folder(self.root / "data", settings)

    @property
    def log(self) -> bytes:
        """What the server wrote, to standard output and to standard error."""
        return Path(f"{self.folder.data}.log").read_bytes()

    def run(self, name: str, *arguments: str, stdin: str = "") -> str:
        """A command; what it prints is kept under the name."""
        done = self.folder.run(*arguments, stdin=stdin)
        self.outputs[f"{name}: standard output"] = done.stdout.encode()
        self.outputs[f"{name}: standard error"] = done.stderr.encode()
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Everything in the data folder and in TMPDIR, now."""
        return {str(path.relative_to(self.root)): content for path, content in _contents(self.root)}

    def records(self) -> sqlite3.Connection:
        """The record store, beside the server."""
        return sqlite3.connect(self.folder.data / "records.sqlite3", timeout=30, isolation_level=None)

    def events_in_clear(self) -> dict[str, bytes]:
        """The event store, copied uncompressed and without a key: compression and cipher hide words."""
        copy, plain = self.root / "copy", self.root / "plain.duckdb"
        shutil.copytree(self.folder.data, copy, ignore=shutil.ignore_patterns("*.sock", "spool"))
        store = EventStore.open(copy, derive_keys(copy, "event-store"))
        with store.cursor() as cursor:
            cursor.execute("SET force_compression = 'uncompressed'")
            cursor.execute(f"ATTACH '{plain}' AS plain")
            cursor.execute("COPY FROM DATABASE store TO plain")
            cursor.execute("DETACH plain")
        store.close()
        content = plain.read_bytes()
        plain.unlink()
        shutil.rmtree(copy)
        return {"events": content}


@dataclass
class Watch:
    """Reads short-lived files while they are there: those of TMPDIR, and of the folders for them in the data folder."""

    house: House
    seen: set[str] = field(default_factory=set)
    sung: dict[str, set[int]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        folders = [self.house.root / "tmp", *(self.house.folder.data / name for name in SHORT_LIVED)]
        known: dict[Path, tuple[int, int]] = {}
        while not self._over.wait(LOOKING_SECONDS):
            for folder in folders:
                for path, content in _contents(folder, known):
                    self.seen.add(str(path))
                    if found := sung(content):
                        self.sung.setdefault(str(path), set()).update(found)


@contextmanager
def trigger(records: sqlite3.Connection, table: str, words: str) -> Iterator[None]:
    """While the block lasts nothing can be put into a table, and the database says so in these words."""
    records.execute(f"CREATE TRIGGER singing BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END")
    try:
        yield
    finally:
        records.execute("DROP TRIGGER singing")


def _contents(folder: Path, known: dict[Path, tuple[int, int]] | None = None) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        try:
            if not path.is_file():
                continue
            stat = path.stat()
            if known is not None and known.get(path) == (stat.st_size, stat.st_mtime_ns):
                continue
            content = path.read_bytes()
        except OSError:  # gone meanwhile
            continue
        if known is not None:
            known[path] = (stat.st_size, stat.st_mtime_ns)
        yield path, content
