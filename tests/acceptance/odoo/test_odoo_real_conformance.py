"""The conformance suite against a real Odoo 19, with a salesperson's key.

Bound: three minutes once Odoo is there, five the first time.
"""

from typing import ClassVar

import pytest
from tests.acceptance.odoo.odoo_server import Odoo
from tests.acceptance.odoo.odoo_use import RealOdoo

from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness


class TestRealOdoo(ConnectorConformance):
    """What can be provoked."""

    odoo: ClassVar[Odoo]

    @pytest.fixture(autouse=True)
    def _odoo(self, odoo: Odoo) -> None:
        type(self).odoo = odoo

    def make(self) -> Harness:
        return RealOdoo(self.odoo)
