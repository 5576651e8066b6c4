"""Reading LEADLINE_* variables, each of which may be in a file that LEADLINE_*_FILE names."""

import os
from pathlib import Path


def setting(name: str, default: str = "") -> str:
    """LEADLINE_<name>, or the content of the file that LEADLINE_<name>_FILE names."""
    if file := os.environ.get(f"LEADLINE_{name}_FILE"):
        return Path(file).read_text().strip()
    return os.environ.get(f"LEADLINE_{name}", default)


def data_folder() -> Path:
    """Where everything of this installation lies."""
    return Path(setting("DATA", "data")).resolve()
