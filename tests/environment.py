"""A pytest plugin (`-p tests.environment`): a data folder for each process and fixed keys, before settings load.

A conftest would come too late: pytest-django reads the settings before it.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)  # the same examples each time, on any machine
settings.load_profile("suite")
os.environ["LEADLINE_DATA"] = tempfile.mkdtemp(prefix="leadline-test-")
os.environ["LEADLINE_SECRET_KEYS"] = "5a" * 32
for name in ("LEADLINE_RECORDS", "LEADLINE_PLAN", "LEADLINE_RULESET"):
    os.environ.pop(name, None)


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
