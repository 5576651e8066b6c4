"""``python -m leadline.tracking.collector --data D --host H --port P --workers N``."""

import argparse
import os
from pathlib import Path

from leadline.kernel.processes import die_with_parent
from leadline.tracking.collector.server import serve_collector


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="leadline.tracking.collector", description="Collect events into the spool.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LEADLINE_DATA", "data")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--parent", type=int, default=0, help="die with the process of this id")
    options = parser.parse_args()
    if options.parent:
        die_with_parent(options.parent)
    serve_collector(options.data, options.host, options.port, options.workers)


if __name__ == "__main__":
    main()
