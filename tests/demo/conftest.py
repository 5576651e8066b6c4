"""One demonstration of 2,000 people and 120 days, generated once for all tests of this folder."""

from datetime import UTC, datetime, timedelta

import pytest

from leadline.demo.lives import Life
from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform

ORIGIN = datetime(2026, 7, 25, 9, tzinfo=UTC)
END = ORIGIN + timedelta(days=120)


@pytest.fixture(scope="session")
def origin() -> datetime:
    return ORIGIN


@pytest.fixture(scope="session")
def end() -> datetime:
    return END


@pytest.fixture(scope="session")
def platform() -> Platform:
    return Platform(seed=7, origin=ORIGIN)


@pytest.fixture(scope="session")
def lives(platform: Platform) -> list[Life]:
    return list(platform.lives(ORIGIN, END))


@pytest.fixture(scope="session")
def requests(platform: Platform) -> list[SimulatedRequest]:
    return list(platform.requests(ORIGIN, END))
