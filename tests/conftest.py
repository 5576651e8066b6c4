"""Before Django loads: a data folder of its own for each test process, and fixed keys."""

import os
import tempfile

os.environ["LEADLINE_DATA"] = tempfile.mkdtemp(prefix="leadline-test-")
os.environ["LEADLINE_SECRET_KEYS"] = "5a" * 32
os.environ.pop("LEADLINE_RECORDS", None)
