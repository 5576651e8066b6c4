"""Which calls a driver is to make."""

import time
from itertools import count
from pathlib import Path


def numbers(job):
    """From 0 on, `pause` seconds apart: as many as the job says, or until the file that it names is there."""
    for n in count():
        if n == job["calls"] or (job["until"] and Path(job["until"]).exists()):
            return
        yield n
        time.sleep(job["pause"])
