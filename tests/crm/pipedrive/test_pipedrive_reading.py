"""What comes back from Pipedrive, and the conversions that it is told of."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from connector_cast import KEY_1, KEY_2, pulled
from pipedrive_cast import emails, event, person

from leadline.crm.connector import Connector
from leadline.crm.connectors.pipedrive.cursor import Cursor, Feed
from leadline.crm.records import Outcome
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.pipedrive_tables import Tables


def test_owner_label_and_deals_come_back(harness: PipedriveHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    mine = person(tables, "ll-1", emails=emails("Ada@example.com"), label_ids=[99, 11], owner_id=72)
    person(tables, emails=emails("stranger@example.com"))
    closed = "2026-03-02T08:00:00Z"
    tables.add_deal(mine["id"], value=10)
    tables.add_deal(mine["id"], status="won", value=12000.5, currency="USD", won_time=closed, stage_id=2)
    tables.add_deal(mine["id"], status="lost", lost_time=closed, lost_reason="Price")
    tables.add_deal(mine["id"], is_deleted=True)
    records, _ = pulled(harness, cursor)
    record = records[0]
    assert {each.remote_id for each in records} == {str(mine["id"])}
    assert (record.status, record.owner, record.email) == ("Hot lead", "noah@sales.test", "ada@example.com")
    told = [(deal.state, deal.amount, deal.currency, deal.lost_reason, deal.stage) for deal in record.deals]
    assert told == [
        ("open", Decimal(10), "EUR", "", "Qualified"),
        ("won", Decimal("12000.5"), "USD", "", "Proposal made"),
        ("lost", None, "EUR", "Price", "Qualified"),
    ]
    assert {deal.changed_at for deal in record.deals[1:]} == {datetime(2026, 3, 2, 8, tzinfo=UTC)}


def test_a_deal_that_changes_alone_brings_its_person(harness: PipedriveHarness, tables: Tables) -> None:
    mine, stranger = person(tables, "ll-1"), person(tables)
    deal = tables.add_deal(mine["id"], value=5)
    tables.add_deal(stranger["id"])
    harness.clock.advance(3600)
    _, cursor = pulled(harness)
    harness.clock.advance(3600)
    _, cursor = pulled(harness, cursor)
    tables.write_deal(deal["id"], status="won", won_time="2026-03-02T10:59:00Z")
    records, cursor = pulled(harness, cursor)
    assert [(each.remote_id, each.deals[0].state) for each in records] == [(str(mine["id"]), "won")]
    harness.clock.advance(3600)
    _, cursor = pulled(harness, cursor)
    tables.write_deal(deal["id"], is_deleted=True)
    records, _ = pulled(harness, cursor)
    assert [(each.remote_id, each.deals) for each in records] == [(str(mine["id"]), ())]


def test_more_persons_than_a_page_holds_all_come(harness: PipedriveHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    made = [str(person(tables, f"ll-{number}")["id"]) for number in range(1234)]
    records, _ = pulled(harness, cursor)
    assert [each.remote_id for each in records] == made


def test_what_shows_up_minutes_after_it_was_written_is_not_missed(harness: PipedriveHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    harness.clock.advance(3600)
    late = person(tables, "ll-1")
    del tables.persons[late["id"]]
    harness.clock.advance(120)
    records, cursor = pulled(harness, cursor)
    assert records == []
    tables.persons[late["id"]] = late
    harness.clock.advance(60)
    records, _ = pulled(harness, cursor)
    assert [each.remote_id for each in records] == [str(late["id"])]


def test_a_cursor_that_pipedrive_forgot_begins_the_feed_again(harness: PipedriveHarness, tables: Tables) -> None:
    mine = person(tables, "ll-1")
    stale = Cursor(harness.clock(), harness.clock(), Feed.PERSONS, "of last month").text
    records, _ = pulled(harness, stale)
    assert [each.remote_id for each in records] == [str(mine["id"])]


@pytest.mark.parametrize("hides", [True, False])
def test_a_deleted_person_is_told_or_found_by_its_id(harness: PipedriveHarness, tables: Tables, hides: bool) -> None:
    tables.hides = hides
    mine = person(tables, "ll-1", emails=emails("ada@example.com"))
    _, cursor = pulled(harness)
    harness.clock.advance(60)
    tables.delete(mine["id"])
    records, _ = pulled(harness, cursor)
    assert [(each.external_id, each.gone) for each in records] == ([] if hides else [("ll-1", True)])
    read = harness.open().read([str(mine["id"]), "9999999", "no number"], ["leadline_score"])
    assert [each.gone for each in read] == [True, True, True]


def test_of_two_merged_ones_the_lost_one_is_told_with_where_it_went(harness: PipedriveHarness, tables: Tables) -> None:
    stays, goes = (person(tables, f"ll-{at}", emails=emails(f"ada{at}@example.com")) for at in range(2))
    person(tables, "ll-9", emails=emails("ada1@example.com", "eve@example.com"))
    harness.clock.advance(3600)
    tables.merge(stays["id"], goes["id"])
    harness.clock.advance(3600)
    person(tables, "ll-10", emails=emails("bob@example.com"))
    (read,) = harness.open().read([str(goes["id"])], [])
    assert (read.merged_into, read.gone) == (str(stays["id"]), False)


def test_who_has_one_of_two_addresses_did_not_swallow_anybody(harness: PipedriveHarness, tables: Tables) -> None:
    goes = person(tables, "ll-1", emails=emails("ada@example.com", "ada@home.test"))
    harness.clock.advance(60)
    tables.delete(goes["id"])
    person(tables, emails=emails("ada@example.com"))
    (read,) = harness.open().read([str(goes["id"])], [])
    assert read.gone


def test_without_deals_and_users_the_rest_comes_back(harness: PipedriveHarness, tables: Tables) -> None:
    _, cursor = pulled(harness)
    mine = person(tables, "ll-1", owner_id=72)
    tables.add_deal(mine["id"])
    harness.pipedrive.hidden = frozenset({"/deals", "/v1/users"})
    page = harness.open().changes(cursor, [])
    assert [(each.remote_id, each.owner, each.deals) for each in page.records] == [(str(mine["id"]), "", ())]


# Conversions


def test_a_note_says_what_happened_and_is_made_once(connector: Connector, tables: Tables) -> None:
    number = person(tables, "ll-1")["id"]
    for at in range(5):
        tables.notes[at] = {"id": at, "person_id": number, "content": f"Note {at}"}
    assert [each.outcome for each in connector.tell([event(KEY_1, str(number))])] == [Outcome.CREATED]
    again = connector.tell([event(KEY_1, str(number)), event(KEY_2, str(number)), event(KEY_2, str(number))])
    assert [each.outcome for each in again] == [Outcome.UPDATED, Outcome.CREATED, Outcome.UPDATED]
    (note,) = [row for row in tables.notes.values() if KEY_1 in row["content"]]
    words = f"<p><b>Quote &lt;requested&gt;</b>, 1,200 EUR</p><p>seats: 4</p><p>Leadline {KEY_1}</p>"
    assert (note["content"], note["add_time"]) == (words, "2026-03-01 08:00:00")


def test_a_conversion_of_one_that_is_gone_or_merged_is_not_written_to_another(
    connector: Connector, harness: PipedriveHarness, tables: Tables
) -> None:
    gone, stays, goes = (person(tables, f"ll-{at}", emails=emails(f"{at}@example.com")) for at in range(3))
    harness.clock.advance(60)
    tables.delete(gone["id"])
    tables.merge(stays["id"], goes["id"])
    answers = connector.tell([event(KEY_1, str(gone["id"])), event(KEY_2, str(goes["id"]))])
    assert [(each.outcome, each.remote_id) for each in answers] == [
        (Outcome.GONE, ""),
        (Outcome.MOVED, str(stays["id"])),
    ]
    assert not tables.notes


def test_an_outage_in_the_middle_of_conversions_leaves_the_rest_for_later(
    connector: Connector, pipedrive: PipedriveServer, tables: Tables
) -> None:
    numbers = [str(person(tables, f"ll-{at}")["id"]) for at in range(2)]
    connector.tell([event(KEY_1, numbers[0])])
    pipedrive.lost = 1
    answers = connector.tell([event(KEY_1, numbers[0]), event(KEY_2, numbers[1])])
    assert [each.outcome for each in answers] == [Outcome.UPDATED, Outcome.LATER]
    again = connector.tell([event(KEY_2, numbers[1])])
    assert [each.outcome for each in again] == [Outcome.UPDATED], "It was done, though nobody was told."
