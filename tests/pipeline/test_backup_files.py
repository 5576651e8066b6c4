"""A backup's file: what is changed, cut off or exchanged in it is found. A restored folder comes in one step."""

import errno
import io
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kernel.errors import ConfigurationError, TerminalError
from leadline.pipeline.backups import archive, bech32, compressing, manifest, moving, packing, sealing, unpacking
from leadline.pipeline.backups.manifest import Manifest, Part
from leadline.pipeline.backups.packing import Seal
from leadline.pipeline.backups.sealing import CannotOpenError, NotWholeError
from leadline.pipeline.backups.staging import Staged
from leadline.pipeline.backups.unpacking import Keys

MASTER, OTHER = b"m" * 32, b"o" * 32
OURS = Keys((MASTER.hex(),), "file")
NOW = datetime(2026, 11, 23, 2, 0, 1, tzinfo=UTC)
CHUNK = 65_536 + 16
"""A chunk of an age file with its tag."""
PASSPHRASE = "correct horse battery"


def staged(folder: Path, size: int = 300_000) -> Staged:
    """A folder with what a staging has."""
    (folder / "spool").mkdir(parents=True)
    (folder / "events.duckdb").write_bytes(random.Random(4711).randbytes(size))  # noqa: S311  # any bytes
    (folder / "events.key").write_bytes(b"k" * 77)
    (folder / "spool" / "0001-a.seg").write_bytes(b"")
    compressing.compress(written(folder / "records.sqlite3", b"rows " * 50_000))
    return Staged(str(folder), NOW.isoformat(), "0.1.0", "sqlite", {"records": {"t": 1}, "events": {"e": 2}}, 900)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def nothing(*_: object) -> None:
    """A report that nobody reads."""


def ours(front: bytes = b"") -> Seal:
    return Seal(sealing.identity_of(MASTER).to_public(), MASTER, front)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    path = tmp_path / "backup.age"
    packing.pack(staged(tmp_path / "staged"), path, ours(), nothing)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_comes_back_as_it_was(backup: Path, tmp_path: Path) -> None:
    told = unpacking.unpack(backup, OURS, (), made(tmp_path / "back"))
    assert contents(tmp_path / "back") == {
        "events.duckdb": (tmp_path / "staged" / "events.duckdb").read_bytes(),
        "events.key": b"k" * 77,
        "records.sqlite3": b"rows " * 50_000,
        "spool/0001-a.seg": b"",
    }
    assert told == unpacking.check(backup, OURS)
    assert told.rows == {"records": {"t": 1}, "events": {"e": 2}}
    assert told.made_at == NOW
    assert backup.stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "back").rglob("*"))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def bytes_of_the_body(content: bytes) -> int:
    """Where the chunks begin: after the header's last line and a nonce of 16 bytes."""
    return content.index(b"\n", content.index(b"\n--- ") + 1) + 1 + 16


def cut_in_a_chunk(content: bytes) -> bytes:
    return content[:-1000]


def cut_between_chunks(content: bytes) -> bytes:
    return content[: bytes_of_the_body(content) + 2 * CHUNK]


def two_chunks_exchanged(content: bytes) -> bytes:
    start = bytes_of_the_body(content)
    one, two, rest = (
        content[start : start + CHUNK],
        content[start + CHUNK : start + 2 * CHUNK],
        content[start + 2 * CHUNK :],
    )
    return content[:start] + two + one + rest


def with_something_behind(content: bytes) -> bytes:
    return content + b"\0"


@pytest.mark.parametrize("spoil", [cut_in_a_chunk, cut_between_chunks, two_chunks_exchanged, with_something_behind])
def test_what_was_cut_off_or_exchanged_is_refused(backup: Path, spoil: Callable[[bytes], bytes]) -> None:
    backup.write_bytes(spoil(backup.read_bytes()))
    with pytest.raises(NotWholeError, match="changed or cut off"):
        unpacking.check(backup, OURS)


@settings(max_examples=30)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused_wherever_it_is(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("bits")
    path = folder / "backup.age"
    packing.pack(staged(folder / "staged", size=70_000), path, ours(), nothing)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    with pytest.raises((NotWholeError, CannotOpenError)):
        unpacking.check(path, OURS)


def test_other_keys_do_not_open_it_and_are_told_which_ones_do(backup: Path) -> None:
    with pytest.raises(CannotOpenError, match=r"None of the keys at hand.*--keys FILE"):
        unpacking.check(backup, Keys((OTHER.hex(),), "file"))
    assert unpacking.check(backup, Keys((OTHER.hex(), MASTER.hex()), "file")).records == "sqlite"


def test_whoever_only_knows_the_recipient_can_not_forge_one(tmp_path: Path) -> None:
    path = tmp_path / "forged.age"
    packing.pack(staged(tmp_path / "staged"), path, Seal(ours().recipient, OTHER), nothing)
    with pytest.raises(NotWholeError, match="not made with the keys at hand"):
        unpacking.check(path, OURS)


def test_a_part_that_is_missing_from_the_manifest_is_refused(tmp_path: Path) -> None:
    told = Manifest("0.1.0", NOW, "sqlite", {"records": {}, "events": {}}, {"events.key": Part(1, "0" * 64)})
    chunks = [archive.packed_bytes("events.key", b"k")]
    chunks += [archive.packed_bytes(manifest.FILE_NAME, manifest.sealed(told, MASTER)), archive.end()]
    with (tmp_path / "odd.age").open("wb") as out:
        sealing.seal(chunks, out, ours().recipient)
    with pytest.raises(NotWholeError, match=r"not what its manifest says: events\.key"):
        unpacking.check(tmp_path / "odd.age", OURS)


@pytest.mark.parametrize("name", ["../escaped", "/etc/passwd", "spool/../x", "a/b", ".hidden", "spool/"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    unpacker = archive.Unpacker(made(tmp_path / "into"), keep=manifest.FILE_NAME)
    with pytest.raises(NotWholeError):
        unpacker.take(archive.packed_bytes(name, b"bad"))
    assert list(tmp_path.rglob("*")) == [tmp_path / "into"]


@given(
    files=st.dictionaries(st.from_regex(archive.NAMES, fullmatch=True).filter(lambda n: len(n) < 90), st.binary()),
    cuts=st.integers(1, 2_000),
)
def test_an_archive_is_read_as_it_was_written_however_it_is_cut(files: dict[str, bytes], cuts: int) -> None:
    content = b"".join(archive.packed_bytes(name, each) for name, each in files.items()) + archive.end()
    unpacker = archive.Unpacker(None, keep="")
    for start in range(0, len(content), cuts):
        unpacker.take(content[start : start + cuts])
    assert {name: part.size for name, part in unpacker.found.items()} == {n: len(each) for n, each in files.items()}


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_written_as_age_reads_it(key: bytes) -> None:
    text = bech32.encode("age-secret-key-", key).upper()
    assert str(pyrage.x25519.Identity.from_str(text)).upper() == text


def test_bech32_is_that_of_the_standard() -> None:
    """A valid string of BIP 173: no content at all."""
    assert bech32.encode("a", b"") == "a12uel5l"


def test_a_passphrase_brings_the_keys_along(tmp_path: Path) -> None:
    path = tmp_path / "backup.age"
    packing.pack(staged(tmp_path / "staged"), path, ours(sealing.front_of([MASTER.hex()], PASSPHRASE)), nothing)
    keys = unpacking.keys_in_front(path, PASSPHRASE)
    assert keys.masters == [MASTER]
    assert unpacking.check(path, keys).made_at == NOW
    with pytest.raises(CannotOpenError, match="passphrase does not open"):
        unpacking.keys_in_front(path, "wrong horse battery")
    assert MASTER.hex().encode() not in path.read_bytes()


def test_a_recipient_elsewhere_opens_it_and_the_own_key_does_not(tmp_path: Path) -> None:
    elsewhere = pyrage.x25519.Identity.generate()
    path, kept = tmp_path / "backup.age", tmp_path / "key.txt"
    kept.write_text(f"# created: today\n{elsewhere}\n")
    recipient = sealing.recipient_named(f" {elsewhere.to_public()}\n")
    packing.pack(staged(tmp_path / "staged"), path, Seal(recipient, MASTER), nothing)
    with pytest.raises(CannotOpenError):
        unpacking.check(path, OURS)
    assert unpacking.check(path, OURS, sealing.identities_in(kept)).made_at == NOW
    with pytest.raises(ConfigurationError, match="no recipient"):
        sealing.recipient_named("age1nobody")


def test_a_file_that_is_no_backup_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotWholeError, match="no backup of Leadline"):
        sealing.look_into(written(tmp_path / "letter.txt", b"Dear Ada,\n"))
    with pytest.raises(TerminalError, match="There is no file"):
        sealing.look_into(tmp_path / "nothing")


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, piece: object) -> int:
            if self.tell() > 100_000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(piece)  # type: ignore[arg-type]  # whatever it is given

    source = staged(tmp_path / "staged")
    monkeypatch.setattr(packing.os, "fdopen", lambda handle, _: Full(handle, "wb"))
    with pytest.raises(packing.CannotWriteError, match="No space left"):
        packing.pack(source, tmp_path / "backup.age", ours(), nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["staged"]


def test_what_stops_it_leaves_no_file_either(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packing.pack(staged(tmp_path / "staged"), tmp_path / "backup.age", ours(), interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["staged"]


def test_a_backup_is_not_put_where_it_would_be_lost_or_lose_another(tmp_path: Path) -> None:
    data = made(tmp_path / "data")
    for path, words in (
        (data / "backup.age", "inside the data folder"),
        (tmp_path / "no" / "backup.age", "no folder"),
        (written(tmp_path / "there.age", b""), "there already"),
    ):
        with pytest.raises(TerminalError, match=words):
            packing.check_place(path, data)


def installation(folder: Path, word: str) -> Path:
    folder.mkdir()
    for name in ("records.sqlite3", "events.duckdb", "events.key", "secret_keys"):
        (folder / name).write_text(word)
    return folder


def test_an_old_folder_is_kept_aside(tmp_path: Path) -> None:
    old, fresh = installation(tmp_path / "data", "old"), installation(tmp_path / "fresh", "new")
    kept = moving.move_into_place(fresh, old, NOW)
    assert kept == tmp_path / "data.before-20261123T020001"
    assert {path.read_text() for path in kept.iterdir()} == {"old"}
    assert {path.read_text() for path in (tmp_path / "data").iterdir()} == {"new"}
    assert not fresh.exists()


def test_a_folder_with_nothing_but_keys_is_no_data_and_is_not_kept(tmp_path: Path) -> None:
    target = made(tmp_path / "data")
    written(target / "secret_keys", b"k")
    made(target / "spool")
    assert not moving.has_data(target)
    assert moving.move_into_place(installation(tmp_path / "fresh", "new"), target, NOW) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    assert moving.has_data(target)
    assert not moving.has_data(tmp_path / "nowhere")


class Died(BaseException):
    """What the tests raise at a step."""


@pytest.fixture(params=["renaming", "exchanging", "syncing"])
def dies_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A process that dies when it comes to a step, or right after the last."""

    def die(*_: object) -> None:
        raise Died

    where = {
        "renaming": (moving.Path, "rename"),
        "exchanging": (moving, "exchange"),
        "syncing": (moving, "make_durable"),
    }
    owner, name = where[request.param]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, die)
        yield request.param


def test_a_crash_leaves_the_old_folder_or_the_new_one(dies_at: str, tmp_path: Path) -> None:
    old, fresh = installation(tmp_path / "data", "old"), installation(tmp_path / "fresh", "new")
    with pytest.raises(Died):
        moving.move_into_place(fresh, old, NOW)
    assert {path.read_text() for path in (tmp_path / "data").iterdir()} == (
        {"new"} if dies_at == "syncing" else {"old"}
    )
    others = [{path.read_text() for path in folder.iterdir()} for folder in tmp_path.iterdir() if folder.name != "data"]
    assert others == [{"old"} if dies_at == "syncing" else {"new"}]


def test_where_the_file_system_can_not_exchange_it_is_done_in_two_steps(tmp_path: Path) -> None:
    one, other = installation(tmp_path / "one", "1"), installation(tmp_path / "other", "2")
    moving._exchange_in_two(one, other)
    assert ((one / "events.key").read_text(), (other / "events.key").read_text()) == ("2", "1")
    assert len(os.listdir(tmp_path)) == 2  # noqa: PTH208  # names are enough
