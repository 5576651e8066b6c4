"""What a run would write for each lead, without writing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mapping_cast import NOON, lead, mapping_of

from leadline.crm.conflicts import Reason
from leadline.crm.differences import Action, LeadDifference, totals
from leadline.crm.dry_running import LinkState, dry_run
from leadline.crm.records import LocalRecord, RemoteRecord, Value

MAPPING = mapping_of(
    "name: name\n"
    "phone: {from: phone, owner: theirs}\n"
    "title: {from: title, owner: newest}\n"
    "score: {from: score, label: Leadline score}\n"
    "stage: {from: stage, order: [qualified, customer]}"
)
SENT: dict[str, Any] = {"name": "Amelia Hart", "phone": "1", "title": "Owner", "score": 50, "stage": "qualified"}


class Reader:
    """A CRM that can be read, and nothing else."""

    def __init__(self, *records: RemoteRecord) -> None:
        self.records = {record.remote_id: record for record in records}
        self.calls: list[Sequence[str]] = []

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        self.calls.append(remote_ids)
        return [
            replace(each, values={name: each.values.get(name) for name in fields})
            for remote_id in remote_ids
            if (each := self.records.get(remote_id))
        ]


def there(remote_id: str = "7", **changed: Value) -> RemoteRecord:
    """The record in the CRM, changed an hour after it was sent."""
    return RemoteRecord(remote_id, "lead", NOON + timedelta(hours=1), values={**SENT, **changed})


def run(record: LocalRecord, state: LinkState | None, *records: RemoteRecord) -> LeadDifference:
    """What a dry run says of one lead."""
    links = {record.lead: state} if state else {}
    (found,) = dry_run(MAPPING, [record], links, Reader(*records))  # type: ignore[arg-type]  # it only reads
    return found


LINKED = LinkState("7", SENT, SENT, sent_at=NOON, changed_there=NOON)


def test_a_lead_without_a_record_would_be_made_with_all_that_is_known() -> None:
    found = run(lead(qualified_at=None), None)
    assert found.action is Action.CREATE
    assert {each.field: each.ours for each in found.written} == {
        "name": "Amelia Hart",
        "phone": "+44 20 7946 0000",
        "title": "Practice manager",
        "score": 71,
        "stage": "qualified",
    }
    assert {each.reason for each in found.fields} == {Reason.NEW}


def test_each_field_says_what_is_there_what_is_here_and_why() -> None:
    record = lead(phone="2", score=72, title="Owner", stage="qualified")
    found = run(record, LINKED, there(name="Amy", title="Boss", stage="customer"))
    assert found.action is Action.UPDATE
    assert [(each.field, each.there, each.ours, each.write, each.said) for each in found.fields] == [
        ("name", "Amy", "Amelia Hart", True, "Changed in the CRM, and it is ours: it is put back."),
        ("phone", "1", "2", False, "Theirs: written once, and never over what stands there."),
        ("title", "Boss", "Owner", False, "Changed later in the CRM."),
        ("score", 50, 72, True, "Changed here since it was last sent."),
        ("stage", "customer", "qualified", False, "It would go back from customer to qualified."),
    ]
    assert [each.label for each in found.written] == ["name", "Leadline score"]


def test_a_stage_that_somebody_set_outside_the_order_is_left_to_them() -> None:
    found = run(lead(stage="customer"), LINKED, there(stage="Negotiation"))
    assert found.fields[-1].said == "Somebody set it to Negotiation, which is outside its order."
    assert not found.fields[-1].write


def test_a_record_that_is_as_it_should_be_is_unchanged() -> None:
    found = run(lead(dict(SENT)), LINKED, there())
    assert found.action is Action.UNCHANGED
    assert {each.reason for each in found.fields} == {Reason.UNCHANGED}


def test_a_lead_that_the_rule_does_not_take_is_left_out_unless_it_was_synced_once() -> None:
    assert run(lead(wanted=False), None).why == "The rule of who is synced does not take the lead."
    assert run(lead(wanted=False), None).action is Action.LEFT_OUT
    assert run(lead(wanted=False), LINKED, there()).action is Action.UPDATE


def test_records_that_are_gone_or_merged_there_are_left_out_with_the_reason() -> None:
    gone = run(lead(), LINKED, RemoteRecord("7", "lead", NOON, gone=True))
    assert (gone.action, gone.why, gone.fields) == (
        Action.LEFT_OUT,
        "It was deleted in the CRM, and is not made anew.",
        (),
    )
    merged = run(lead(), LINKED, RemoteRecord("7", "lead", NOON, merged_into="9"))
    assert merged.why == "It was merged in the CRM into 9; a run follows it there first."
    buried = run(lead(), replace(LINKED, left_out="Deleted in the CRM."), there())
    assert (buried.action, buried.why) == (Action.LEFT_OUT, "Deleted in the CRM.")


def test_what_stands_there_is_asked_for_in_batches_and_nothing_else_is() -> None:
    records = [replace(lead(), lead=number) for number in range(250)]
    links = {number: LinkState(str(number), SENT, {}, sent_at=NOON) for number in range(1, 250)}
    reader = Reader()
    assert len([*dry_run(MAPPING, records, links, reader)]) == 250  # type: ignore[arg-type]  # it only reads
    assert [len(call) for call in reader.calls] == [99, 100, 50]


def test_without_a_crm_to_ask_what_was_last_seen_counts() -> None:
    (found,) = dry_run(MAPPING, [lead(title="Owner")], {1: replace(LINKED, seen={**SENT, "phone": "3"})})
    assert {each.field: each.there for each in found.fields}["phone"] == "3"


def test_totals_count_leads_by_action_and_fields_by_reason() -> None:
    found = [run(lead(), None), run(lead(dict(SENT)), LINKED, there()), run(lead(wanted=False), None)]
    assert totals(found).as_dict() == {
        "to_create": 1,
        "to_update": 0,
        "unchanged": 1,
        "left_out": 1,
        "reasons": {"new": 5, "unchanged": 5},
    }


def test_a_difference_is_plain_data() -> None:
    found = run(lead(), LINKED, there())
    assert json.loads(json.dumps(found.as_dict()))["fields"][0]["reason"] == "unchanged"
