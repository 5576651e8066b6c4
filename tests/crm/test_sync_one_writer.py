"""One writer a record: two leads never write the same one, and one whose making was not answered is not made twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from leadline.crm.models import Link
from leadline.crm.records import Outcome, Outgoing, Sent
from leadline.crm.testing.memory import MemoryConnector, MemoryHarness
from leadline.crm.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def harness() -> MemoryHarness:
    return MemoryHarness()


@pytest.fixture
def world(harness: MemoryHarness) -> World:
    return World(harness)


class Matching(MemoryConnector):
    """Of a CRM that takes everybody for the same person: all upserts end in its record 1."""

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        if "1" not in self._crm.records:
            super().send(rows[:1])
        return [Sent(Outcome.UPDATED, "1", "lead") for _ in rows]


def test_when_the_crm_takes_two_leads_for_one_the_first_has_the_record(world: World, harness: MemoryHarness) -> None:
    harness.kind = replace(harness.kind, open=lambda opening: Matching(harness.crm, opening))
    leads = world.leads.add(2)
    world.settle()
    (late,) = world.leads.add()
    world.settle()
    assert [world.link(lead).tombstone for lead in (*leads, late)] == ["", "merged", "merged"]
    assert {world.link(lead).remote_id for lead in (*leads, late)} == {"1"}


def test_the_lead_that_lost_its_record_hears_nothing_of_the_survivor(world: World, harness: MemoryHarness) -> None:
    winner, loser = world.leads.add(2)
    world.settle()
    harness.merge(world.remote_id(winner), world.remote_id(loser))
    harness.change(world.remote_id(winner), {}, "Contacted")
    world.inbox.arrivals.clear()
    world.settle()
    assert {arrival.lead for arrival in world.inbox.arrivals} == {winner}


@pytest.mark.parametrize("what", ["merged", "deleted"])
def test_what_was_made_without_an_answer_and_lost_at_once_is_not_made_again(
    world: World, harness: MemoryHarness, what: str
) -> None:
    other, lead = world.leads.add(2)
    world.sync(only=[other])
    world.clock.advance(70)
    harness.lose_answers(1)
    world.sync()
    made = world.remote_id(lead)
    world.clock.advance(70)
    if what == "merged":
        harness.merge(world.remote_id(other), made)
    else:
        harness.delete(made)
    world.settle()
    assert len(harness.records()) == 1
    assert world.link(lead).tombstone == (Link.Tombstone.MERGED if what == "merged" else Link.Tombstone.DELETED)
