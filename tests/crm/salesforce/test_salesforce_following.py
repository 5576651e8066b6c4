"""Leads that sales converted, merged or deleted in Salesforce, and what comes back of their deals."""

from decimal import Decimal

import pytest
from connector_cast import pulled
from salesforce_cast import Desk

from leadline.crm.models import Link
from leadline.crm.records import Outcome, OutgoingEvent
from leadline.crm.testing.salesforce_harness import SalesforceHarness
from leadline.crm.testing.world import A_MINUTE, World

SCORE = "Leadline_Score__c"


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001  # the database is what it is for
    return World(SalesforceHarness())


def org(world: World):  # type: ignore[no-untyped-def]  # the fake's
    assert isinstance(world.harness, SalesforceHarness)
    return world.harness.org


# Through the whole loop


def test_a_converted_lead_is_followed_to_its_contact_with_status_and_deal(world: World) -> None:
    (lead,) = world.leads.add(score=70)
    world.settle()
    contact, deal = org(world).convert(world.remote_id(lead), "Crew of five", 4800.0)
    world.settle()
    link = world.link(lead)
    assert (link.remote_type, link.remote_id) == ("Contact", contact)
    assert world.inbox.statuses(lead)[-1] == "Converted"
    (told,) = world.inbox.arrivals[-1].record.deals
    assert (told.id, told.state, told.amount, told.stage) == (deal, "open", Decimal("4800.0"), "Prospecting")


def test_what_changes_here_after_a_conversion_goes_to_the_contact(world: World) -> None:
    (lead,) = world.leads.add(score=70)
    world.settle()
    contact, _ = org(world).convert(world.remote_id(lead))
    world.leads.change(lead, score=91, company="Works")
    world.settle()
    assert org(world).rows["Contact"][contact][SCORE] == 91.0
    world.expect_all_there([lead])
    assert len(org(world).rows["Lead"]) == 1  # nothing is made anew


def test_a_conversion_between_reading_and_writing_is_followed_in_the_same_run(world: World) -> None:
    (lead,) = world.leads.add(score=70)
    world.settle()
    number = world.remote_id(lead)
    made: list[str] = []

    def convert(step: str) -> None:
        if step == "page saved" and not made:
            made.append(org(world).convert(number)[0])

    world.leads.change(lead, score=92)
    run = world.sync(after=convert)
    assert (run.state, run.counts["moved"]) == ("ok", 1)
    assert org(world).rows["Contact"][made[0]][SCORE] == 92.0


def test_a_won_deal_comes_back_though_the_contact_did_not_change(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    _, deal = org(world).convert(world.remote_id(lead), "Crew", 100.0)
    world.settle()
    world.clock.advance(A_MINUTE)
    org(world).close_deal(deal, won=True, Amount=120.5)
    world.sync()
    (told,) = world.inbox.arrivals[-1].record.deals
    assert (told.state, told.amount, told.changed_at) == ("won", Decimal("120.5"), world.clock())
    count = len(world.inbox.arrivals)
    world.settle()
    assert len(world.inbox.arrivals) == count


def test_two_leads_of_one_contact_leave_one_to_write_it(world: World) -> None:
    one, other = world.leads.add(2)
    world.settle()
    contact, _ = org(world).convert(world.remote_id(one))
    number = world.remote_id(other)
    org(world).edit("Lead", number, {"IsConverted": True, "ConvertedContactId": contact})
    world.leads.change(one, score=66)
    world.leads.change(other, score=33)
    world.settle()
    world.expect_no_duplicates()
    tombstones = sorted(Link.objects.values_list("tombstone", flat=True))
    assert tombstones == ["", "merged"]


def test_contacts_without_our_fields_lose_only_what_they_have_no_place_for(world: World) -> None:
    for name in ("Leadline_Id__c", SCORE, "Leadline_Stage__c"):
        del org(world).fields["Contact"][name]
    (lead,) = world.leads.add(score=70)
    world.settle()
    contact, _ = org(world).convert(world.remote_id(lead))
    world.leads.change(lead, score=91, email="new@example.com")
    world.settle()
    row = org(world).rows["Contact"][contact]
    assert (row["Email"], row.get(SCORE)) == ("new@example.com", None)
    assert world.link(lead).remote_id == contact


def test_a_contact_that_was_deleted_is_not_made_anew(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    contact, _ = org(world).convert(world.remote_id(lead))
    world.settle()
    world.harness.delete(contact)
    world.leads.change(lead, score=91)
    world.settle()
    assert world.link(lead).tombstone == Link.Tombstone.DELETED
    assert not world.harness.records()


def test_a_conversion_event_of_a_contact_points_to_the_contact(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    contact, _ = org(world).convert(world.remote_id(lead))
    world.settle()
    world.convert(lead)
    world.settle()
    (told,) = org(world).rows["Leadline_Conversion__c"].values()
    assert (told["Leadline_Contact__c"], told["Leadline_Lead__c"]) == (contact, None)
    assert told["Leadline_Conversion__c"] == "quote_requested"


def test_a_record_that_was_merged_twice_is_followed_to_the_end(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    first, last = (org(world).insert("Lead", {"LastName": name, "Company": "X"}) for name in ("First", "Last"))
    world.harness.merge(first, world.remote_id(lead))
    world.harness.merge(last, first)
    world.leads.change(lead, score=91)
    world.settle()
    assert (world.link(lead).remote_id, world.link(lead).tombstone) == (last, "")
    assert org(world).rows["Lead"][last][SCORE] == 91.0
    world.expect_all_there([lead])


def test_a_change_that_came_to_light_minutes_after_it_was_stamped_is_told(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    number = world.remote_id(lead)
    early = org(world).stamp()
    world.clock.advance(3 * A_MINUTE)
    world.sync()  # it looks while a transaction is still at work
    world.harness.change(number, {}, world.harness.status)
    org(world).rows["Lead"][number]["SystemModstamp"] = early
    assert [each.status for each in world.harness.open().changes(world.connection.cursor, []).records] == [
        world.harness.status
    ]


def test_the_owner_comes_back_by_mail_address_and_a_queue_is_nobody(world: World) -> None:
    (lead,) = world.leads.add()
    world.settle()
    world.harness.change(world.remote_id(lead), {"OwnerId": org(world).queue("Inbound")})
    world.settle()
    assert world.inbox.arrivals[-1].record.owner == ""
    world.harness.change(world.remote_id(lead), {"OwnerId": org(world).owner("Rep@Org.test")})
    world.settle()
    assert world.inbox.arrivals[-1].record.owner == "rep@org.test"


# The connector alone


def test_a_lead_that_was_converted_before_we_knew_its_id_is_found_by_our_name() -> None:
    desk = Desk()
    contact, _ = desk.org.convert(desk.made(1))
    (sent,) = desk.connector.send([desk.row(1)])
    assert (sent.outcome, sent.remote_type, sent.remote_id) == (Outcome.MOVED, "Contact", contact)


def test_a_merged_record_is_followed_and_one_that_was_purged_is_gone() -> None:
    desk = Desk()
    winner, loser, purged, deleted = (desk.made(number) for number in range(1, 5))
    desk.org.merge("Lead", winner, loser)
    desk.org.delete("Lead", deleted)
    desk.org.delete("Lead", purged)
    desk.org.purge("Lead", purged)
    rows = [desk.row(number, each, Phone="1") for number, each in ((2, loser), (3, purged), (4, deleted), (1, winner))]
    sent = desk.connector.send(rows)
    assert [each.outcome for each in sent] == [Outcome.MOVED, Outcome.GONE, Outcome.GONE, Outcome.UPDATED]
    assert sent[0].remote_id == winner


def test_a_reference_that_is_not_good_does_not_bury_the_record() -> None:
    desk = Desk()
    number = desk.made(1)
    real = desk.org.update

    def update(of, remote_id, values, allow=True):  # type: ignore[no-untyped-def]  # the fake's
        from leadline.crm.testing.salesforce_org import RowError

        if "OwnerId" in values:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "Owner ID: id value of incorrect type")
        return real(of, remote_id, values, allow)

    desk.org.update = update  # type: ignore[method-assign]  # one rule more
    (sent,) = desk.connector.send([desk.row(1, number, OwnerId="00Q000000000001")])
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, "INVALID_CROSS_REFERENCE_KEY")


def test_ids_of_15_characters_lead_to_the_same_record() -> None:
    desk = Desk()
    number = desk.made(1)
    (record,) = desk.connector.read([number[:15]], ["LastName"])
    assert (record.remote_id, record.values) == (number, {"LastName": "Ada 1"})
    (sent,) = desk.connector.send([desk.row(1, number[:15], Phone="12")])
    assert sent.outcome is Outcome.UPDATED


def test_a_query_is_read_to_its_last_page() -> None:
    desk = Desk()
    desk.server.page = 3
    ids = [desk.made(number) for number in range(1, 11)]
    assert [each.remote_id for each in desk.connector.read(ids, [])] == ids


def test_changes_of_many_records_come_page_by_page_each_once() -> None:
    desk = Desk()
    cursor = desk.connector.changes("", []).cursor
    desk.clock.advance(A_MINUTE)
    rows = [desk.row(number) for number in range(1, 2502)]
    made = {each.remote_id for each in desk.connector.send(rows)}
    told, _ = pulled(desk.harness, cursor)
    assert sorted(each.remote_id for each in told) == sorted(made)


def test_strangers_leads_are_not_told() -> None:
    desk = Desk()
    cursor = desk.connector.changes("", []).cursor
    desk.org.insert("Lead", {"LastName": "Of somebody else", "Company": "X"})
    assert desk.connector.changes(cursor, ["LastName"]).records == ()


def test_a_quiet_org_costs_three_calls_a_pass() -> None:
    desk = Desk()
    cursor = desk.connector.changes("", []).cursor
    before = desk.server.calls
    assert not desk.connector.changes(cursor, ["LastName"]).more
    assert desk.calls_of(before) == 3


def test_an_org_of_several_currencies_and_a_field_for_lost_reasons_is_read() -> None:
    desk = Desk(lost_reason="Why__c")
    desk.org.add_field("Opportunity", "CurrencyIsoCode", "picklist")
    desk.org.add_field("Opportunity", "Why__c", "picklist")
    contact, deal = desk.org.convert(desk.made(1), "Crew", 10.0)
    desk.org.close_deal(deal, won=False, Why__c="Too dear", CurrencyIsoCode="CHF")
    told = {each.remote_id: each for each in desk.connector.read([contact], [])}[contact].deals
    assert [(each.state, each.lost_reason, each.currency) for each in told] == [("lost", "Too dear", "CHF")]


def test_without_several_currencies_amounts_are_in_the_one_that_is_set() -> None:
    desk = Desk(currency="eur")
    contact, deal = desk.org.convert(desk.made(1), "Crew", 10.0)
    desk.org.close_deal(deal, won=True, CloseDate="2026-02-20")
    (record,) = desk.connector.read([contact], [])
    assert (record.deals[0].currency, record.deals[0].changed_at.date().isoformat()) == ("EUR", "2026-02-20")


def test_an_org_that_shows_us_no_opportunities_has_no_deals() -> None:
    desk = Desk()
    contact, _ = desk.org.convert(desk.made(1), "Crew", 10.0)
    del desk.org.fields["Opportunity"], desk.org.fields["OpportunityContactRole"]
    (record,) = desk.connector.read([contact], [])
    assert record.deals == ()
    page = desk.connector.changes("", [])
    while (page := desk.connector.changes(page.cursor, [])).more:
        assert [each.deals for each in page.records] == [()]


def event(desk: Desk, number: str, key: str = "5ad6cf26-0000-5000-8000-000000000001") -> OutgoingEvent:
    return OutgoingEvent(
        key, "quote_requested", "Asked for a quote", desk.clock(), number, "Lead", Decimal("4800"), "GBP", {"seats": 4}
    )


def test_a_conversion_told_twice_is_one_record() -> None:
    desk = Desk()
    told = event(desk, desk.made(1))
    outcomes = [desk.connector.tell([told])[0].outcome for _ in range(2)]
    assert outcomes == [Outcome.CREATED, Outcome.UPDATED]
    (row,) = desk.org.rows["Leadline_Conversion__c"].values()
    assert (row["Name"], row["Leadline_Amount__c"], row["Leadline_Details__c"]) == (
        "Asked for a quote", 4800.0, "seats: 4"
    )  # fmt: skip


def test_without_the_object_conversions_wait_and_say_what_to_do() -> None:
    desk = Desk()
    number = desk.made(1)
    del desk.org.fields["Leadline_Conversion__c"]
    (sent,) = desk.connector.tell([event(desk, number)])
    assert sent.outcome is Outcome.LATER
    assert "Leadline Conversion" in sent.advice
