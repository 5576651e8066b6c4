"""The record store by URL: SQLite in the data folder, or PostgreSQL."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from leadline.kernel.errors import ConfigurationError

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA cache_size=-65536;"
)
"""FULL: spool segments are deleted after a commit, so that commit has to be on disk."""


def database_settings(url: str, data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for LEADLINE_RECORDS; an empty URL means `<data>/records.sqlite3`."""
    if not url:
        return _sqlite(data / "records.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(parts.path))
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    raise ConfigurationError(
        f"LEADLINE_RECORDS has the scheme {parts.scheme!r}.",
        advice="Use sqlite:///path or postgresql://user@host/name.",
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }
