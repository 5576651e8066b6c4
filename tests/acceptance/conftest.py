"""Acceptance tests are slow and use real clients and servers: `make acceptance` runs them, `make test` does not."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.acceptance.browser_clients import Site, Window, chromium, window
from tests.acceptance.demonstration import Demonstration
from tests.acceptance.faults import Proxy
from tests.acceptance.installation import Installation, Source
from tests.acceptance.postgresql_cluster import MISSING, Cluster, is_installed
from tests.leadline_process import Folder, Server
from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what lies here; leave it out unless somebody asks for it by mark."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.acceptance)
    if "acceptance" not in config.option.markexpr and ours:
        config.hook.pytest_deselected(items=ours)
        left_out = set(ours)
        items[:] = [item for item in items if item not in left_out]
    else:
        items.sort(key=lambda item: _rank(item.nodeid))


LONGEST = (
    "test_year_of_life",
    "odoo",
    "test_python_clients",
    "demonstration",
    "test_two_at_once",
    "test_backup_and_restore",
    "test_backup_of_a_running_server",
    "test_posthog_browser",
    "test_rudder_browser",
    "test_client_pages",
    "test_erasing_people_for_good",
    "test_sealing_notes",
    "test_hostile_wire",
    "test_hostile_collector",
)
"""What is begun first, longest first: what is long and begun last keeps one process busy when the others have ended."""
ON_THE_DEMONSTRATION = {"test_hostile_web", "test_wapiti"}


def _scope(nodeid: str) -> str:
    """What one process runs: all tests of a file, which share what they are set up with; all of the one Odoo, and all
    on the one demonstration."""
    if "/odoo/" in nodeid:
        return "odoo"
    name = Path(nodeid.partition("::")[0]).stem
    return "demonstration" if name in ON_THE_DEMONSTRATION else name


def _rank(nodeid: str) -> int:
    scope = _scope(nodeid)
    return LONGEST.index(scope) if scope in LONGEST else len(LONGEST)


class ByFile(LoadScopeScheduling):
    """Gives scopes to processes in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    if "acceptance" not in config.option.markexpr:
        return None
    config.option.loadscopereorder = False  # by the number of their tests
    return ByFile(config, log)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that several tests send to, one after the other, each with an event source of its own."""
    installation = Installation(Folder(tmp_path_factory.mktemp("clients") / "data"))
    yield installation
    installation.stop()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One with people in it, that several attack one after the other."""
    folder = Folder(tmp_path_factory.mktemp("demonstration") / "data")
    assert folder.run("demo", "--leads", "60", "--days", "20", seconds=300).returncode == 0
    with Server(folder) as server:
        yield Demonstration(folder, server)


@pytest.fixture
def source(installation: Installation) -> Source:
    """One for this test, let in by the running collector."""
    return installation.source()


@pytest.fixture
def proxy(installation: Installation, source: Source) -> Iterator[Proxy]:  # noqa: ARG001  # its server runs
    """Between the client and the collector."""
    with Proxy(installation.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A web site of another origin than the collector's."""
    root = tmp_path / "site"
    root.mkdir()
    with Site(root) as site:
        yield site


@pytest.fixture
def shown(browser: Browser) -> Iterator[Window]:
    with window(browser) as shown:
        yield shown


@pytest.fixture(scope="module")
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
