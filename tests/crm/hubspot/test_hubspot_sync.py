"""HubSpot under the sync loop: what the conformance suite can't ask, since only HubSpot is so."""

import pytest

from leadline.crm.checking import Level, problems
from leadline.crm.connectors.hubspot import KIND
from leadline.crm.discovering import make
from leadline.crm.mapping import read_mapping
from leadline.crm.models import Link
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.hubspot_tables import Tables
from leadline.crm.testing.world import A_MINUTE, PAST_ANY_PAUSE, World

pytestmark = pytest.mark.django_db


class Account(HubSpotHarness):
    """With the mapping that a new connection begins with, whose e-mail addresses are unique."""

    mapping = KIND.mapping


@pytest.fixture
def world() -> World:
    world = World(Account())
    make(world.harness.open(), world.mapping)
    return world


@pytest.fixture
def tables(world: World) -> Tables:
    assert isinstance(world.harness, HubSpotHarness)
    return world.harness.hubspot.tables


def test_the_default_mapping_fits_once_its_properties_are_made(world: World) -> None:
    found = problems(read_mapping(KIND.mapping), world.harness.open().fields())
    assert [str(each) for each in found if each.level is Level.ERROR] == []


def test_a_new_lead_arrives_with_a_lifecycle_stage(world: World, tables: Tables) -> None:
    world.leads.add(stage="qualified")
    world.settle()
    (contact,) = tables.living()
    assert contact.properties["lifecyclestage"] == "marketingqualifiedlead"
    assert contact.properties["leadline_stage"] == "qualified"


def test_sales_may_move_the_lifecycle_stage_on_and_it_is_never_taken_back(world: World, tables: Tables) -> None:
    (lead,) = world.leads.add(stage="qualified")
    world.settle()
    (contact,) = tables.living()
    tables.write(contact, {"lifecyclestage": "opportunity"})
    world.leads.change(lead, stage="profile_development", score=44)
    world.settle()
    assert contact.properties["lifecyclestage"] == "opportunity"
    assert world.shows(lead, 44)


def test_a_contact_with_the_address_becomes_the_leads_and_what_sales_wrote_stays(world: World, tables: Tables) -> None:
    (lead,) = world.leads.add(phone="+49 1", score=72)
    email = str(world.leads.record(lead).fields["email"])
    there = tables.make(tables.contacts, {"email": email, "phone": "+49 2", "lifecyclestage": "customer"})
    run = world.sync()
    assert (run.counts["moved"], run.counts["updated"], run.counts["created"]) == (1, 1, 0)
    assert world.link(lead).remote_id == there.id
    assert there.properties["leadline_id"] == world.leads.record(lead).external_id
    assert there.properties["leadline_score"] == "72"
    assert (there.properties["phone"], there.properties["lifecyclestage"]) == ("+49 2", "customer")
    world.settle()
    assert len(list(tables.living())) == 1


def test_many_addresses_that_are_there_cost_a_few_calls_not_one_each(world: World, tables: Tables) -> None:
    leads = world.leads.add(60)
    for lead in leads[::2]:
        tables.make(tables.contacts, {"email": str(world.leads.record(lead).fields["email"])})
    before = world.harness.calls
    run = world.sync()
    assert (run.counts["created"], run.counts["updated"], run.counts["refused"]) == (30, 30, 0)
    assert world.harness.calls - before < 20
    assert len(list(tables.living())) == 60


@pytest.mark.parametrize("first_wins", [True, False])
def test_a_merge_that_makes_a_new_contact_leaves_it_to_the_lead_that_it_names(
    world: World, tables: Tables, first_wins: bool
) -> None:
    tables.anew = True
    loser, winner = sorted(world.leads.add(2), reverse=first_wins)
    world.settle()
    stays = tables.merge(world.remote_id(winner), world.remote_id(loser))
    world.leads.change(winner, score=88)
    world.leads.change(loser, score=11)
    world.settle()
    assert world.link(winner).remote_id == stays
    assert world.link(loser).tombstone == Link.Tombstone.MERGED
    assert world.shows(winner, 88)
    assert [each.id for each in tables.living()] == [stays]


def test_the_end_of_the_day_rests_the_connection_and_loses_nothing(world: World) -> None:
    assert isinstance(world.harness, HubSpotHarness)
    leads = world.leads.add(3)
    world.harness.hubspot.daily_left = 1
    run = world.sync()
    assert run.state == "failed"
    rests = world.connection.closed_until
    assert rests is not None
    assert (rests - world.clock()).total_seconds() >= PAST_ANY_PAUSE - 100 - A_MINUTE
    world.harness.hubspot.daily_left = None
    world.settle()
    world.expect_all_there(leads)


def test_a_run_with_nothing_to_do_makes_few_calls(world: World) -> None:
    world.leads.add(30)
    world.settle()
    world.clock.advance(PAST_ANY_PAUSE)
    before = world.harness.calls
    run = world.sync()
    assert run.counts["updated"] + run.counts["created"] == 0
    assert world.harness.calls - before <= 6
