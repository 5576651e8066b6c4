"""Event sources and their write keys. A key is shown once; its hash is what is kept and what the collector gets.

The hash is SHA-256 without salt or stretching: a key is 192 random bits, so there is nothing to guess and no two are
equal, and the collector looks a key up for every request. (A password, which people choose, gets Argon2.)
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.validators import slug_re
from django.db.models import Count, Max
from django.utils import timezone

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.models import EventSource, InternalRule, SourceHour, WriteKey
from leadline.tracking.origins import canonical_origins

KEYRING = "keyring.json"
KEY_BYTES = 24
NAME_LENGTH = 50
HIGHEST_RATE = 100_000


@dataclass(frozen=True)
class SourceSettings:
    """What can be set of a source.

    Attributes:
        mode: what happens to an event that breaks the tracking plan: allow, warn or block.
        test: its events reach the live page and no store.
        origins: web origins that may send with its keys; empty means any.
        rate: requests a second and collector process; 0 means no limit.
    """

    mode: str
    test: bool
    origins: tuple[str, ...]
    rate: int


def source_named(name: str) -> EventSource:
    """The source of this name.

    Raises:
        NotFoundError: there is none.
    """
    found = EventSource.objects.filter(name=name).first()
    if found is None:
        raise NotFoundError(f"There is no event source {name!r}.", advice="See `leadline sources list`.")
    return found


def ensure_source(name: str) -> EventSource:
    """The source of this name, made when it is new.

    Raises:
        ConfigurationError: it is new and no name: letters, digits, hyphens and underscores, at most 50.
    """
    found = EventSource.objects.filter(name=name).first()
    if found is not None:
        return found
    if not slug_re.match(name) or len(name) > NAME_LENGTH:
        raise ConfigurationError(
            f"{name[:60]!r} cannot name an event source.",
            advice=f"Use letters, digits, hyphens and underscores, at most {NAME_LENGTH}, such as website.",
        )
    return EventSource.objects.get_or_create(name=name)[0]


def create_source(name: str) -> EventSource:
    """A new source.

    Raises:
        ConfigurationError: there is one of this name, or it is no name.
    """
    if EventSource.objects.filter(name=name).exists():
        raise ConfigurationError(f"There is an event source {name!r} already.", advice="Choose another name.")
    return ensure_source(name)


def settings_of(source: EventSource) -> SourceSettings:
    """What is set now."""
    return SourceSettings(source.mode, source.test, tuple(source.origins), source.rate_limit or 0)


def configure(name: str, wanted: SourceSettings) -> EventSource:
    """Set a source; collectors follow within a second.

    Raises:
        NotFoundError: there is no such source.
        ConfigurationError: a mode, an origin or a rate that cannot be.
    """
    source = source_named(name)
    if wanted.mode not in EventSource.Mode.values:
        raise ConfigurationError(f"There is no mode {wanted.mode!r}.", advice="Use allow, warn or block.")
    if not 0 <= wanted.rate <= HIGHEST_RATE:
        raise ConfigurationError(
            f"The rate {wanted.rate} is not between 0 and {HIGHEST_RATE:,}.", advice="0 means no limit."
        )
    source.mode, source.test, source.rate_limit = wanted.mode, wanted.test, wanted.rate or None
    source.origins = canonical_origins(list(wanted.origins))
    source.save(update_fields=["mode", "test", "rate_limit", "origins"])
    publish_keyring()
    return source


def last_events() -> dict[int, datetime]:
    """When the last event of each source came in, by its number; a source without events is not there."""
    rows = SourceHour.objects.values_list("source").annotate(last=Max("last_received_at")).order_by()
    return dict(rows)


def valid_keys() -> dict[int, int]:
    """How many keys of each source are valid, by its number; a source without any is not there."""
    return dict(WriteKey.objects.filter(revoked_at=None).values_list("source").annotate(count=Count("pk")).order_by())


def create_key(source: str) -> str:
    """A new write key for a source, which is made when it is new. The key is returned this once. Those that the source
    has stay valid: give the new one out, then revoke the old one."""
    key = secrets.token_urlsafe(KEY_BYTES)
    add_key(source, key)
    return key


def add_key(source: str, key: str) -> WriteKey:
    """Let a key of the caller's choice in for a source. One that is in already keeps its source.

    Raises:
        ConfigurationError: it was revoked; it stays so.
    """
    if WriteKey.objects.filter(digest=_digest(key), revoked_at__isnull=False).exists():
        raise ConfigurationError("This write key was revoked.", advice="Make another one: `leadline keys create`.")
    owner = ensure_source(source)
    row, _ = WriteKey.objects.get_or_create(digest=_digest(key), defaults={"source": owner, "ending": key[-4:]})
    publish_keyring()
    return row


def revoke_key(ending: str) -> int:
    """Revoke the keys that end so. Returns how many there were.

    Raises:
        NotFoundError: none that is still valid ends so.
    """
    revoked = WriteKey.objects.filter(ending=ending[-4:], revoked_at=None).update(revoked_at=timezone.now())
    if not revoked:
        raise NotFoundError(f"No valid write key ends in {ending[-4:]!r}.", advice="See `leadline keys list`.")
    publish_keyring()
    return revoked


def revoke_key_of(source: EventSource, number: int) -> WriteKey:
    """Revoke one key of a source. One that was revoked before stays as it is.

    Raises:
        NotFoundError: the source has no such key.
    """
    key = WriteKey.objects.filter(source=source, pk=number).first()
    if key is None:
        raise NotFoundError(f"{source.name} has no such write key.", advice="See `leadline keys list`.")
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        publish_keyring()
    return key


def publish_keyring() -> None:
    """Write the snapshot that collectors read, atomically; they notice by its time. To be called after any change of
    keys, sources or internal networks is committed."""
    folder = Path(settings.DATA)
    draft = folder / f".{KEYRING}.{os.getpid()}"
    with _alone_in(folder):
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(_keyring()))
        draft.replace(folder / KEYRING)


def _keyring() -> dict[str, Any]:
    rows = WriteKey.objects.filter(revoked_at=None).select_related("source").order_by("pk")
    networks = InternalRule.objects.filter(kind=InternalRule.Kind.NETWORK).order_by("pk")
    return {
        "keys": {row.digest: _entry(row.source) for row in rows},
        "internal_networks": list(networks.values_list("value", flat=True)),
    }


def _entry(source: EventSource) -> dict[str, Any]:
    return {
        "source": source.pk,
        "name": source.name,
        "origins": list(source.origins),
        "rate": source.rate_limit or 0,
    }


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One publisher at a time, of any process: the last one to write has read last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
