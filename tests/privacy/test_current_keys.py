"""A process learns by itself that a newer key was put in front."""

from pathlib import Path

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.current_keys import LOOK_SECONDS, CurrentCipher, CurrentKeys
from leadline.privacy.encryption import FieldCipher, key_id
from leadline.privacy.keys import FILE_NAME, create_master_key, derive_keys, load_master_keys, write_master_keys
from leadline.project.settings import _django_secrets

NEW = b"\x02" * 32


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LEADLINE_SECRET_KEYS")
    monkeypatch.delenv("LEADLINE_SECRET_KEYS_FILE", raising=False)
    create_master_key(tmp_path)
    return tmp_path


def put_in_front(data: Path) -> None:
    write_master_keys(data, [NEW, *load_master_keys(data)])


def test_a_newer_key_seals_a_second_later(data: Path) -> None:
    clock = Clock()
    keys = CurrentKeys(data, "fields", clock)
    before = keys.newest()
    put_in_front(data)
    assert keys.newest() == before
    clock.now += LOOK_SECONDS
    assert keys.all() == tuple(derive_keys(data, "fields"))
    assert keys.all()[1] == before


def test_what_a_newer_key_sealed_opens_at_once(data: Path) -> None:
    """Another process knew of it first."""
    cipher = CurrentCipher(CurrentKeys(data, "fields", Clock()))
    put_in_front(data)
    sealed = FieldCipher(derive_keys(data, "fields")).seal(b"a")
    assert cipher.open(sealed) == b"a"
    assert cipher.seal(b"a").startswith(key_id(derive_keys(data, "fields")[0]))


def test_a_key_file_that_is_away_for_a_while_stops_nobody(data: Path) -> None:
    clock = Clock()
    cipher = CurrentCipher(CurrentKeys(data, "fields", clock))
    (data / FILE_NAME).rename(data / "away")
    clock.now += LOOK_SECONDS
    assert cipher.open(cipher.seal(b"a")) == b"a"


def test_there_must_be_a_key_to_begin_with(data: Path) -> None:
    (data / FILE_NAME).unlink()
    with pytest.raises(ConfigurationError, match="no secret keys"):
        CurrentKeys(data, "fields")


def test_an_unknown_key_is_told_by_its_name(data: Path) -> None:
    sealed = FieldCipher([NEW]).seal(b"a")
    with pytest.raises(ConfigurationError, match=f"not here .{key_id(NEW).hex()}.*keys status"):
        CurrentCipher(CurrentKeys(data, "fields")).open(sealed)


def test_the_key_file_is_replaced_whole_and_for_its_owner_alone(data: Path) -> None:
    put_in_front(data)
    assert (data / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data.iterdir()] == [FILE_NAME]


def test_sessions_of_before_are_believed_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", "aa" * 32)
    (before,) = _django_secrets()
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", f"{'bb' * 32} {'aa' * 32}")
    newest, *older = _django_secrets()
    assert older == [before] != [newest]
