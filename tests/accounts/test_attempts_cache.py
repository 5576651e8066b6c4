"""The cache that counts attempts: what it keeps, for how long, for every process, and how much of it."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from leadline.accounts import attempts
from leadline.accounts.attempts import AttemptsCache
from leadline.kernel.clock import utc_now

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
ADD_ONE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "leadline.project.settings"
import django
django.setup()
from leadline.accounts.attempts import AttemptsCache
cache = AttemptsCache(sys.argv[1], {})
print(cache.add("lock", 1), cache.get("seen"))
"""


@pytest.fixture
def cache(tmp_path: Path) -> AttemptsCache:
    return AttemptsCache(str(tmp_path / "kept" / "attempts.sqlite3"), {})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> AttemptsCache:
    return AttemptsCache(str(tmp_path_factory.mktemp("attempts") / "attempts.sqlite3"), {})


@given(value=JSON)
def test_what_was_kept_comes_back(shared: AttemptsCache, value: object) -> None:
    shared.set("key", value, 60)
    assert shared.get("key", "none") == value


def test_only_json_is_kept(cache: AttemptsCache) -> None:
    with pytest.raises(TypeError):
        cache.set("key", object())


def test_a_value_is_over_when_its_time_is(cache: AttemptsCache) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        cache.set("key", [1], 60)
        clock.shift(timedelta(seconds=59))
        assert cache.get("key") == [1]
        assert cache.touch("key", 60)
        clock.shift(timedelta(seconds=59))
        assert cache.get("key") == [1]
        clock.shift(timedelta(seconds=2))
        assert cache.get("key") is None
        assert not cache.touch("key", 60)
        assert cache.add("key", "again", 60)


def test_what_has_no_time_stays(cache: AttemptsCache) -> None:
    cache.set("key", 1, None)
    with time_machine.travel(utc_now() + timedelta(days=3650)):
        assert cache.get("key") == 1


def test_deleting_and_clearing(cache: AttemptsCache) -> None:
    cache.set_many({"a": 1, "b": 2})
    assert cache.delete("a")
    assert not cache.delete("a")
    assert cache.get("b") == 2
    cache.clear()
    assert cache.get("b") is None


def test_of_many_that_add_at_once_one_succeeds(cache: AttemptsCache) -> None:
    with ThreadPoolExecutor(8) as threads:
        for number in range(20):
            assert sum(threads.map(lambda _: cache.add(f"lock {number}", 1), range(8))) == 1  # noqa: B023  # used at once


def test_other_processes_see_it(cache: AttemptsCache, tmp_path: Path) -> None:
    cache.set("seen", "here", 60)
    assert cache.add("lock", 1, 60)
    told = subprocess.run(
        [sys.executable, "-c", ADD_ONE, str(tmp_path / "kept" / "attempts.sqlite3")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "here"]


def test_it_does_not_grow_without_bounds(cache: AttemptsCache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attempts, "MOST_ENTRIES", 100)
    monkeypatch.setattr(attempts, "SWEEP_EVERY", 10)
    for number in range(1000):
        cache.set(f"198.51.100.{number}", [number], 600 + number)
    with sqlite3.connect(tmp_path / "kept" / "attempts.sqlite3") as kept:
        assert kept.execute("SELECT count(*) FROM kept").fetchone()[0] <= 110
    kept.close()
    assert cache.get("198.51.100.999") == [999]


def test_the_file_tells_no_addresses_and_is_its_owners(cache: AttemptsCache, tmp_path: Path) -> None:
    cache.set("login:ip:198.51.100.7", [1.5], 60)
    files = list((tmp_path / "kept").iterdir())
    assert files
    assert all(b"198.51.100.7" not in each.read_bytes() for each in files)
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
