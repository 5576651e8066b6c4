"""Event sources and their write keys. A key is shown once; its hash is what is kept and what the collector gets."""

import hashlib
import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.models import EventSource, WriteKey

KEYRING = "keyring.json"
KEY_BYTES = 24


def create_key(source: str) -> str:
    """A new write key for a source, which is made when it is new. The key is returned this once."""
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
    owner, _ = EventSource.objects.get_or_create(name=source)
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


def publish_keyring() -> None:
    """Write the snapshot that collectors read, atomically; they notice by its time."""
    rows = WriteKey.objects.filter(revoked_at=None).select_related("source")
    keys = {row.digest: {"source": row.source_id, "name": row.source.name} for row in rows}
    folder = Path(settings.DATA)
    draft = folder / f".{KEYRING}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"keys": keys}))
    draft.replace(folder / KEYRING)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
