"""What comes back from HubSpot, and the conversions that it is told of."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from connector_cast import KEY_1, KEY_2, pulled
from hubspot_cast import contact, event

from leadline.crm.connector import Connector
from leadline.crm.connectors.hubspot.cursor import BETWEEN_BINS
from leadline.crm.errors import SetupError
from leadline.crm.records import Outcome
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.hubspot_tables import Tables


def test_owner_status_and_deals_come_back(harness: HubSpotHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    mine = contact(
        tables, leadline_id="ll-1", email="ada@example.com", hs_lead_status="CONNECTED", hubspot_owner_id="72"
    )
    closed = "2026-03-02T08:00:00.000Z"
    deals = [
        {"dealstage": "offer", "amount": "10"},
        {"dealstage": "closedwon", "amount": "12000.50", "closedate": closed, "deal_currency_code": "USD"},
        {"dealstage": "closedlost", "closedate": closed, "closed_lost_reason": "Price"},
        {"dealstage": "of a pipeline that is gone", "hs_is_closed": "true", "hs_is_closed_won": "true"},
    ]
    for values in deals:
        tables.links.add(("deals", tables.make(tables.deals, values).id, mine))
    records, _ = pulled(harness, cursor)
    record = records[0]
    assert records == [record, record], "By the contact and by its deals."
    assert (record.status, record.owner, record.email) == ("CONNECTED", "noah@sales.test", "ada@example.com")
    states = [(deal.state, deal.amount, deal.currency, deal.lost_reason) for deal in record.deals]
    assert states == [
        ("open", Decimal(10), "EUR", ""),
        ("won", Decimal("12000.50"), "USD", ""),
        ("lost", None, "EUR", "Price"),
        ("won", None, "EUR", ""),
    ]
    assert record.deals[1].changed_at == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_deal_that_changes_alone_brings_its_contact(harness: HubSpotHarness, tables: Tables) -> None:
    mine, stranger = contact(tables, leadline_id="ll-1"), contact(tables, email="x@example.com")
    deal = tables.make(tables.deals, {"dealstage": "offer"})
    tables.links |= {("deals", deal.id, mine), ("deals", deal.id, stranger)}
    harness.clock.advance(3600)
    _, cursor = pulled(harness)
    harness.clock.advance(3600)
    _, cursor = pulled(harness, cursor)
    tables.write(deal, {"dealstage": "closedwon", "closedate": "2026-03-02T10:59:00Z"})
    records, _ = pulled(harness, cursor)
    assert [(each.remote_id, each.deals[0].state) for each in records] == [(mine, "won")]


def test_more_contacts_than_search_gives_to_a_query_all_come(harness: HubSpotHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    made = [contact(tables, leadline_id=f"ll-{number}") for number in range(1234)]
    records, _ = pulled(harness, cursor)
    assert [each.remote_id for each in records] == made


def test_what_search_finds_later_is_not_missed(harness: HubSpotHarness, hubspot: HubSpotServer) -> None:
    _, cursor = pulled(harness)
    hubspot.lag = 30.0
    mine = contact(hubspot.tables, leadline_id="ll-1")
    records, cursor = pulled(harness, cursor)
    assert records == []
    harness.clock.advance(60)
    records, _ = pulled(harness, cursor)
    assert [each.remote_id for each in records] == [mine]


def test_an_archived_contact_is_told_of_within_the_hour(harness: HubSpotHarness, tables: Tables) -> None:
    old = contact(tables, leadline_id="ll-9")
    tables.archive(old)
    harness.clock.advance(3600)
    _, cursor = pulled(harness)
    mine = [contact(tables, leadline_id=f"ll-{number}") for number in range(230)]
    for each in mine:
        tables.archive(each)
    tables.archive(contact(tables, email="stranger@example.com"))
    harness.clock.advance(BETWEEN_BINS.total_seconds())
    records, _ = pulled(harness, cursor)
    assert [(each.remote_id, each.gone) for each in records] == [(each, True) for each in mine]


def test_a_survivor_without_our_id_comes_with_what_it_swallowed(harness: HubSpotHarness, tables: Tables) -> None:
    stranger, mine = contact(tables, firstname="Eve"), contact(tables, leadline_id="ll-1")
    _, cursor = pulled(harness)
    harness.clock.advance(900)
    tables.merge(stranger, mine)
    records, _ = pulled(harness, cursor)
    assert [(each.remote_id, each.merged_from) for each in records] == [(stranger, (mine,))]


def test_without_the_scopes_for_deals_and_owners_the_rest_comes_back(
    harness: HubSpotHarness, hubspot: HubSpotServer
) -> None:
    hubspot.lacking = frozenset({"crm.objects.deals.read", "crm.objects.owners.read"})
    _, cursor = pulled(harness)
    mine = contact(hubspot.tables, leadline_id="ll-1", hubspot_owner_id="71")
    records, _ = pulled(harness, cursor)
    assert [(each.remote_id, each.owner, each.deals) for each in records] == [(mine, "", ())]
    assert len(harness.open().check().notes) == 2


# Conversions


def test_a_note_says_what_happened_and_is_made_once(connector: Connector, tables: Tables) -> None:
    mine = contact(tables, leadline_id="ll-1")
    for number in range(5):
        tables.links.add(("notes", tables.make(tables.notes, {"hs_note_body": f"Note {number}"}).id, mine))
    assert [each.outcome for each in connector.tell([event(KEY_1, mine)])] == [Outcome.CREATED]
    again = connector.tell([event(KEY_1, mine), event(KEY_2, mine)])
    assert [each.outcome for each in again] == [Outcome.UPDATED, Outcome.CREATED]
    bodies = [
        note.properties["hs_note_body"] for note in tables.notes.values() if KEY_1 in note.properties["hs_note_body"]
    ]
    assert bodies == [
        f"<p><strong>Quote &lt;requested&gt;</strong>, 1,200 EUR</p><p>seats: 4</p><p>Leadline {KEY_1}</p>"
    ]


def test_a_conversion_of_a_contact_that_is_gone_or_merged_is_not_written_to_another(
    connector: Connector, tables: Tables
) -> None:
    gone, stays, goes = (contact(tables, leadline_id=f"ll-{number}") for number in range(3))
    tables.archive(gone)
    tables.merge(stays, goes)
    answers = connector.tell([event(KEY_1, gone), event(KEY_2, goes)])
    assert [(each.outcome, each.remote_id) for each in answers] == [(Outcome.GONE, ""), (Outcome.MOVED, stays)]
    assert not tables.notes


def test_a_custom_event_is_defined_once_and_a_uuid_that_was_sent_is_told_already(tables: Tables) -> None:
    harness = HubSpotHarness("events")
    tables = harness.hubspot.tables
    mine = contact(tables, leadline_id="ll-1")
    outcomes = [harness.open().tell([event(KEY_1, mine)])[0].outcome for _ in range(2)]
    assert outcomes == [Outcome.CREATED, Outcome.UPDATED]
    assert list(tables.definitions) == ["pe4711_leadline_conversion"]
    assert tables.events[KEY_1]["properties"]["leadline_amount"] == "1200"
    assert tables.events[KEY_1]["occurredAt"] == "2026-03-01T08:00:00.000Z"


def test_an_account_without_custom_events_is_told_to_use_notes() -> None:
    harness = HubSpotHarness("events")
    harness.hubspot.lacking = frozenset({"behavioral_events.event_definitions.read_write"})
    mine = contact(harness.hubspot.tables, leadline_id="ll-1")
    with pytest.raises(SetupError) as caught:
        harness.open().tell([event(KEY_1, mine)])
    assert "set conversions to notes" in caught.value.advice
