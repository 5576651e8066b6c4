"""Write keys: shown once, kept as hashes, revoked."""

import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.models import EventSource, WriteKey
from leadline.tracking.sources import add_key, create_key, revoke_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA=tmp_path):
        yield tmp_path / "keyring.json"


def listed(keyring: Path) -> dict[str, Any]:
    keys: dict[str, Any] = json.loads(keyring.read_text())["keys"]
    return keys


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_new_key_is_listed_by_its_hash_only(keyring: Path) -> None:
    key = create_key("shop")
    source = EventSource.objects.get(name="shop")
    assert listed(keyring) == {digest(key): {"source": source.pk, "name": "shop", "origins": [], "rate": 0}}
    assert key not in keyring.read_text()
    row = WriteKey.objects.get()
    assert (row.digest, row.ending) == (digest(key), key[-4:])


def test_keys_of_one_source_share_it_and_differ(keyring: Path) -> None:
    keys = {create_key("shop") for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 32 for key in keys)
    assert {each["source"] for each in listed(keyring).values()} == {EventSource.objects.get().pk}


def test_the_keyring_is_its_owners_alone_and_leaves_no_draft(keyring: Path) -> None:
    for _ in range(2):
        create_key("shop")
        assert stat.S_IMODE(keyring.stat().st_mode) == 0o600
    assert [path.name for path in keyring.parent.iterdir()] == ["keyring.json"]


def test_a_revoked_key_leaves_the_keyring_and_the_others_stay(keyring: Path) -> None:
    revoked, kept = create_key("shop"), create_key("blog")
    assert revoke_key(revoked[-4:]) == 1
    assert set(listed(keyring)) == {digest(kept)}
    with pytest.raises(NotFoundError, match="ends in"):
        revoke_key(revoked[-4:])


def test_a_key_of_ones_own_choice_counts_once(keyring: Path) -> None:
    first, second = add_key("shop", "chosen-by-me"), add_key("shop", "chosen-by-me")
    assert first == second
    assert set(listed(keyring)) == {digest("chosen-by-me")}


def test_a_revoked_key_does_not_come_back(keyring: Path) -> None:
    add_key("shop", "chosen-by-me")
    revoke_key("y-me")
    with pytest.raises(ConfigurationError, match="revoked"):
        add_key("shop", "chosen-by-me")
    assert listed(keyring) == {}
