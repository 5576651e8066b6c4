"""Pipedrive: fields, errors, limits, and what it says of itself."""

from datetime import timedelta

import pytest
from connector_cast import answering

from leadline.crm.connector import Connector
from leadline.crm.errors import (
    CredentialsError,
    CRMError,
    RateLimitedError,
    RejectedError,
    SetupError,
    UnreachableError,
)
from leadline.crm.records import FieldType, Outcome, Outgoing, RemoteField
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.pipedrive_tables import Tables

# Fields


def test_custom_fields_are_named_by_their_label_and_told_with_their_key(connector: Connector, tables: Tables) -> None:
    answer = connector.send([Outgoing("ll-1", {"name": "Ada", "leadline_score": 72, "leadline_stage": "qualified"})])[0]
    custom = tables.persons[int(answer.remote_id)]["custom_fields"]
    assert custom[tables.code("Leadline ID")] == "ll-1"
    assert custom[tables.code("Leadline score")] == 72
    stage = next(row for row in tables.fields if row["field_name"] == "Leadline stage")
    assert {each["id"]: each["label"] for each in stage["options"]}[custom[stage["field_code"]]] == "Qualified"


def test_a_field_may_be_named_by_its_key_or_its_very_label_too(connector: Connector, tables: Tables) -> None:
    code = tables.add_field("Shoe size (EU)", "double")["field_code"]
    for name in (code, "Shoe size (EU)", "shoe_size_eu"):
        answer = connector.send([Outgoing(f"ll-{name}", {name: 42})])[0]
        assert tables.persons[int(answer.remote_id)]["custom_fields"][code] == 42, name
        assert connector.read([answer.remote_id], [name])[0].values == {name: 42}


def test_of_two_fields_with_one_label_each_is_named_by_its_key(connector: Connector, tables: Tables) -> None:
    codes = {tables.add_field("Industry", "varchar")["field_code"] for _ in range(2)}
    names = {field.name for field in connector.fields()}
    assert codes <= names
    assert "industry" not in names
    with pytest.raises(SetupError) as caught:
        connector.send([Outgoing("ll-1", {"industry": "Retail"})])
    assert "key" in caught.value.advice


def test_fields_are_made_once_with_a_label_that_their_name_comes_back_from(
    harness: PipedriveHarness, tables: Tables
) -> None:
    tables.fields = [row for row in tables.fields if not row["is_custom_field"]]
    asked = [
        RemoteField("leadline_grade", "Leadline grade", FieldType.TEXT, ours=True),
        RemoteField("leadline_fit", "How well they fit", FieldType.INTEGER, ours=True),
    ]
    for _ in range(2):
        for field in asked:
            harness.open().make_field(field)
    made = [(row["field_name"], row["field_type"]) for row in tables.fields if row["is_custom_field"]]
    assert made == [("Leadline ID", "varchar"), ("Leadline grade", "varchar"), ("Leadline fit", "double")]
    assert {"leadline_grade", "leadline_fit"} <= {field.name for field in harness.open().fields()}


def test_our_own_field_is_made_before_the_first_person(harness: PipedriveHarness, tables: Tables) -> None:
    tables.fields = [row for row in tables.fields if not row["is_custom_field"]]
    assert harness.open().send([Outgoing("ll-1", {"name": "Ada"})])[0].outcome is Outcome.CREATED


def test_a_field_that_is_not_there_stops_with_its_name(connector: Connector) -> None:
    with pytest.raises(SetupError, match="shoe_size"):
        connector.send([Outgoing("ll-1", {"shoe_size": 42})])


def test_fields_are_described_with_their_choices_and_lengths(connector: Connector) -> None:
    fields = {field.name: field for field in connector.fields()}
    assert ("profile_development", "Profile development") in fields["leadline_stage"].choices
    assert fields["leadline_id"].length == 255
    assert fields["leadline_id"].ours
    assert not fields["first_name"].writable
    assert "owner_id" not in fields, "Whom a person belongs to is sales' own."


# Errors and limits


def test_the_end_of_the_days_tokens_is_waited_out_for_an_hour(connector: Connector, pipedrive: PipedriveServer) -> None:
    pipedrive.tokens = 5
    with pytest.raises(RateLimitedError) as caught:
        connector.fields()
    assert (caught.value.retry_after, caught.value.vendor_code) == (3600.0, "DAILY")
    assert "midnight" in caught.value.advice


def test_calls_are_paced_so_that_the_smallest_plan_never_finds_them_to_be_too_many(
    harness: PipedriveHarness, pipedrive: PipedriveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipedrive.burst = 20
    refused: list[str] = []
    window = pipedrive._window

    def watched(*arguments: object) -> None:
        try:
            window(*arguments)  # type: ignore[arg-type]  # as it was called
        except Exception:
            refused.append("too many")
            raise

    monkeypatch.setattr(pipedrive, "_window", watched)
    connector, began = harness.open(), harness.clock()
    answers = connector.send([Outgoing(f"ll-{number}", {"name": "Ada"}) for number in range(50)])
    assert {each.outcome for each in answers} == {Outcome.CREATED}
    assert pipedrive.calls >= 100
    assert harness.clock() - began > timedelta(seconds=14)
    assert refused == []


def test_who_is_shut_out_with_a_page_rests_and_is_not_told_that_the_token_is_bad(
    connector: Connector, pipedrive: PipedriveServer
) -> None:
    pipedrive.blocked = True
    with pytest.raises(RateLimitedError) as caught:
        connector.fields()
    assert caught.value.retry_after == 1800.0


def test_what_the_user_may_not_do_stops_the_connection(harness: PipedriveHarness, tables: Tables) -> None:
    tables.fields.append(
        {"field_code": "job_title", "field_name": "Job title", "field_type": "varchar", "is_custom_field": False}
    )
    with pytest.raises(CredentialsError) as caught:
        harness.open().send([Outgoing("ll-1", {"name": "Ada", "job_title": "Owner"})])
    assert "Contact Sync" in caught.value.advice
    tables.can_sync = True
    assert harness.open().send([Outgoing("ll-1", {"name": "Ada", "job_title": "Owner"})])[0].remote_id


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"success": false, "error": "x"}'])
def test_a_trouble_that_passes_is_never_a_refusal(harness: PipedriveHarness, status: int, body: bytes) -> None:
    with pytest.raises(UnreachableError):
        answering(harness, status, body).fields()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b'{"success": false, "error": "no"}', RejectedError),
        (400, b'{"success": false, "error": 5, "error_info": []}', RejectedError),
        (402, b'{"success": false}', CredentialsError),
        (403, b'{"success": false, "error": "limit", "code": "feature_capping_persons_limit"}', SetupError),
        (415, b'{"success": false, "error": "Feature is not enabled"}', SetupError),
        (429, b"", RateLimitedError),
    ],
)
def test_a_refusal_is_told_as_what_it_is(
    harness: PipedriveHarness, status: int, body: bytes, error: type[CRMError]
) -> None:
    with pytest.raises(error):
        answering(harness, status, body).fields()


@pytest.mark.parametrize(
    ("domain", "token", "words"),
    [("", "t", "domain"), ("acme.evil.test", "t", "domain"), ("acme", "", "token"), ("acme", "tökén", "token")],
)
def test_what_can_not_work_is_said_at_once(harness: PipedriveHarness, domain: str, token: str, words: str) -> None:
    harness.settings, harness.secrets = {"domain": domain}, {"token": token}
    with pytest.raises(SetupError, match=words):
        harness.open()


@pytest.mark.parametrize("domain", ["acme", "Acme.pipedrive.com", "https://acme.pipedrive.com/persons/list"])
def test_it_says_who_it_is_and_where_a_person_is_opened(harness: PipedriveHarness, domain: str) -> None:
    harness.settings = {"domain": domain}
    connector = harness.open()
    about = connector.check()
    assert (about.product, about.version, about.account) == ("Pipedrive", "v2", "Acme (acme.pipedrive.com)")
    assert (about.user, about.notes) == ("leadline@acme.test", ())
    assert connector.address("501", "person") == "https://acme.pipedrive.com/person/501"


def test_what_is_not_there_yet_or_can_not_be_seen_is_noted(harness: PipedriveHarness, tables: Tables) -> None:
    tables.fields = [row for row in tables.fields if not row["is_custom_field"]]
    harness.pipedrive.hidden = frozenset({"/deals", "/v1/users"})
    with pytest.raises(CredentialsError):
        harness.open().check()
    harness.pipedrive.hidden = frozenset({"/deals"})
    assert len(harness.open().check().notes) == 2
