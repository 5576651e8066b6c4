"""What a backup says of itself: when it was made, and what is in it.

It has a seal of the master key, since anybody may write an age file to a recipient.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from leadline.pipeline.backups.sealing import NotWholeError
from leadline.privacy.keys import derive_key

FILE_NAME = "manifest.json"
FORMAT = 1
PURPOSE = "backup-manifest"


@dataclass(frozen=True, slots=True)
class Part:
    """One file in a backup: its size in bytes, and the SHA-256 of what is in it."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything but the parts themselves.

    Attributes:
        version: of the Leadline that made it.
        made_at: the instant that it shows.
        records: "sqlite" or "postgresql".
        rows: by store ("records", "events"), how many rows each table has.
        parts: by name.
    """

    version: str
    made_at: datetime
    records: str
    rows: Mapping[str, Mapping[str, int]]
    parts: Mapping[str, Part]

    def as_json(self) -> dict[str, Any]:
        """For programs, and for the file."""
        return {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}


def sealed(manifest: Manifest, master: bytes) -> bytes:
    """As it stands in the backup: one JSON document, with a seal that only the master key makes."""
    text = json.dumps(manifest.as_json(), sort_keys=True)
    return json.dumps({"manifest": text, "seal": _seal(text, master)}).encode()


def opened(content: bytes, masters: Sequence[bytes]) -> Manifest:
    """The inverse.

    Raises:
        NotWholeError: none of the master keys made the seal, or it is of another format.
    """
    try:
        found = json.loads(content)
        text, seal = str(found["manifest"]), str(found["seal"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotWholeError("The backup's manifest can't be read.") from error
    if not any(hmac.compare_digest(_seal(text, master), seal) for master in masters):
        advice = "Give the secret keys of the installation that made it: --keys FILE."
        raise NotWholeError("The backup was not made with the keys at hand.", advice=advice)
    return _parsed(json.loads(text))


def _parsed(found: dict[str, Any]) -> Manifest:
    if found.pop("format") != FORMAT:
        raise NotWholeError("The backup is of a newer format.", advice="Restore it with the Leadline that made it.")
    parts = {name: Part(**part) for name, part in found.pop("parts").items()}
    return Manifest(**{**found, "made_at": datetime.fromisoformat(found["made_at"])}, parts=parts)


def _seal(text: str, master: bytes) -> str:
    return hmac.new(derive_key(master, PURPOSE), text.encode(), hashlib.sha256).hexdigest()
