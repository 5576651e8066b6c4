"""What becomes of rows on their way into Salesforce."""

from datetime import date
from decimal import Decimal

import pytest
from salesforce_cast import MOMENT, Desk

from leadline.crm.connectors.salesforce.answers import failed, sent_of
from leadline.crm.connectors.salesforce.bulk import ABOVE
from leadline.crm.errors import RateLimitedError, SetupError, UnreachableError
from leadline.crm.limits import Limits
from leadline.crm.records import FieldType, Outcome, RemoteField
from leadline.crm.testing.clock import FrozenClock


def test_an_answer_of_200_is_read_row_by_row() -> None:
    desk = Desk()
    before = desk.server.calls
    sent = desk.connector.send([desk.row(1), desk.row(2, LastName="x" * 81), desk.row(3, Email="nobody"), desk.row(4)])
    assert [each.outcome for each in sent] == [Outcome.CREATED, Outcome.REFUSED, Outcome.REFUSED, Outcome.CREATED]
    assert [each.code for each in sent[1:3]] == ["STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS"]
    assert "truncate" in sent[1].advice
    assert desk.calls_of(before) == 3  # signed in, described, sent


def test_a_value_that_fails_the_whole_call_is_found_by_halves() -> None:
    desk = Desk()
    desk.org.add_field("Lead", "Born__c", "double")
    sent = desk.connector.send([desk.row(1, Born__c="when?"), desk.row(2), desk.row(3)])
    assert [each.outcome for each in sent] == [Outcome.REFUSED, Outcome.CREATED, Outcome.CREATED]
    assert sent[0].code == "JSON_PARSER_ERROR"


def test_a_field_that_is_not_there_stops_the_connection_with_what_to_do() -> None:
    desk = Desk()
    with pytest.raises(SetupError, match="Leadline_Grade__c") as caught:
        desk.connector.send([desk.row(1, Leadline_Grade__c="A")])
    assert "Make Leadline's fields" in caught.value.advice


def test_without_our_field_nothing_is_sent() -> None:
    desk = Desk()
    del desk.org.fields["Lead"]["Leadline_Id__c"]
    with pytest.raises(SetupError, match="external ID field"):
        desk.connector.send([desk.row(1)])


def test_values_are_of_the_type_that_the_field_has() -> None:
    desk = Desk()
    for name, type_ in (("At__c", "datetime"), ("On__c", "date"), ("Yes__c", "boolean"), ("Worth__c", "currency")):
        desk.org.add_field("Lead", name, type_)
    number = desk.made(Phone=4912345, At__c=MOMENT, On__c=date(2026, 3, 1), Yes__c=True, Worth__c=Decimal("12.50"))
    names = ("Phone", "At__c", "On__c", "Yes__c", "Worth__c")
    assert [desk.lead(number)[name] for name in names] == [
        "4912345", "2026-03-01T12:30:00.000+0000", "2026-03-01", True, 12.5
    ]  # fmt: skip
    (record,) = desk.connector.read([number], names)
    assert list(record.values.values()) == ["4912345", MOMENT, "2026-03-01", True, Decimal("12.5")]


def test_a_row_that_somebody_has_locked_is_for_later() -> None:
    desk = Desk()
    desk.org.contended[desk.row(1).external_id] = 1
    assert [each.outcome for each in desk.connector.send([desk.row(1), desk.row(2)])] == [
        Outcome.LATER,
        Outcome.CREATED,
    ]
    assert desk.connector.send([desk.row(1)])[0].outcome is Outcome.CREATED


def test_who_was_beaten_to_making_a_record_tries_again_and_finds_it() -> None:
    words = "duplicate value found: {} duplicates value on record with id: 00Q5e0000000001"
    beaten, other = (
        sent_of(failed("DUPLICATE_VALUE", words.format(name)), "Lead", upsert=True)
        for name in ("Leadline_Id__c", "Badge__c")
    )
    again = sent_of(failed("DUPLICATE_VALUE", words.format("Leadline_Id__c")), "Lead", upsert=False)
    assert [each.outcome for each in (beaten, other, again)] == [Outcome.LATER, Outcome.REFUSED, Outcome.REFUSED]


def test_a_duplicate_rule_that_warns_lets_our_rows_pass() -> None:
    desk = Desk()
    desk.org.insert("Contact", {"LastName": "Ada", "Email": "ada1@example.com"})
    desk.org.duplicates = "alert"
    assert desk.connector.send([desk.row(1)])[0].outcome is Outcome.CREATED


def test_a_duplicate_rule_that_blocks_parks_the_row_with_what_to_do() -> None:
    desk = Desk()
    other = desk.org.insert("Lead", {"LastName": "Ada", "Company": "Works", "Email": "ADA1@example.com"})
    desk.org.duplicates = "block"
    (sent,) = desk.connector.send([desk.row(1)])
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, "DUPLICATES_DETECTED")
    assert "Leadline ID" in sent.advice
    desk.org.edit("Lead", other, {"Leadline_Id__c": desk.row(1).external_id})  # as the advice says
    (again,) = desk.connector.send([desk.row(1)])
    assert (again.outcome, again.remote_id) == (Outcome.UPDATED, other)


def test_an_outage_after_some_calls_keeps_what_was_answered() -> None:
    desk = Desk()
    real = desk.server.answer
    sent_calls: list[str] = []

    def answer(request):  # type: ignore[no-untyped-def]  # httpx's
        if request.method == "PATCH":
            sent_calls.append(request.url.path)
            desk.server.down = int(len(sent_calls) == 2)
        return real(request)

    desk.server.answer = answer  # type: ignore[method-assign]  # the transport asks for it anew
    desk.harness.transport = desk.server.transport()
    sent = desk.open().send([desk.row(number) for number in range(1, 451)])
    outcomes = [each.outcome for each in sent]
    assert outcomes == [Outcome.CREATED] * 200 + [Outcome.LATER] * 250
    assert len(sent_calls) == 2  # nobody is asked again in vain


def test_an_outage_at_once_is_told_as_one() -> None:
    desk = Desk()
    desk.connector.fields()
    desk.server.down = 1
    with pytest.raises(UnreachableError):
        desk.connector.send([desk.row(1)])


# Many rows: Bulk API 2.0


def many(desk: Desk, count: int = ABOVE + 1):  # type: ignore[no-untyped-def]  # rows
    return [desk.row(number, Leadline_Score__c=number % 100) for number in range(1, count + 1)]


def test_two_thousand_rows_go_by_calls_and_one_more_by_a_file() -> None:
    desk = Desk()
    rows = many(desk)
    before = desk.server.calls
    sent = desk.connector.send(rows[:-1])
    assert {each.outcome for each in sent} == {Outcome.CREATED}
    assert (desk.calls_of(before), len(desk.server.jobs.all)) == (2 + ABOVE // 200, 0)
    before = desk.server.calls
    sent = desk.connector.send(rows)
    assert [each.outcome for each in sent] == [Outcome.UPDATED] * ABOVE + [Outcome.CREATED]
    assert len(desk.server.jobs.all) == 1
    assert desk.calls_of(before) < 12
    assert len(desk.org.rows["Lead"]) == ABOVE + 1


def test_rows_that_a_file_fails_on_are_told_apart_from_those_that_it_did_not_come_to() -> None:
    desk = Desk()
    desk.server.refused = frozenset({desk.row(7).external_id})
    desk.org.contended[desk.row(8).external_id] = 1
    desk.server.jobs.most = ABOVE
    sent = desk.connector.send(many(desk))
    assert (sent[6].outcome, sent[6].code) == (Outcome.REFUSED, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert sent[6].message == "Leads of this sort are not welcome."
    assert (sent[7].outcome, sent[7].code) == (Outcome.LATER, "UNABLE_TO_LOCK_ROW")
    assert (sent[-1].outcome, sent[-1].code) == (Outcome.LATER, "UNPROCESSED")
    assert [each.outcome for each in sent].count(Outcome.CREATED) == ABOVE - 2


def test_a_job_that_takes_too_long_is_aborted_and_its_rows_are_for_later() -> None:
    desk = Desk()
    desk.server.jobs.seconds = 3600.0
    began = desk.clock()
    sent = desk.connector.send(many(desk))
    assert {each.outcome for each in sent} == {Outcome.LATER}
    assert 300 <= (desk.clock() - began).total_seconds() < 400  # well within the ten minutes of a run's lease
    assert [job.state for job in desk.server.jobs.all.values()] == ["Aborted"]


def test_a_file_changes_only_what_a_row_says_and_empties_what_it_says_is_nothing() -> None:
    desk = Desk()
    first = desk.connector.send(
        [desk.row(n, Phone="1", Title='a "b",\nc' if n == 3 else "T") for n in range(1, ABOVE + 2)]
    )
    ids = [each.remote_id for each in first]
    assert desk.lead(ids[2])["Title"] == 'a "b",\nc'
    rows = [desk.row(n, ids[n - 1], **({"Phone": None} if n == 1 else {"Title": "New"})) for n in range(1, ABOVE + 2)]
    assert {each.outcome for each in desk.connector.send(rows)} == {Outcome.UPDATED}
    assert [(desk.lead(each)["Phone"], desk.lead(each)["Title"]) for each in ids[:2]] == [(None, "T"), ("1", "New")]


def test_a_text_that_reads_like_nothing_in_a_file_goes_by_a_call() -> None:
    desk = Desk()
    rows = many(desk, ABOVE + 5)
    rows[3] = desk.row(4, Title="#N/A")
    sent = desk.connector.send(rows)
    assert {each.outcome for each in sent} == {Outcome.CREATED}
    assert desk.lead(sent[3].remote_id)["Title"] == "#N/A"


def test_duplicates_that_hold_up_a_file_pass_by_calls() -> None:
    desk = Desk()
    for number in range(1, 251):
        desk.org.insert("Contact", {"LastName": "Ada", "Email": f"ada{number}@example.com"})
    desk.org.duplicates = "alert"
    assert {each.outcome for each in desk.connector.send(many(desk))} == {Outcome.CREATED}


def test_a_field_that_a_file_names_and_that_is_not_there_stops_the_connection() -> None:
    desk = Desk()
    rows = [desk.row(number, Leadline_Grade__c="A") for number in range(1, ABOVE + 2)]
    with pytest.raises(SetupError, match="Leadline_Grade__c"):
        desk.connector.send(rows)


def test_waiting_for_a_job_does_not_slow_down_what_comes_after_it() -> None:
    clock = FrozenClock()
    limits = Limits(10.0, 1, now=clock.monotonic, sleep=clock.advance)
    limits.rest(5.0)
    assert limits.take() == 5.0
    assert limits.per_second == 10.0


# Limits


def test_the_last_calls_of_the_day_are_left_to_others() -> None:
    desk = Desk()
    desk.connector.send([desk.row(1)])
    desk.server.used, before = 96_000, desk.server.calls
    desk.connector.send([desk.row(1)])  # its answer says how many are left
    with pytest.raises(RateLimitedError, match="left to others") as caught:
        desk.connector.send([desk.row(1)])
    assert desk.calls_of(before) == 1
    assert (caught.value.retry_after or 0) >= 600


def test_when_the_day_s_calls_are_used_up_it_waits_long() -> None:
    desk = Desk()
    desk.server.used = desk.server.most
    with pytest.raises(RateLimitedError) as caught:
        desk.connector.send([desk.row(1)])
    assert (caught.value.retry_after or 0) >= 600


def test_far_from_the_limit_nothing_is_slowed_down() -> None:
    desk = Desk()
    desk.server.used = 70_000
    began = desk.clock()
    for number in range(1, 15):
        desk.connector.send([desk.row(number)])
    assert (desk.clock() - began).total_seconds() < 5


# A session that is over


def test_a_session_that_ends_between_two_calls_of_one_send_is_renewed_once() -> None:
    desk = Desk()
    real = desk.server.answer
    seen: list[str] = []

    def answer(request):  # type: ignore[no-untyped-def]  # httpx's
        seen.append(request.url.path)
        if request.method == "PATCH" and len([path for path in seen if "composite" in path]) == 2:
            desk.server.end_sessions()
        return real(request)

    desk.server.answer = answer  # type: ignore[method-assign]  # the transport asks for it anew
    desk.harness.transport = desk.server.transport()
    sent = desk.open().send([desk.row(number) for number in range(1, 401)])
    assert {each.outcome for each in sent} == {Outcome.CREATED}
    assert desk.server.door.sign_ins == 2
    assert desk.harness.kept["token"].endswith("session-2")


def test_fields_are_made_on_leads_and_contacts_and_seen_by_us() -> None:
    desk = Desk()
    stages = (("qualified", "Qualified"), ("customer", "Customer"))
    for of in ("Lead", "Contact"):
        del desk.org.fields[of]["Leadline_Id__c"]
    desk.connector.make_field(RemoteField("Leadline_Grade__c", "Grade", FieldType.TEXT))
    desk.connector.make_field(RemoteField("Leadline_Step__c", "Step", FieldType.CHOICE, choices=stages))
    desk.connector.make_field(RemoteField("Leadline_Grade__c", "Grade", FieldType.TEXT))  # there already
    for of in ("Lead", "Contact"):
        assert desk.org.fields[of]["Leadline_Id__c"]["externalId"]
        assert desk.org.fields[of]["Leadline_Grade__c"]["visible"]
    described = {field.name: field for field in desk.connector.fields()}
    assert [value for value, _ in described["Leadline_Step__c"].choices] == ["qualified", "customer"]
    assert not described["Leadline_Id__c"].writable  # the connector's own
    assert len(desk.org.rows["PermissionSet"]) == 1
    assert len(desk.org.rows["PermissionSetAssignment"]) == 1
    assert desk.made(Leadline_Grade__c="A")


def test_a_field_without_the_suffix_of_custom_ones_is_not_made() -> None:
    with pytest.raises(SetupError, match="Leadline_Grade'") as caught:
        Desk().connector.make_field(RemoteField("Leadline_Grade", "Grade", FieldType.TEXT))
    assert "Leadline_Grade__c" in caught.value.advice
