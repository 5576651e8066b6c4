"""Leads that are merged here, and taken apart again: one record each, and no record with two writers."""

import pytest

from leadline.crm.models import Link
from leadline.crm.testing.memory import MemoryHarness
from leadline.crm.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(MemoryHarness())


def leads_with_links(world: World) -> set[int]:
    return set(Link.objects.filter(connection=world.connection, tombstone="").values_list("lead_id", flat=True))


def taken_over(world: World) -> tuple[int, int, str]:
    """(a lead with a record, a newer one without that it was merged into, the record)."""
    (old,) = world.leads.add(score=40)
    world.settle()
    name = world.remote_id(old)
    (new,) = world.leads.add(score=80)
    world.leads.merge(new, old)
    world.settle()
    return old, new, name


def test_a_survivor_without_a_record_takes_the_other_ones_over(world: World) -> None:
    _, new, name = taken_over(world)
    assert leads_with_links(world) == {new}
    assert [record.remote_id for record in world.harness.records()] == [name]
    assert world.remote(new).values["x_score"] == 80


def test_of_two_with_records_the_other_ones_is_left_alone(world: World) -> None:
    one, other = world.leads.add(2, score=40)
    world.settle()
    world.leads.merge(one, other)
    world.leads.change(other, score=99)
    world.settle()
    assert world.link(other).tombstone == Link.Tombstone.MERGED_HERE
    assert world.shows(other, 40)
    assert leads_with_links(world) == {one}


def test_taken_apart_each_goes_on_with_its_own_record(world: World) -> None:
    one, other = world.leads.add(2, score=40)
    world.settle()
    world.leads.merge(one, other)
    world.settle()
    world.leads.unmerge(other)
    world.leads.change(other, score=55)
    world.settle()
    world.expect_all_there([one, other])
    assert len(world.harness.records()) == 2


def test_taken_apart_a_record_goes_back_to_the_lead_it_was_made_for(world: World) -> None:
    old, new, name = taken_over(world)
    world.leads.unmerge(old)
    world.settle()
    world.settle()
    assert world.link(old).remote_id == name
    world.expect_all_there([old, new])
    assert len(world.harness.records()) == 2


def test_whose_record_was_deleted_does_not_come_back_under_the_survivors_name(world: World) -> None:
    (old,) = world.leads.add()
    world.settle()
    world.harness.delete(world.remote_id(old))
    world.settle()
    (new,) = world.leads.add()
    world.leads.merge(new, old)
    world.settle()
    assert world.link(new).tombstone == Link.Tombstone.DELETED
    assert not world.harness.records()


def test_who_is_not_wanted_any_more_is_told_what_becomes_of_them(world: World) -> None:
    (lead,) = world.leads.add(score=40)
    world.settle()
    world.leads.want(lead, False)
    world.leads.change(lead, score=12)
    world.settle()
    assert world.shows(lead, 12)


def test_who_was_never_wanted_is_never_sent(world: World) -> None:
    (lead,) = world.leads.add()
    world.leads.want(lead, False)
    world.sync("backfill", only=[lead])
    assert not world.harness.records()
    assert not Link.objects.filter(connection=world.connection).exists()
