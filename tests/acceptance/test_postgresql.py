"""The record store on PostgreSQL: a throwaway cluster on a Unix socket.

Bound: one minute.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.postgresql_cluster import MISSING, Cluster, is_installed
from tests.leadline_process import Folder

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty database."""
    if not is_installed():
        pytest.fail(MISSING) if os.environ.get("CI") == "true" else pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="leadline-pg-"))  # pytest's own folder is closed to the server's user
    cluster = Cluster(folder)
    try:
        cluster.make()
        cluster.start()
        try:
            cluster.create("records")
            yield f"postgresql://leadline@127.0.0.1:{cluster.port}/records"
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_demonstration_works_with_its_records_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql})
    done = folder.run("demo", "--leads", "100", "--days", "30", seconds=180)
    assert done.returncode == 0, done.stderr
    status = folder.json("status")
    assert status["stored"] > 500
    assert status["accepted"] == status["stored"] + status["duplicates"] + status["quarantined"]
    assert sum(status["by_stage"].values()) == status["leads"] > 50
    lead = folder.json("leads", "--limit", "1")[0]
    assert folder.json("explain", str(lead["id"]))["total"] == lead["total"]
    assert not (folder.data / "records.sqlite3").exists()
    assert next(f for f in folder.json("doctor") if f["check"] == "record store")["text"] == "postgresql"
