"""A collector over a real spool, for every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from collector_station import NOON, SPOOL_KEY, Station, write_keyring

from leadline.tracking.collector import Keyring, Limits, create_app
from leadline.tracking.spool import SpoolWriter


@pytest.fixture
def small_limits() -> Limits:
    return Limits(body_bytes=100_000, batch_events=3_000, reading_bytes=150_000)


@pytest.fixture
def station(tmp_path: Path, small_limits: Limits) -> Iterator[Station]:
    write_keyring(tmp_path / "keyring.json", {"WK": 7})
    with SpoolWriter(tmp_path / "spool", SPOOL_KEY, segment_seconds=60) as writer:
        app = create_app(writer, Keyring(tmp_path / "keyring.json"), clock=lambda: NOON, limits=small_limits)
        yield Station(tmp_path, writer, app)
