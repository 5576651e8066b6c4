"""A person's record in a CRM is deleted, emptied or kept, as was asked; what can't be done is told."""

from collections.abc import Callable
from contextlib import closing

import pytest

from leadline.crm import erasing
from leadline.crm.erasing import BY_HAND, EMPTIED, ERASED, GONE, KEPT, Remote, take_away
from leadline.crm.errors import UnreachableError
from leadline.crm.models import Link
from leadline.crm.records import FieldType, RemoteField
from leadline.crm.testing.csv_drop import CSVDropHarness
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.memory import MemoryHarness
from leadline.crm.testing.odoo_harness import OdooHarness
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.salesforce_harness import SalesforceHarness
from leadline.crm.testing.world import World

pytestmark = pytest.mark.django_db
KINDS = [MemoryHarness, HubSpotHarness, OdooHarness, PipedriveHarness, SalesforceHarness]
Make = Callable[[], Harness]


def synced(harness: Harness) -> tuple[World, list[Remote]]:
    """Two leads that the CRM knows."""
    world = World(harness)
    leads = world.leads.add(2, score=72)
    world.settle()
    links = [Link.objects.get(lead=lead) for lead in leads]
    assert len(harness.records()) == 2
    return world, [Remote.of(link) for link in links]


@pytest.mark.parametrize("make", KINDS)
def test_a_record_is_deleted_and_no_other_one(make: Make) -> None:
    world, (hers, his) = synced(make())
    fate = take_away(world.connection, hers, "delete", lambda _: world.harness.open())
    assert (fate.crm, fate.record, fate.outcome) == (world.connection.name, hers.remote_id, ERASED)
    assert [record.remote_id for record in world.harness.records()] == [his.remote_id]
    assert take_away(world.connection, hers, "delete", lambda _: world.harness.open()).outcome == GONE


@pytest.mark.parametrize("make", KINDS)
def test_a_record_is_emptied_of_everything_that_we_wrote(make: Make) -> None:
    world, (hers, his) = synced(make())
    assert take_away(world.connection, hers, "anonymise", lambda _: world.harness.open()).outcome == EMPTIED
    with closing(world.harness.open()) as connector:
        emptied, left = connector.read([hers.remote_id, his.remote_id], list(hers.sent))
    told = {value for value in hers.sent.values() if isinstance(value, str)}
    assert told
    assert not told & {str(value) for value in emptied.values.values()}
    assert {str(value) for value in left.values.values()} & {str(value) for value in his.sent.values()}


def test_a_record_is_kept_where_that_was_asked_for() -> None:
    world, (hers, _) = synced(MemoryHarness())
    calls = world.harness.calls
    assert take_away(world.connection, hers, "keep", lambda _: world.harness.open()).outcome == KEPT
    assert world.harness.calls == calls


def test_a_crm_that_is_down_is_tried_again_later() -> None:
    world, (hers, _) = synced(MemoryHarness())
    world.harness.down(1)
    with pytest.raises(UnreachableError):
        take_away(world.connection, hers, "delete", lambda _: world.harness.open())


def test_where_nothing_can_be_deleted_a_person_has_to_and_is_told() -> None:
    harness = CSVDropHarness()
    world = World(harness)
    world.leads.add(1)
    world.settle()
    remote = Remote.of(Link.objects.get())
    fate = take_away(world.connection, remote, "delete", lambda _: harness.open())
    assert (fate.outcome, fate.why) == (BY_HAND, "cannot_delete")


def test_what_must_not_be_empty_names_nobody() -> None:
    record = Remote(1, "x", "7", "lead", {"LastName": "Lovelace", "Email": "ada@example.com"})
    fields = [RemoteField("LastName", "Last name", FieldType.TEXT, required=True)]
    row = erasing.emptied(record, fields)
    assert row.values == {"LastName": "Erased", "Email": None}
    assert (row.remote_id, row.whole) == ("7", row.values)
