"""Pipedrive under the sync loop: what the conformance suite can't ask, since only Pipedrive is so."""

import pytest

from leadline.crm.checking import problems
from leadline.crm.connectors.pipedrive import KIND
from leadline.crm.discovering import make
from leadline.crm.mapping import read_mapping
from leadline.crm.models import Link
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.pipedrive_tables import Tables
from leadline.crm.testing.world import PAST_ANY_PAUSE, World

pytestmark = pytest.mark.django_db


class Account(PipedriveHarness):
    """With the mapping that a new connection begins with."""

    mapping = KIND.mapping


@pytest.fixture
def world() -> World:
    world = World(Account())
    made = make(world.harness.open(), world.mapping)
    assert made.refused == ()
    return world


@pytest.fixture
def tables(world: World) -> Tables:
    return pipedrive(world).tables


def pipedrive(world: World) -> PipedriveServer:
    assert isinstance(world.harness, PipedriveHarness)
    return world.harness.pipedrive


def test_the_default_mapping_fits_once_its_fields_are_made(world: World) -> None:
    fields = world.harness.open().fields()
    assert problems(read_mapping(KIND.mapping), fields) == ()
    assert make(world.harness.open(), world.mapping).made == ()


def test_the_default_mapping_sends_all_that_is_known(world: World, tables: Tables) -> None:
    (lead,) = world.leads.add(stage="qualified", score=72, phone="+49 1", company="Acme", reason_1="R" * 400)
    world.settle()
    (person,) = tables.living()
    fields = {field.name: field for field in world.harness.open().fields()}
    (record,) = world.harness.open().read([str(person["id"])], [name for name in fields if name.startswith("leadline")])
    assert record.values["leadline_stage"] == "qualified"
    assert record.values["leadline_company"] == "Acme"
    assert len(str(record.values["leadline_reason_1"])) == 255
    assert person["phones"][0]["value"] == "+49 1"
    assert world.shows(lead, 72)


def test_a_phone_number_that_sales_corrected_stays(world: World, tables: Tables) -> None:
    (lead,) = world.leads.add(phone="+49 1")
    world.settle()
    (person,) = tables.living()
    tables.write(person, {"phones": [{"value": "+49 2", "primary": True}]})
    world.leads.change(lead, phone="+49 3", score=9)
    world.settle()
    assert [each["value"] for each in person["phones"]] == ["+49 2"]
    assert world.shows(lead, 9)


def test_where_deleted_ones_are_forgotten_a_merge_into_a_strangers_is_followed(world: World, tables: Tables) -> None:
    tables.forgets = True
    (lead,) = world.leads.add()
    world.settle()
    stranger = tables.make({"name": "Ada L."})
    tables.merge(stranger["id"], int(world.remote_id(lead)))
    world.leads.change(lead, score=97)
    world.settle()
    assert world.link(lead).remote_id == str(stranger["id"])
    assert world.shows(lead, 97)


def test_where_deleted_ones_are_forgotten_the_loser_of_two_leads_counts_as_deleted(
    world: World, tables: Tables
) -> None:
    tables.forgets = True
    winner, loser = world.leads.add(2)
    world.settle()
    tables.merge(int(world.remote_id(winner)), int(world.remote_id(loser)))
    world.leads.change(loser, score=11)
    world.settle()
    assert world.link(loser).tombstone == Link.Tombstone.DELETED
    assert len(list(tables.living())) == 1


def test_the_end_of_the_day_rests_the_connection_and_loses_nothing(world: World) -> None:
    leads = world.leads.add(5)
    world.settle()
    server = pipedrive(world)
    for lead in leads:
        world.leads.change(lead, score=77)
    server.tokens = 60
    world.sync()
    run = world.sync()
    assert run.state == "failed"
    assert world.connection.closed_until is not None
    server.tokens = None
    world.settle()
    world.expect_all_there(leads)


def test_a_run_with_nothing_to_do_costs_sixty_tokens(world: World) -> None:
    world.leads.add(30)
    world.settle()
    world.clock.advance(PAST_ANY_PAUSE)
    server = pipedrive(world)
    calls, spent = server.calls, server.spent
    run = world.sync()
    assert run.counts["updated"] + run.counts["created"] == 0
    assert server.calls - calls <= 5
    assert server.spent - spent <= 60


def test_a_new_lead_costs_twenty_five_tokens_and_a_change_five(world: World) -> None:
    leads = world.leads.add(50)
    server = pipedrive(world)
    world.settle()
    world.clock.advance(PAST_ANY_PAUSE)
    idle = server.spent
    world.sync()
    idle = server.spent - idle
    more = world.leads.add(50)
    spent = server.spent
    world.sync()
    assert server.spent - spent - idle <= 50 * 25 + 20
    world.clock.advance(PAST_ANY_PAUSE)
    world.settle()
    for lead in (*leads, *more):
        world.leads.change(lead, score=61)
    spent = server.spent
    world.sync()
    assert server.spent - spent - idle <= 100 * 5


def test_a_conversion_costs_thirty_tokens_and_its_batch_ten(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    world.clock.advance(PAST_ANY_PAUSE)
    server = pipedrive(world)
    spent = server.spent
    world.sync()
    idle = server.spent - spent
    world.convert(lead)
    spent = server.spent
    run = world.sync()
    assert run.counts["events"] == 1
    assert server.spent - spent - idle <= 30 + 10
