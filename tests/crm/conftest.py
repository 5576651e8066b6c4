"""A CRM in memory beside an installation in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crm_cast import Installation, Office

from leadline.crm.connectors import kinds
from leadline.crm.testing.memory import MemoryCRM, memory_kind
from leadline.kernel.clock import utc_now


@pytest.fixture
def office(tmp_path: Path, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:  # noqa: ARG001  # the database is what it is for
    settings.DATA = tmp_path / "data"
    crm = MemoryCRM(utc_now)
    monkeypatch.setitem(kinds(), "memory", memory_kind(crm))  # type: ignore[arg-type]  # cached: a dictionary
    office = Office(Installation(settings.DATA), crm)
    yield office
    office.place.engine.close()
