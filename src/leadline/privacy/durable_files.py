"""Small secret files that are replaced in one step: whoever reads one finds all of the old or all of the new."""

import os
import secrets
from pathlib import Path

from leadline.kernel.durability import make_durable


def replace_durably(path: Path, content: bytes) -> None:
    """Put `content` at `path`, mode 0600, durable when this returns. What fails leaves the old file as it was."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    make_durable(path.parent)
