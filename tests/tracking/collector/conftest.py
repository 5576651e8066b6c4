"""A collector over a real spool, for every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from collector_station import NOON, SPOOL_KEY, Station, write_keyring

from leadline.tracking.collector import Keyring, Limits, create_app
from leadline.tracking.collector.options import CollectorOptions
from leadline.tracking.spool import SpoolWriter


@pytest.fixture
def small_limits() -> Limits:
    return Limits(body_bytes=100_000, batch_events=3_000, reading_bytes=150_000)


@pytest.fixture
def options() -> CollectorOptions:
    """What the environment tells the station's collector; tests of options have their own."""
    return CollectorOptions()


@pytest.fixture
def ticks() -> list[float]:
    """The seconds of the clock that rate limits read: the last one counts."""
    return [0.0]


@pytest.fixture
def station(tmp_path: Path, small_limits: Limits, options: CollectorOptions, ticks: list[float]) -> Iterator[Station]:
    keyring = tmp_path / "keyring.json"
    write_keyring(keyring, {"WK": 7})
    with SpoolWriter(tmp_path / "spool", SPOOL_KEY, segment_seconds=60) as writer:
        app = create_app(
            writer,
            Keyring(keyring),
            clock=lambda: NOON,
            limits=small_limits,
            options=options,
            ticks=lambda: ticks[-1],
        )
        yield Station(tmp_path, writer, app)
