"""How long an erasure holds the pipeline's lock: the event store copied under a fresh key, the record store vacuumed.

python -m tests.benchmarks.erasing FOLDER      a copy of a data folder: its event store gets another file
"""

import os
import sqlite3
import sys
import time
from pathlib import Path


def main(folder: Path) -> None:
    """Print both, in seconds."""
    os.environ |= {"LEADLINE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
    import django

    django.setup()
    from leadline.eventstore.database import EventStore
    from leadline.eventstore.recopying import recopy
    from leadline.privacy.keys import derive_keys

    keys = derive_keys(folder, "event-store")
    store = EventStore.open(folder, keys)
    began = time.monotonic()
    rows = recopy(store, keys).rows
    took = time.monotonic() - began
    sys.stdout.write(f"event store: {took:.1f} s, {rows:,} rows, {store.path.stat().st_size / 1e6:.0f} MB\n")
    store.close()
    records = folder / "records.sqlite3"
    began = time.monotonic()
    sqlite3.connect(records, isolation_level=None).execute("VACUUM")
    sys.stdout.write(f"record store: {time.monotonic() - began:.1f} s, {records.stat().st_size / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
