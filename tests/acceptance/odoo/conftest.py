"""One Odoo for a module of tests; skipped by name where it is not to be had."""

from collections.abc import Iterator

import pytest
from tests.acceptance.odoo.odoo_package import VERSION, Missing
from tests.acceptance.odoo.odoo_server import Odoo


@pytest.fixture(scope="session")
def odoo() -> Iterator[Odoo]:
    """A running Odoo 19 that the tests of a session share; each empties it."""
    server = Odoo()
    try:
        server.__enter__()
    except Missing as reason:
        pytest.skip(f"Odoo {VERSION} is not to be had here: {reason}")
    yield server
    server.__exit__()
