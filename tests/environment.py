"""A pytest plugin (`-p tests.environment`): a data folder for each process and fixed keys, before settings load.

A conftest would come too late: pytest-django reads the settings before it.
"""

import os
import tempfile

from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)  # the same examples each time, on any machine
settings.load_profile("suite")
os.environ["LEADLINE_DATA"] = tempfile.mkdtemp(prefix="leadline-test-")
os.environ["LEADLINE_SECRET_KEYS"] = "5a" * 32
for name in ("LEADLINE_RECORDS", "LEADLINE_PLAN", "LEADLINE_RULESET"):
    os.environ.pop(name, None)
