"""What all parts of the conformance suite share."""

import pytest

from leadline.crm.connector import Can
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.world import World, expect


class Cast:
    """Makes a world for each test, and skips by name what a kind can't do."""

    pytestmark = pytest.mark.django_db

    def make(self) -> Harness:
        """A fresh CRM with nothing in it. Each connector's test module says which."""
        raise NotImplementedError

    @pytest.fixture
    def world(self) -> World:
        """A connection to a fresh CRM."""
        return World(self.make())

    def need(self, world: World, *abilities: Can | str) -> None:
        """Skip the test when the kind has not this ability, or its fake no such method."""
        harness = world.harness
        for each in abilities:
            if isinstance(each, Can):
                if each not in harness.kind.can:
                    pytest.skip(f"{harness.kind.label} can not {each}")
            elif each in harness.lacks:
                pytest.skip(f"{harness.kind.label} has no {each}: {harness.lacks[each]}")

    def some(self, world: World) -> int:
        """Leads that fill a batch, when it is not a great one."""
        return min(world.harness.kind.batch, 24)

    def expect_calls(self, world: World, before: int, most: int) -> None:
        """No more calls than that."""
        made = world.harness.calls - before
        expect(made <= most, f"{made} calls were made; {most} are enough.")
