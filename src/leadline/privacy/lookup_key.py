"""The key of all keyed digests: kept wrapped in a small file, so that master keys can be replaced without it.

It is what the first master key gave, for good. Digests can't be made anew under another key: of message ids and erased
names the values are not kept.
"""

from pathlib import Path

from leadline.privacy.durable_files import replace_durably
from leadline.privacy.encryption import FieldCipher
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys

FILE_NAME = "lookup.key"
PURPOSE = "lookup-key"
CONTEXT = b"lookup.key"


def lookup_key(data: Path) -> bytes:
    """The 32 bytes: from the file, else from the oldest master key.

    Raises:
        ConfigurationError: no secret key unwraps the file, or there is none at all.
    """
    path = data / FILE_NAME
    if path.exists():
        return FieldCipher(derive_keys(data, PURPOSE)).open(path.read_bytes(), CONTEXT)
    return derive_key(load_master_keys(data)[-1], "lookup")


def wrap_lookup_key(data: Path) -> None:
    """Wrap the key under the newest master key; made from the oldest where it is not kept yet."""
    sealed = FieldCipher(derive_keys(data, PURPOSE)).seal(lookup_key(data), CONTEXT)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_durably(data / FILE_NAME, sealed)


def keep_lookup_key(data: Path) -> None:
    """See that the key is kept: from then on master keys may come and go."""
    if not (data / FILE_NAME).exists():
        wrap_lookup_key(data)
