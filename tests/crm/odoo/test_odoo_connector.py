"""The connector of Odoo over its fake: what it writes, what it reads, and what it makes of Odoo's moods."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from connector_cast import pulled

from leadline.crm.connectors.odoo import KIND, OdooConnector
from leadline.crm.connectors.odoo.calls import base_of
from leadline.crm.errors import CredentialsError, CRMError, SetupError, UnreachableError
from leadline.crm.mapping import read_mapping
from leadline.crm.records import FieldType, Outcome, Outgoing, OutgoingEvent, RemoteField, RemoteRecord, Value
from leadline.crm.testing.odoo_harness import OdooHarness

VALUES: Mapping[str, Value] = {"name": "Ada King, Engines", "email_from": "Ada@Engines.example"}
LEAD = "crm.lead"


@pytest.fixture
def crm() -> OdooHarness:
    return OdooHarness()


@pytest.fixture
def connector(crm: OdooHarness) -> OdooConnector:
    return OdooConnector(crm.opening())


def send(connector: OdooConnector, *names: str, **values: Value) -> list[str]:
    """New leads. Returns their numbers."""
    rows = [Outgoing(name, {**VALUES, **values}) for name in names]
    answers = connector.send(rows)
    assert [each.outcome for each in answers] == [Outcome.CREATED] * len(names)
    return [each.remote_id for each in answers]


def read(connector: OdooConnector, number: str, *fields: str) -> RemoteRecord:
    (record,) = connector.read([number], fields or ("name",))
    return record


def test_a_lead_is_made_with_a_note_that_says_where_it_comes_from_and_belongs_to_nobody(
    crm: OdooHarness, connector: OdooConnector
) -> None:
    (number,) = send(connector, "ll-1")
    row = crm.odoo.tables.leads[int(number)]
    assert row["name"] == VALUES["name"]
    assert row["user_id"] is False, "Odoo would give it to the key's user"
    bodies = [note["body"] for note in crm.odoo.tables.notes_at([int(number)]) if "leadline>" in note["message_id"]]
    assert len(bodies) == 1
    assert "Leadline" in bodies[0]


def test_an_owner_that_the_mapping_names_is_kept(crm: OdooHarness, connector: OdooConnector) -> None:
    (number,) = send(connector, "ll-1", user_id="ann@sales.example")
    assert crm.odoo.tables.leads[int(number)]["user_id"] == [6, "Ann"]
    assert read(connector, number, "user_id").values["user_id"] == "ann@sales.example"


def test_values_are_read_as_they_were_written(crm: OdooHarness, connector: OdooConnector) -> None:
    for name, type_ in (("x_when", "datetime"), ("x_worth", "float"), ("x_ok", "boolean"), ("x_many", "integer")):
        crm.odoo.tables.fields[name] = {"string": name, "type": type_, "store": True}
    values: dict[str, Value] = {
        "x_when": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "x_worth": Decimal("1234.5"),
        "x_ok": True,
        "x_many": 7,
        "date_deadline": date(2026, 4, 1),
        "description": "Fish & chips\nfor <two>",
        "country_id": "DE",
        "priority": "2",
        "tag_ids": "Leadline",
        "x_leadline_stage": "qualified",
    }
    (number,) = send(connector, "ll-1", **values)
    assert read(connector, number, *values).values == values
    assert crm.odoo.tables.leads[int(number)]["x_when"] == "2026-03-02 09:30:00", "naive, and UTC"
    emptied = connector.send([Outgoing("ll-1", dict.fromkeys(values), number)])
    assert emptied[0].outcome is Outcome.UPDATED
    there = read(connector, number, *values).values
    assert {name for name, value in there.items() if value} == set()


def test_rows_of_many_shapes_go_out_in_one_call_for_each_shape(crm: OdooHarness, connector: OdooConnector) -> None:
    one, other, third = send(connector, "ll-1", "ll-2", "ll-3")
    before = crm.calls
    answers = connector.send(
        [
            Outgoing("ll-1", {"phone": "1"}, one),
            Outgoing("ll-2", {"city": "Bonn"}, other),
            Outgoing("ll-3", {"phone": "3"}, third),
        ]
    )
    assert [each.outcome for each in answers] == [Outcome.UPDATED] * 3
    assert crm.calls - before == 2
    assert [crm.odoo.tables.leads[int(each)]["phone"] for each in (one, other, third)] == ["1", False, "3"]


def test_the_bad_rows_of_a_batch_are_named_and_the_others_kept(crm: OdooHarness, connector: OdooConnector) -> None:
    rows = [Outgoing(f"ll-{at}", {**VALUES, "country_id": "Nowhere" if at % 3 == 0 else "DE"}) for at in range(9)]
    answers = connector.send(rows)
    assert [each.outcome is Outcome.REFUSED for each in answers] == [at % 3 == 0 for at in range(9)]
    assert "Nowhere" in answers[0].message
    assert answers[0].advice
    assert len(crm.odoo.tables.leads) == 6


def test_a_lead_that_was_merged_away_is_not_made_again_even_when_no_link_is_known(
    crm: OdooHarness, connector: OdooConnector
) -> None:
    """After a restored backup: its external id is gone from Odoo, its note is not."""
    winner, loser = send(connector, "ll-1", "ll-2")
    crm.merge(winner, loser)
    (sent,) = connector.send([Outgoing("ll-2", VALUES)])
    assert (sent.outcome, sent.remote_id, sent.remote_type) == (Outcome.MOVED, winner, LEAD)
    assert len(crm.odoo.tables.leads) == 1


def test_a_merge_is_told_by_the_survivor_and_by_reading_the_lost_one(
    crm: OdooHarness, connector: OdooConnector
) -> None:
    cursor = connector.changes("", ()).cursor
    winner, loser, third = send(connector, "ll-1", "ll-2", "ll-3")
    crm.merge(winner, loser)
    crm.delete(third)
    (survivor,) = connector.changes(cursor, ("name",)).records
    assert (survivor.remote_id, survivor.external_id, survivor.merged_from) == (winner, "ll-1", (loser,))
    lost, deleted = connector.read([loser, third], ("name",))
    assert (lost.merged_into, lost.gone) == (winner, False)
    assert (deleted.merged_into, deleted.gone) == ("", True)
    answers = connector.send([Outgoing("ll-2", {"phone": "2"}, loser), Outgoing("ll-3", {"phone": "3"}, third)])
    assert [each.outcome for each in answers] == [Outcome.MOVED, Outcome.GONE]


def test_lost_leads_are_seen_and_written_though_odoo_hides_them(crm: OdooHarness, connector: OdooConnector) -> None:
    cursor = connector.changes("", ()).cursor
    (number,) = send(connector, "ll-1", expected_revenue=Decimal(900))
    crm.odoo.tables.lose(int(number), 1)
    (record,) = connector.changes(cursor, ("name",)).records
    (deal,) = record.deals
    assert (record.status, deal.state, deal.lost_reason, deal.amount) == ("Lost", "lost", "Too expensive", Decimal(900))
    assert connector.send([Outgoing("ll-1", {"phone": "1"}, number)])[0].outcome is Outcome.UPDATED


def test_an_opportunity_is_a_deal_once_somebody_takes_it_on(crm: OdooHarness, connector: OdooConnector) -> None:
    (number,) = send(connector, "ll-1", expected_revenue=Decimal("1200.5"))
    assert read(connector, number).deals == (), "we made it, nobody has touched it"
    crm.odoo.tables.move(int(number), 2)
    (deal,) = read(connector, number).deals
    assert (deal.state, deal.amount, deal.currency, deal.stage) == ("open", Decimal("1200.5"), "USD", "Qualified")
    crm.clock.advance(86_400)
    crm.odoo.tables.win(int(number))
    record = read(connector, number)
    assert record.status == "Won"
    assert (record.deals[0].state, record.deals[0].changed_at) == ("won", crm.clock())


def test_with_leads_switched_on_a_lead_becomes_a_deal_by_being_converted(
    crm: OdooHarness, connector: OdooConnector
) -> None:
    crm.odoo.tables.with_leads = True
    (number,) = send(connector, "ll-1")
    assert (read(connector, number).status, read(connector, number).deals) == ("Lead", ())
    crm.odoo.tables.convert(int(number))
    record = read(connector, number)
    assert (record.status, record.deals[0].state) == ("New", "open")


def test_changes_are_told_page_by_page_and_none_twice_in_a_pass(crm: OdooHarness, connector: OdooConnector) -> None:
    cursor = connector.changes("", ()).cursor
    crm.clock.advance(10)
    names = [f"ll-{at}" for at in range(450)]
    for at in range(0, 450, 150):
        send(connector, *names[at : at + 150])
    told, cursor = pulled(crm, cursor)
    assert sorted(each.external_id for each in told) == sorted(names)
    crm.clock.advance(7200)
    again, cursor = pulled(crm, cursor)
    assert sorted(each.external_id for each in again) == sorted(names), "a pass begins before the last one ended"
    assert pulled(crm, cursor)[0] == [], "and then it is quiet"


def test_a_change_that_came_to_light_late_is_not_missed(crm: OdooHarness, connector: OdooConnector) -> None:
    """`write_date` is when a transaction began; it is seen when it commits."""
    (number,) = send(connector, "ll-1")
    cursor = connector.changes("", ()).cursor
    began = crm.odoo.tables.text
    crm.clock.advance(90)
    cursor = connector.changes(cursor, ("phone",)).cursor
    crm.odoo.tables.write(int(number), {"phone": "1"})
    crm.odoo.tables.leads[int(number)]["write_date"] = began
    (record,) = connector.changes(cursor, ("phone",)).records
    assert record.values["phone"] == "1"


def test_a_conversion_is_a_note_once(crm: OdooHarness, connector: OdooConnector) -> None:
    (number,) = send(connector, "ll-1")
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    properties: dict[str, Value] = {"seats": 3, "note": "<b>", "empty": None}
    event = OutgoingEvent("key-1", "quote", "Quote requested", at, number, LEAD, Decimal(1200), "EUR", properties)
    gone = replace(event, key="key-2", remote_id="999")
    assert [each.outcome for each in connector.tell([event, gone])] == [Outcome.CREATED, Outcome.GONE]
    assert connector.tell([event])[0].outcome is Outcome.UPDATED
    (body,) = [note["body"] for note in crm.odoo.tables.notes_of(["<key-1@leadline>"])]
    assert body == ("<p><b>Quote requested</b>, 1,200 EUR (2026-03-02 09:00:00 UTC)<br>seats: 3<br>note: &lt;b&gt;</p>")


def test_fields_are_made_once_and_described_with_their_choices(crm: OdooHarness, connector: OdooConnector) -> None:
    wanted = RemoteField("x_leadline_grade", "Grade", FieldType.CHOICE, (("A", "Best"), ("B", "Good")), ours=True)
    connector.make_field(wanted)
    connector.make_field(wanted)
    found = {field.name: field for field in connector.fields()}
    assert found["x_leadline_grade"] == wanted
    assert found["name"].required
    assert not found["won_status"].writable
    assert "message_ids" not in found
    with pytest.raises(SetupError, match="x_grade"):
        connector.make_field(RemoteField("grade", "Grade", FieldType.TEXT))
    crm.odoo.administrator = False
    with pytest.raises(CredentialsError):
        connector.make_field(RemoteField("x_more", "More", FieldType.TEXT))


def test_a_field_that_odoo_does_not_have_stops_the_connection_with_words(connector: OdooConnector) -> None:
    with pytest.raises(SetupError, match="x_missing") as told:
        connector.send([Outgoing("ll-1", {"x_missing": 1})])
    assert "mapping" in told.value.advice


def test_a_test_of_the_connection_says_who_we_are_and_what_to_know(crm: OdooHarness, connector: OdooConnector) -> None:
    about = connector.check()
    assert (about.product, about.version, about.user) == ("Odoo", "19.0", "sam@sales.example")
    assert "opportunities only" in about.notes[0]
    crm.odoo.administrator = False
    assert "administrator" in connector.check().notes[0]


@pytest.mark.parametrize(
    ("break_it", "error"),
    [
        (lambda odoo: setattr(odoo, "locked", True), CredentialsError),
        (lambda odoo: setattr(odoo, "down", 9), UnreachableError),
    ],
)
def test_trouble_is_told_as_what_it_is(
    crm: OdooHarness, connector: OdooConnector, break_it: object, error: type[CRMError]
) -> None:
    assert callable(break_it)
    break_it(crm.odoo)
    with pytest.raises(error) as told:
        connector.send([Outgoing("ll-1", VALUES)])
    assert crm.odoo.key not in str(told.value)


def test_the_address_of_a_record_is_its_form(connector: OdooConnector) -> None:
    assert connector.address("7", LEAD) == "http://odoo.test/odoo/crm.lead/7"


@pytest.mark.parametrize(
    ("copied", "base"),
    [
        ("https://company.odoo.com/odoo/crm?view=kanban", "https://company.odoo.com"),
        ("company.odoo.com", "https://company.odoo.com"),
        ("http://127.0.0.1:8069/web#action=1", "http://127.0.0.1:8069"),
        ("https://erp.example/sales/odoo/crm/4", "https://erp.example/sales"),
    ],
)
def test_an_address_is_taken_as_people_copy_it(copied: str, base: str) -> None:
    assert base_of(copied) == base


def test_the_mapping_that_a_new_connection_begins_with_is_valid(connector: OdooConnector) -> None:
    mapping = read_mapping(KIND.mapping)
    there = {field.name for field in connector.fields()}
    made = {field.name for field in mapping.our_fields}
    assert set(mapping.remote_fields) <= there | made


def test_the_fake_answers_over_loopback_too(crm: OdooHarness) -> None:
    with crm.odoo.serve() as url:
        real = OdooConnector(replace(crm.opening(), settings={"url": url}, transport=None))
        try:
            (number,) = send(real, "ll-1")
            assert read(real, number).external_id == "ll-1"
        finally:
            real.close()
