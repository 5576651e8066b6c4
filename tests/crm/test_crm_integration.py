"""All the way: an event comes in, the lead qualifies, the CRM learns of it; sales works there, and it comes back."""

from decimal import Decimal

import pytest
from crm_cast import MONDAY, WITH_REJECTION, Office, hours, track, user

from leadline.accounts.models import User
from leadline.crm.desired import Arrival
from leadline.crm.models import Link, SyncRun
from leadline.crm.records import RemoteDeal
from leadline.eventstore import queries
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.crm.commands import CRM_COMMANDS
from leadline.pipeline.crm.inbox import EngineInbox
from leadline.pipeline.crm.running import crm_sync_lead
from leadline.qualification.models import SalesAction
from leadline.tracking.models import Conversion, EventSource


def won(office: Office, amount: str = "9600", state: str = "won", deal: str = "15120837842") -> None:
    """Sales moves a deal there."""
    with office.at(office.now + hours(1)):
        opened = MONDAY + hours(2)
        office.crm.add_deal(
            office.record().remote_id,
            RemoteDeal(deal, state, office.now, opened, Decimal(amount), "GBP", "No budget" if state == "lost" else ""),
        )


def win() -> Conversion:
    return Conversion.objects.get(name="won_deal")


def events(office: Office) -> int:
    with office.place.engine.store.cursor() as cursor:
        return queries.count_events(cursor)


def test_should_sync_lead_data_correctly(office: Office) -> None:
    office.connect()
    assert office.sync().counts["created"] == 0, "nobody is qualified yet"
    office.qualify()
    run = office.sync()
    assert (run.state, run.counts["created"], run.counts["refused"]) == ("ok", 1, 0)
    record, standing = office.record(), office.place.standing("user-ada")
    assert record.values["name"] == "Ada King"
    assert record.values["x_stage"] == "qualified"
    assert record.values["x_score"] == standing.total // 1_000_000 > 0
    assert record.external_id.startswith("ll-")
    assert len(record.external_id) == 35
    again = office.sync()
    assert (again.counts["looked_at"], again.counts["updated"], again.counts["created"]) == (0, 0, 0)


def test_a_changed_lead_is_sent_with_what_changed_alone(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    before = office.record()
    with office.at(office.now + hours(1)):
        office.place.receive(office.now, track(user("ada"), "Strategy Call Booked", office.now, call_id="c1"))
    run = office.sync()
    assert run.counts["updated"] == 1
    assert office.record().values["x_score"] > before.values["x_score"]
    assert office.record().remote_id == before.remote_id


def test_should_handle_conversion_events(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    assert sum(office.crm.told.values()) == 1, "the quote, once"
    won(office, state="open")
    office.sync()
    assert Conversion.objects.get(name="opportunity").amount == Decimal("9600.00")
    won(office)
    office.sync()
    deal = win()
    assert (deal.amount, deal.currency, deal.cancelled_at) == (Decimal("9600.00"), "GBP", None)
    assert office.place.standing("user-ada").stage == "customer"
    assert office.sync().counts["updated"] == 1, "the CRM learns that it is a customer"
    assert office.record().values["x_stage"] == "customer"
    office.sync()
    assert sum(office.crm.told.values()) == 1, "what the CRM reported itself is not told back"


def test_deals_come_from_a_source_of_the_connections_own(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    won(office)
    office.sync()
    source = EventSource.objects.get(name="crm-memory")
    assert source.keys.count() == 0
    with office.place.engine.store.cursor() as cursor:
        rows = cursor.execute("SELECT name FROM events WHERE source = ? ORDER BY occurred_at", [source.pk]).fetchall()
    assert rows == [("Opportunity Opened",), ("Deal Won",)]


def test_a_deal_that_is_told_again_adds_nothing(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    won(office)
    office.sync()
    count = events(office)
    Link.objects.update(seen_hash="")  # as if the process had died before it noted what it took
    office.edit(status="Working")
    office.sync()
    assert events(office) == count
    assert Conversion.objects.filter(name="won_deal").count() == 1


def test_the_last_amount_counts_and_the_month_stays(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    won(office)
    office.sync()
    first = win().occurred_at
    won(office, amount="7200.50")
    office.sync()
    assert (win().amount, win().occurred_at) == (Decimal("7200.50"), first)


def test_a_deal_that_is_won_no_more_takes_the_win_back_and_won_again_brings_it(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    won(office)
    office.sync()
    won(office, state="open")
    office.sync()
    assert win().cancelled_at is not None
    assert Conversion.objects.get(name="opportunity").cancelled_at is None
    won(office, state="lost")
    office.sync()
    assert Conversion.objects.get(name="opportunity").cancelled_at is not None
    won(office, amount="100")
    office.sync()
    assert (win().cancelled_at, win().amount) == (None, Decimal("100.00"))
    assert Conversion.objects.get(name="opportunity").cancelled_at is None
    assert Conversion.objects.filter(name="won_deal").count() == 1


def test_a_close_date_in_the_future_is_no_event_of_the_future(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    with office.at(office.now + hours(1)):
        ahead = office.now + hours(900)
        office.crm.add_deal(office.record().remote_id, RemoteDeal("d1", "won", ahead, None, Decimal(5), "EUR"))
    office.sync()
    assert win().occurred_at <= office.now


def test_what_sales_says_there_is_said_here_once(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    office.edit(status="Contacted")
    run = office.sync()
    assert run.counts["applied"] == 1
    action = SalesAction.objects.get()
    assert (action.kind, action.via, action.note) == ("contact", "crm", "memory: Contacted")
    arrival = Arrival(Link.objects.get().lead_id, office.record(), {}, status_before="New")
    with office.at(office.now + hours(1)):  # as if the process had died before it noted what it took
        assert EngineInbox(office.place.engine).take("memory", [arrival])[0].done == ()
    assert SalesAction.objects.count() == 1
    office.edit(status="Unqualified")
    office.sync()
    assert office.place.standing("user-ada").rejection == "not_hiring"


def test_what_makes_no_sense_is_told_and_holds_nothing_up(office: Office) -> None:
    office.connect(mapping=WITH_REJECTION.replace("not_hiring", "no_such_reason"))
    office.qualify()
    office.sync()
    office.edit(status="Unqualified")
    arrival = Arrival(Link.objects.get().lead_id, office.record(), {}, status_before="New")
    with office.at(office.now + hours(1)):
        taken = EngineInbox(office.place.engine).take("memory", [arrival])[0]
    assert "no_such_reason" in taken.refused[0]
    assert office.sync().state == "ok"


def test_a_lead_that_was_turned_down_there_and_is_worked_on_again_is_accepted(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    office.edit(status="Unqualified")
    office.sync()
    office.edit(status="Working")
    office.sync()
    standing = office.place.standing("user-ada")
    assert (standing.rejection, standing.accepted_at is not None) == ("", True)
    assert list(SalesAction.objects.order_by("pk").values_list("kind", flat=True)) == ["reject", "requalify", "accept"]


def test_the_owner_there_becomes_the_owner_here_when_it_is_a_user(office: Office) -> None:
    kim = User.objects.create_user("kim@works.example", name="Kim")
    office.connect()
    office.qualify()
    office.sync()
    office.edit(owner="Kim@Works.example")
    office.sync()
    assert office.place.standing("user-ada").owner_user == kim
    office.edit(owner="stranger@works.example")
    run = office.sync()
    assert office.place.standing("user-ada").owner_user == kim
    assert run.state == "ok"


def test_two_connections_each_get_the_deals_of_the_other_told(office: Office) -> None:
    office.connect("one")
    office.qualify()
    office.sync("one")
    won(office)
    office.sync("one")
    before = sum(office.crm.told.values())
    office.connect("two")
    office.sync("two")
    told = sum(office.crm.told.values()) - before
    assert told == 3, "the quote, the opportunity and the win: it was the other one that reported them"


def test_one_lead_is_sent_when_somebody_asks_for_it(office: Office) -> None:
    office.connect()
    office.qualify("ada")
    office.now = MONDAY + hours(3)
    office.qualify("bo")
    with office.at(office.now + hours(1)):
        links = crm_sync_lead(office.place.engine, "bo@works.example")
    assert [(link["connection"], link["state"], link["name"]) for link in links] == [("memory", "sent", "Bo King")]
    assert Link.objects.count() == 1


def test_a_connection_in_trouble_is_told_to_whoever_asks_for_one_lead(office: Office) -> None:
    office.connect()
    office.qualify()
    office.crm.locked = True
    with office.at(office.now + hours(1)), pytest.raises(LeadlineError, match="refused us") as caught:
        crm_sync_lead(office.place.engine, "ada@works.example")
    assert office.crm.key not in str(caught.value)
    assert SyncRun.objects.get().state == "stopped"


def test_every_command_is_registered_by_its_name() -> None:
    from leadline.pipeline.commands import COMMANDS

    assert {command.__name__ for command in CRM_COMMANDS} <= COMMANDS.keys()
