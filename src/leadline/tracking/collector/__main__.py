"""``python -m leadline.tracking.collector --data D --host H --port P --workers N``."""

import argparse
import os
from pathlib import Path

from leadline.tracking.collector.server import serve_collector


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="leadline.tracking.collector", description="Collect events into the spool.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LEADLINE_DATA", "data")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    serve_collector(options.data, options.host, options.port, options.workers)


if __name__ == "__main__":
    main()
