"""Event sources: their names, settings and keys, and what collectors get to know of them."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.models import EventSource, InternalRule, WriteKey
from leadline.tracking.sources import (
    SourceSettings,
    configure,
    create_key,
    create_source,
    ensure_source,
    publish_keyring,
    revoke_key_of,
    settings_of,
    source_named,
)

pytestmark = pytest.mark.django_db
DEFAULTS = SourceSettings("block", False, (), 0)


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "keyring.json"


def published(keyring: Path) -> Any:
    return json.loads(keyring.read_text())


def test_a_new_source_blocks_what_breaks_the_plan_and_lets_every_origin_in() -> None:
    assert settings_of(create_source("website")) == DEFAULTS
    with pytest.raises(ConfigurationError, match="already"):
        create_source("website")
    assert ensure_source("website") == source_named("website")


@pytest.mark.parametrize("name", ["", "my shop", "a/b", "é", "x" * 51, "../etc"])
def test_a_name_is_letters_digits_hyphens_and_underscores(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot name an event source"):
        create_key(name)
    assert not EventSource.objects.exists()


def test_what_is_set_reaches_the_collectors(keyring: Path) -> None:
    create_key("shop")
    wanted = SourceSettings("warn", True, ("https://Shop.example", "https://*.shop.example", ""), 50)
    configure("shop", wanted)
    entry = next(iter(published(keyring)["keys"].values()))
    assert entry["origins"] == ["https://shop.example", "https://*.shop.example"]
    assert entry["rate"] == 50
    assert settings_of(source_named("shop")) == SourceSettings("warn", True, tuple(entry["origins"]), 50)
    configure("shop", DEFAULTS)
    assert next(iter(published(keyring)["keys"].values()))["rate"] == 0
    assert EventSource.objects.get().rate_limit is None


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (SourceSettings("strict", False, (), 0), "no mode"),
        (SourceSettings("warn", False, ("shop.example",), 0), "no web origin"),
        (SourceSettings("warn", False, (), -1), "not between"),
        (SourceSettings("warn", False, (), 100_001), "not between"),
    ],
)
def test_what_cannot_be_changes_nothing(wanted: SourceSettings, fault: str) -> None:
    create_source("shop")
    with pytest.raises(ConfigurationError, match=fault):
        configure("shop", wanted)
    assert settings_of(source_named("shop")) == DEFAULTS


def test_a_source_that_is_not_there() -> None:
    with pytest.raises(NotFoundError, match="no event source 'shop'"):
        configure("shop", DEFAULTS)


def test_keys_rotate_the_second_is_valid_before_the_first_goes(keyring: Path) -> None:
    create_key("shop")
    create_key("shop")
    source = source_named("shop")
    old, new = source.keys.order_by("pk")
    assert set(published(keyring)["keys"]) == {old.digest, new.digest}
    revoked = revoke_key_of(source, old.pk)
    assert set(published(keyring)["keys"]) == {new.digest}
    assert revoke_key_of(source, old.pk).revoked_at == revoked.revoked_at


def test_a_key_is_revoked_on_its_own_source_only() -> None:
    create_key("shop")
    other = create_source("blog")
    with pytest.raises(NotFoundError, match="no such write key"):
        revoke_key_of(other, WriteKey.objects.get().pk)
    assert WriteKey.objects.get().revoked_at is None


def test_internal_networks_are_published(keyring: Path) -> None:
    InternalRule.objects.create(kind="network", value="10.0.0.0/8")
    InternalRule.objects.create(kind="host", value="staging.example.com")
    publish_keyring()
    assert published(keyring)["internal_networks"] == ["10.0.0.0/8"]


def test_publishing_at_once_leaves_a_whole_file(keyring: Path) -> None:
    """Threads of one process share its draft's name."""
    faults: list[BaseException] = []
    seen: list[Any] = [{"keys": {}, "internal_networks": ["10.0.0.0/8"] * 2_000}]

    def publish() -> None:
        try:
            for _ in range(20):
                publish_keyring()
                published(keyring)
        except BaseException as error:  # noqa: BLE001  # told below
            faults.append(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadline.tracking.sources._keyring", lambda: seen[0])  # threads do not see this test's rows
        threads = [threading.Thread(target=publish) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    assert published(keyring) == seen[0]
    assert [path.name for path in keyring.parent.iterdir()] == ["keyring.json"]
