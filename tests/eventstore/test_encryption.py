"""Nothing of an event can be read from the disk without the key."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from event_cast import KEYS, page, segment

from leadline.eventstore import filekey
from leadline.eventstore.database import EventStore
from leadline.eventstore.filekey import FileKey
from leadline.eventstore.loading import load_segment
from leadline.eventstore.queries import count_events
from leadline.kernel.errors import AlreadyRunningError, ConfigurationError

CANARY = "canary-4711-tweet"


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def filled(data: Path) -> EventStore:
    store = EventStore.open(data, KEYS, threads=1)
    load_segment(store.cursor(), segment("a", [page(1, properties=f'{{"note": "{CANARY}"}}', path=f"/{CANARY}")]))
    return store


def test_the_write_ahead_log_holds_no_plain_text(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert (tmp_path / "events.duckdb.wal").stat().st_size > 0
    assert CANARY.encode() not in bytes_below(tmp_path)
    store.close()


def test_the_file_holds_no_plain_text(tmp_path: Path) -> None:
    filled(tmp_path).close()
    assert (tmp_path / "events.duckdb").stat().st_size > 0
    assert CANARY.encode() not in bytes_below(tmp_path)


def test_what_spills_holds_no_plain_text(tmp_path: Path) -> None:
    store = EventStore.open(tmp_path, KEYS, memory_limit="60MB", threads=1)
    cursor = store.cursor()
    cursor.execute("CREATE TEMP TABLE big AS SELECT range, ? || hash(range) AS text FROM range(2000000)", [CANARY])
    spilled = list((tmp_path / "tmp").glob("*"))
    assert spilled
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in spilled)
    store.close()


def test_a_reopened_store_has_its_events(tmp_path: Path) -> None:
    filled(tmp_path).close()
    store = EventStore.open(tmp_path, [b"n" * 32, *KEYS], threads=1)
    assert count_events(store.cursor()) == 1
    store.close()


def test_another_master_key_is_refused(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with pytest.raises(ConfigurationError, match="key"):
        EventStore.open(tmp_path, [b"x" * 32])


def test_another_file_key_is_refused(tmp_path: Path) -> None:
    filled(tmp_path).close()
    filekey.write(tmp_path / filekey.FILE_NAME, FileKey(b"x" * 32), KEYS)
    with pytest.raises(ConfigurationError, match="does not open"):
        EventStore.open(tmp_path, KEYS)


def test_a_store_without_its_key_is_refused(tmp_path: Path) -> None:
    filled(tmp_path).close()
    (tmp_path / filekey.FILE_NAME).unlink()
    with pytest.raises(ConfigurationError, match="backup"):
        EventStore.open(tmp_path, KEYS)


def test_the_key_file_is_private(tmp_path: Path) -> None:
    filled(tmp_path).close()
    assert (tmp_path / filekey.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    store = filled(tmp_path)
    program = (
        "import sys; from pathlib import Path; from leadline.eventstore.database import EventStore\n"
        "from leadline.kernel.errors import AlreadyRunningError\n"
        "try: EventStore.open(Path(sys.argv[1]), [b'k' * 32])\n"
        f"except {AlreadyRunningError.__name__}: sys.exit(7)"
    )
    python = Path(sys.executable)
    assert subprocess.run([python, "-c", program, tmp_path], check=False).returncode == 7
    store.close()


def test_the_extension_that_encrypts_is_loaded_only_with_its_signature(tmp_path: Path) -> None:
    """In a program of its own: tests of this process spare themselves the check (`tests/environment.py`)."""
    program = (
        "import sys; from pathlib import Path; from leadline.eventstore.database import EventStore\n"
        "store = EventStore.open(Path(sys.argv[1]), [b'k' * 32])\n"
        "print(store.cursor().execute(\"SELECT current_setting('allow_unsigned_extensions')\").fetchone())"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], check=True, capture_output=True, text=True)
    assert done.stdout == "(False,)\n"


def test_a_copy_with_its_key_opens_elsewhere(tmp_path: Path) -> None:
    filled(tmp_path / "here").close()
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    store = EventStore.open(tmp_path / "there", KEYS, threads=1)
    assert count_events(store.cursor()) == 1
    store.close()
