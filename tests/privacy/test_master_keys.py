"""Master keys: made on first start, or passed in."""

import stat
from pathlib import Path

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.keys import FILE_NAME, create_master_key, derive_key, derive_keys, load_master_keys

ONE, TWO = "11" * 32, "22" * 32


@pytest.fixture(autouse=True)
def no_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_SECRET_KEYS")
    monkeypatch.delenv("LEADLINE_SECRET_KEYS_FILE", raising=False)


def test_the_first_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    create_master_key(data)
    (key,) = load_master_keys(data)
    create_master_key(data)
    assert load_master_keys(data) == [key]
    assert len(key) == 32
    assert stat.S_IMODE((data / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert [path.name for path in data.iterdir()] == [FILE_NAME]


def test_keys_are_read_newest_first(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(f"{TWO}\n{ONE}\n")
    assert [key.hex() for key in load_master_keys(tmp_path)] == [TWO, ONE]
    assert derive_keys(tmp_path, "fields") == [derive_key(bytes.fromhex(word), "fields") for word in (TWO, ONE)]


def test_the_environment_counts_before_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE_NAME).write_text(ONE)
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", TWO)
    assert [key.hex() for key in load_master_keys(tmp_path)] == [TWO]


def test_keys_may_come_from_a_file_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mounted"
    file.write_text(f"{TWO} {ONE}")
    monkeypatch.setenv("LEADLINE_SECRET_KEYS_FILE", str(file))
    assert [key.hex() for key in load_master_keys(tmp_path / "data")] == [TWO, ONE]


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_file_that_is_named_must_hold_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    create_master_key(tmp_path)
    if content is not None:
        (tmp_path / "mounted").write_text(content)
    monkeypatch.setenv("LEADLINE_SECRET_KEYS_FILE", str(tmp_path / "mounted"))
    with pytest.raises(ConfigurationError, match="mounted"):
        load_master_keys(tmp_path)


def test_without_keys_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="LEADLINE_SECRET_KEYS_FILE"):
        load_master_keys(tmp_path)


@pytest.mark.parametrize("word", ["xyz", "11" * 31, "11" * 33, "g" * 64])
def test_a_key_is_64_hexadecimal_digits(tmp_path: Path, word: str) -> None:
    (tmp_path / FILE_NAME).write_text(word)
    with pytest.raises(ConfigurationError, match="64 hexadecimal"):
        load_master_keys(tmp_path)


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len({derive_key(b"m" * 32, purpose) for purpose in ("fields", "lookup", "spool")}) == 3
