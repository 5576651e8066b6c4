"""A new ruleset for everybody, with the rows of the record store: what of it is writing these, told apart.

    python -m tests.benchmarks.records [--leads 100000]

Leads with four events each, taken in as segments. Then a ruleset with other weights is put in force, under which every
total changes: the worst case, since a row is only written when it looks different.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.timed import timed

EVENTS_EACH = 4


def measure(leads: int = 100_000) -> dict[str, Any]:
    """Seconds of one evaluation of everybody, and of the writes inside."""
    with tempfile.TemporaryDirectory(prefix="leadline-records-") as folder:
        os.environ.update(LEADLINE_DATA=folder, DJANGO_SETTINGS_MODULE="leadline.project.settings")
        return _measured(Path(folder), leads)


def _measured(data: Path, leads: int) -> dict[str, Any]:
    from tests.benchmarks import beside

    beside._fill(leads)
    from tests.benchmarks.rescore import OTHER_WEIGHTS

    from leadline.cli.session import engine_of
    from leadline.kernel.clock import utc_now
    from leadline.pipeline import rescoring

    with engine_of(data) as engine:
        writes = [
            timed(rescoring, "renumber"),
            timed(rescoring.judging, "write"),
        ]
        engine.ruleset = OTHER_WEIGHTS
        begun = time.perf_counter()
        count = rescoring.evaluate_everyone(engine, utc_now())
        seconds = time.perf_counter() - begun
    return {
        "leads": count,
        "seconds": round(seconds, 2),
        "record_store_seconds": round(sum(sum(each) for each in writes), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    print(json.dumps(measure(parser.parse_args().leads), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
