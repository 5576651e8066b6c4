"""What has to be there after a power failure."""

import os
from pathlib import Path


def make_durable(path: Path) -> None:
    """Return when a file's bytes, or the names in a folder (made, renamed, removed), are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
