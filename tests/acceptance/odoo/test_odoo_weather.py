"""The sync loop and a real Odoo 19 in bad weather: an hour's outage, and a thousand changes from both sides at once.

Bound: three minutes once Odoo is there.
"""

import random
import threading
from collections.abc import Iterator

import pytest
from tests.acceptance.odoo.odoo_server import Odoo
from tests.acceptance.odoo.odoo_use import STAGES, RealOdoo, leads

from leadline.crm.models import Link
from leadline.crm.testing.world import A_MINUTE, World, expect

pytestmark = pytest.mark.django_db
MINUTES = 60
PEOPLE = 60
CHANGES = 500
"""Of each side."""


@pytest.fixture
def world(odoo: Odoo) -> World:
    """A connection to an emptied Odoo."""
    return World(RealOdoo(odoo))


@pytest.fixture
def stopped(odoo: Odoo) -> Iterator[Odoo]:
    """Odoo, which runs again afterwards whatever happens."""
    yield odoo
    if odoo.process is None:
        odoo.start()


def test_after_an_hour_without_odoo_everything_is_there_once(world: World, stopped: Odoo) -> None:
    old = world.leads.add(PEOPLE)
    world.settle()
    stopped.stop()
    calls, new = world.harness.calls, []
    for minute in range(MINUTES):
        world.clock.advance(A_MINUTE)
        world.leads.change(old[minute % PEOPLE], score=40 + minute)
        new += world.leads.add(1, score=minute)
        run = world.sync()
        expect(run.state == "failed", f"Nobody answers: {run.state}")
    assert world.harness.calls - calls <= 2 * MINUTES, "it is left in peace"
    stopped.start()
    world.settle()
    world.expect_all_there([*old, *new])
    assert len(leads(stopped)) == PEOPLE + MINUTES
    assert not Link.objects.filter(parked=True).exists()


def test_a_thousand_changes_from_both_sides_lose_and_double_nothing(world: World, odoo: Odoo) -> None:
    """Salespeople move leads from stage to stage and write telephone numbers while scores change and runs go on."""
    known = world.leads.add(PEOPLE)
    world.settle()
    numbers = [int(world.link(lead).remote_id) for lead in known]
    sales = _Sales(odoo, numbers)
    chance = random.Random(7)  # noqa: S311  # no secret
    sales.start()
    for turn in range(CHANGES):
        world.leads.change(chance.choice(known), score=chance.randrange(1, 100))
        if turn % 25 == 0:
            world.clock.advance(A_MINUTE)
            known += world.leads.add(1)
            world.sync()
    sales.join()
    assert sales.done == CHANGES, sales.trouble
    world.settle()
    world.expect_all_there(known)
    there = {row["id"]: row for row in leads(odoo)}
    assert len(there) == len(known)
    for lead, number in zip(known, numbers, strict=False):
        assert world.inbox.statuses(lead)[-1:] == [there[number]["stage_id"][1]]
        assert there[number]["phone"] == sales.phones.get(number, False), "theirs stays theirs"
    assert not Link.objects.filter(parked=True).exists()


class _Sales(threading.Thread):
    """Salespeople at work, each change a call of its own."""

    def __init__(self, odoo: Odoo, numbers: list[int]) -> None:
        super().__init__()
        self.odoo, self.numbers = odoo, numbers
        self.phones: dict[int, str] = {}
        self.done, self.trouble = 0, ""

    def run(self) -> None:
        chance = random.Random(11)  # noqa: S311  # no secret
        for turn in range(CHANGES):
            number = chance.choice(self.numbers)
            phone = f"+49 30 {turn}"
            vals = {"stage_id": chance.choice(list(STAGES.values())[:3])} if turn % 2 else {"phone": phone}
            try:
                self.odoo.call("crm.lead", "write", ids=[number], vals=vals)
            except Exception as error:  # noqa: BLE001  # told to the test, which fails
                self.trouble = f"{turn}: {error}"
                return
            if not turn % 2:
                self.phones[number] = phone
            self.done += 1
