"""A pytest plugin (`-p tests.environment`): a data folder for each process and fixed keys, before settings load.
Also what spares the tests of this process time; the programs that tests start have everything as it is.

A conftest would come too late: pytest-django reads the settings before it.
"""

import asyncio
import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import settings

from leadline.eventstore import database

settings.register_profile("suite", derandomize=True, deadline=None, max_examples=50)  # always the same ones
settings.load_profile("suite")
os.environ["LEADLINE_DATA"] = tempfile.mkdtemp(prefix="leadline-test-")
atexit.register(shutil.rmtree, os.environ["LEADLINE_DATA"], ignore_errors=True)
os.environ["LEADLINE_SECRET_KEYS"] = "5a" * 32
for name in ("LEADLINE_RECORDS", "LEADLINE_PLAN", "LEADLINE_RULESET"):
    os.environ.pop(name, None)

# Each worker has one core, and the extension's signature takes 80 ms to check, at each opening of a store
database.CONNECTION |= {"threads": 1, "allow_unsigned_extensions": "true"}
# A password that takes 0.2 s to hash is for those who steal the database: most tests make a user
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


MEMORY, ROOM = Path("/dev/shm"), 8 << 30  # noqa: S108  # names below it are made by pytest and tempfile


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders lie in memory where there is room: a commit waits 5 ms for a disk, and the suite makes hundreds
    of thousands. Acceptance stays on disk. Workers inherit what the first process says here."""
    if "TMPDIR" in os.environ or "acceptance" in config.option.markexpr or not MEMORY.is_dir():
        return
    if shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no collection of garbage has to look at it again."""
    gc.collect()
    gc.freeze()


BROWSER = "chromium"
"""The fixture behind which Playwright keeps an event loop in this thread for the rest of the session."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Other tests run event loops of their own, which Python refuses beside Playwright's: for them it is not there.

    From a test's setup to its teardown, since Django's connections are others where a loop is running.
    """
    if BROWSER in getattr(item, "fixturenames", ()) or "acceptance" in item.path.parts:
        return (yield)
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop if loop is not None and loop.is_running() else None)


@pytest.fixture(scope="session", autouse=True)
def _audit_trail_can_be_emptied() -> Iterator[None]:
    """Between tests that commit, Django empties all tables, which the audit trail's triggers refuse."""
    from django.db.backends.sqlite3.operations import DatabaseOperations

    from leadline.accounts.audit_guard import SQLITE, TABLE

    empty = DatabaseOperations.sql_flush

    def emptied(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = empty(self, style, tables, **options)
        if TABLE not in tables:
            return statements
        return [*(f"DROP TRIGGER {name}" for name in SQLITE), *statements, *SQLITE.values()]

    with mock.patch.object(DatabaseOperations, "sql_flush", emptied):
        yield
