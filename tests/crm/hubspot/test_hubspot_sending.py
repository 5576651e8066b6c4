"""What HubSpot is sent: upserts, e-mail addresses that are there already, the lifecycle stage."""

from datetime import date

import httpx
import pytest
from hubspot_cast import contact, writes

from leadline.crm.connector import Connector
from leadline.crm.errors import RejectedError
from leadline.crm.records import Outcome, Outgoing, Value
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.hubspot_tables import STAGES, Tables

BACK = frozenset({"lifecyclestage"})


# What is sent


def test_contacts_are_upserted_by_our_own_property_on_a_dated_path_with_texts_only(
    connector: Connector, hubspot: HubSpotServer
) -> None:
    born = date(1990, 5, 4)
    values: dict[str, Value] = {"email": "ada@example.com", "leadline_score": 70, "date_of_birth": born, "phone": None}
    (sent,) = connector.send([Outgoing("ll-1", values)])
    assert sent.outcome is Outcome.CREATED
    path, body = hubspot.bodies[-1]
    assert path == "/crm/objects/2026-03/contacts/batch/upsert"
    assert body["inputs"] == [
        {
            "id": "ll-1",
            "idProperty": "leadline_id",
            "objectWriteTraceId": "0",
            "properties": {
                "email": "ada@example.com",
                "leadline_score": "70",
                "date_of_birth": "1990-05-04",
                "phone": "",
                "leadline_id": "ll-1",
            },
        }
    ]


def test_of_a_batch_that_was_written_in_part_each_row_is_told_apart(
    connector: Connector, hubspot: HubSpotServer
) -> None:
    hubspot.refused, hubspot.partly = frozenset({"ll-2"}), True
    answers = connector.send([Outgoing(f"ll-{number}", {"leadline_score": number}) for number in (1, 2, 3)])
    assert [each.outcome for each in answers] == [Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED]
    assert "block list" in answers[1].message
    scores = {each.properties["leadline_id"]: each.id for each in hubspot.tables.living()}
    assert (answers[0].remote_id, answers[2].remote_id) == (scores["ll-1"], scores["ll-3"])


def test_of_rows_with_one_deleted_contact_the_others_are_written(connector: Connector, tables: Tables) -> None:
    first, second = (contact(tables, leadline_id=f"ll-{number}") for number in (1, 2))
    tables.archive(first)
    answers = connector.send([Outgoing("ll-1", {"phone": "1"}, first), Outgoing("ll-2", {"phone": "2"}, second)])
    assert [each.outcome for each in answers] == [Outcome.GONE, Outcome.UPDATED]
    assert tables.contacts[second].properties["phone"] == "2"


def test_a_merged_contact_is_followed_and_nothing_of_the_other_lead_is_overwritten(
    connector: Connector, tables: Tables
) -> None:
    stays, goes = (contact(tables, leadline_id=f"ll-{number}", leadline_score="50") for number in (1, 2))
    tables.merge(stays, goes)
    (sent,) = connector.send([Outgoing("ll-2", {"leadline_score": 3}, goes)])
    assert (sent.outcome, sent.remote_id) == (Outcome.MOVED, stays)
    assert tables.contacts[stays].properties["leadline_score"] == "50"


def test_a_merge_that_makes_a_new_contact_is_followed_from_both(connector: Connector, tables: Tables) -> None:
    tables.anew = True
    one, other = (contact(tables, leadline_id=f"ll-{number}") for number in (1, 2))
    new = tables.merge(one, other)
    found = {each.remote_id: each for each in connector.read([one, other], [])}
    assert set(found[new].merged_from) == {one, other}
    assert (found[one].merged_into, found[other].merged_into) == (new, new)


def test_an_error_that_names_no_row_is_told_with_its_words_and_tried_again(harness: HubSpotHarness) -> None:
    answer = {"results": [], "errors": [{"category": "SOMETHING", "message": "A new kind of error."}]}
    original = harness.hubspot.answer

    def vaguely(request: httpx.Request) -> httpx.Response:
        return httpx.Response(207, json=answer) if request.url.path.endswith("upsert") else original(request)

    harness.transport = httpx.MockTransport(vaguely)
    (sent,) = harness.open().send([Outgoing("ll-1", {})])
    assert (sent.outcome, sent.message) == (Outcome.LATER, "A new kind of error.")


# E-mail addresses


def test_a_contact_that_has_the_address_becomes_the_leads_and_is_written_by_id(
    connector: Connector, tables: Tables, hubspot: HubSpotServer
) -> None:
    there = contact(tables, email="ada@example.com")
    rows = [Outgoing("ll-1", {"email": "Ada@example.com"}), Outgoing("ll-2", {"email": "bo@example.com"})]
    moved, made = connector.send(rows)
    assert (moved.outcome, moved.remote_id) == (Outcome.MOVED, there)
    assert made.outcome is Outcome.CREATED
    assert len(writes(hubspot, "batch/upsert")) == 2, "Once with the conflict, once without."
    (written,) = connector.send([Outgoing("ll-1", {"leadline_score": 9}, there, "contact")])
    assert written.outcome is Outcome.UPDATED
    assert tables.contacts[there].properties["leadline_id"] == "ll-1"


def test_it_is_refused_with_what_to_do_where_contacts_are_not_to_be_linked(
    harness: HubSpotHarness, tables: Tables
) -> None:
    harness.settings = {"same_email": "refuse"}
    there = contact(tables, email="ada@example.com")
    (sent,) = harness.open().send([Outgoing("ll-1", {"email": "ada@example.com"})])
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, "CONFLICT")
    assert f"Existing ID: {there}" in sent.message
    assert f"Contact {there} has this e-mail address" in sent.advice
    assert "ll-1" in sent.advice


def test_another_leads_contact_is_never_taken(connector: Connector, tables: Tables) -> None:
    there = contact(tables, email="ada@example.com", leadline_id="ll-9")
    (sent,) = connector.send([Outgoing("ll-1", {"email": "ada@example.com"})])
    assert sent.outcome is Outcome.REFUSED
    assert "another lead's (ll-9)" in sent.advice
    assert tables.contacts[there].properties["leadline_id"] == "ll-9"


def test_a_linked_contact_that_is_given_anothers_address_is_refused_with_what_to_do(
    connector: Connector, tables: Tables
) -> None:
    other, mine = contact(tables, email="ada@example.com"), contact(tables, leadline_id="ll-1")
    with pytest.raises(RejectedError, match="Existing ID") as caught:
        connector.send([Outgoing("ll-1", {"email": "ada@example.com"}, mine)])
    assert f"Contact {other} has this e-mail address. Merge" in caught.value.advice


# The lifecycle stage


def test_a_lifecycle_stage_that_goes_back_is_ignored_there_unless_the_mapping_means_it(
    connector: Connector, tables: Tables, hubspot: HubSpotServer
) -> None:
    mine = contact(tables, leadline_id="ll-1", lifecyclestage="customer")
    values = {"lifecyclestage": "lead"}
    connector.send([Outgoing("ll-1", values, mine)])
    assert tables.contacts[mine].properties["lifecyclestage"] == "customer"
    hubspot.bodies.clear()
    connector.send([Outgoing("ll-1", values, mine, may_go_back=BACK)])
    assert tables.contacts[mine].properties["lifecyclestage"] == "lead"
    emptied, written = writes(hubspot, "batch/update")
    assert emptied["inputs"][0]["properties"]["lifecyclestage"] == ""  # type: ignore[index]  # JSON
    assert written["inputs"][0]["properties"]["lifecyclestage"] == "lead"  # type: ignore[index]  # JSON


@pytest.mark.parametrize("before", ["", *STAGES[:2]])
def test_it_is_not_emptied_on_its_way_up(
    connector: Connector, tables: Tables, hubspot: HubSpotServer, before: str
) -> None:
    mine = contact(tables, leadline_id="ll-1", lifecyclestage=before)
    connector.send([Outgoing("ll-1", {"lifecyclestage": "customer"}, mine, may_go_back=BACK)])
    assert len(writes(hubspot, "batch/update")) == 1
    assert tables.contacts[mine].properties["lifecyclestage"] == "customer"
