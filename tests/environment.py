"""A pytest plugin (`-p tests.environment`): a data folder for each process and fixed keys, before settings load.

A conftest would come too late: pytest-django reads the settings before it.
"""

import os
import tempfile

os.environ["LEADLINE_DATA"] = tempfile.mkdtemp(prefix="leadline-test-")
os.environ["LEADLINE_SECRET_KEYS"] = "5a" * 32
for name in ("LEADLINE_RECORDS", "LEADLINE_PLAN", "LEADLINE_RULESET"):
    os.environ.pop(name, None)
