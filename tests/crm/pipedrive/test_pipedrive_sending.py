"""Persons of Pipedrive: one for each lead, though nothing there is unique; what people wrote beside ours stays."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from pipedrive_cast import person

from leadline.crm.connector import Connector
from leadline.crm.errors import UnreachableError
from leadline.crm.records import Outcome, Outgoing, Sent
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_harness import PipedriveHarness
from leadline.crm.testing.pipedrive_tables import Tables

ADA = Outgoing("ll-1", {"name": "Ada", "leadline_score": 72})


def calls(pipedrive: PipedriveServer, method: str) -> list[str]:
    return [path for verb, path, _ in pipedrive.bodies if verb == method]


def test_a_person_that_the_search_does_not_know_yet_is_not_made_twice(
    harness: PipedriveHarness, pipedrive: PipedriveServer, tables: Tables
) -> None:
    pipedrive.lag = 600.0
    first = harness.open().send([ADA])[0]
    harness.clock.advance(120)
    again = harness.open().send([ADA])[0]
    assert (first.outcome, again.outcome) == (Outcome.CREATED, Outcome.UPDATED)
    assert first.remote_id == again.remote_id
    assert len(list(tables.living())) == 1


def test_one_of_long_ago_is_found_by_the_search_exactly(harness: PipedriveHarness, tables: Tables) -> None:
    other, mine = person(tables, "LL-1"), person(tables, "ll-1")
    harness.clock.advance(86_400)
    answer = harness.open().send([ADA])[0]
    assert (answer.outcome, answer.remote_id) == (Outcome.UPDATED, str(mine["id"]))
    assert mine["custom_fields"][tables.code("Leadline score")] == 72
    assert tables.code("Leadline score") not in other["custom_fields"], "Small and capital letters are not the same."


def test_a_double_that_a_lost_answer_left_behind_is_cleared_away(
    harness: PipedriveHarness, pipedrive: PipedriveServer, tables: Tables
) -> None:
    one, two = (person(tables, "ll-1", pipedrive.user) for _ in range(2))
    answer = harness.open().send([ADA])[0]
    assert (answer.outcome, answer.remote_id) == (Outcome.UPDATED, str(one["id"]))
    assert [row["id"] for row in tables.living()] == [one["id"]]
    assert two["is_deleted"]


@pytest.mark.parametrize("how", ["by somebody", "with a deal", "worked on", "long ago"])
def test_a_double_that_somebody_may_have_made_is_left_alone(
    harness: PipedriveHarness, pipedrive: PipedriveServer, tables: Tables, how: str
) -> None:
    person(tables, "ll-1", pipedrive.user)
    two = person(tables, "ll-1", 71 if how == "by somebody" else pipedrive.user)
    if how == "with a deal":
        tables.add_deal(two["id"])
    harness.clock.advance({"worked on": 120, "long ago": 3600}.get(how, 0))
    if how == "worked on":
        tables.write(two, {"name": "Ada Lovelace"})
    assert harness.open().send([ADA])[0].outcome is Outcome.UPDATED
    assert len(list(tables.living())) == 2
    assert calls(pipedrive, "DELETE") == []


def test_while_a_person_is_made_another_call_makes_it_too_and_the_later_one_is_deleted(
    harness: PipedriveHarness, pipedrive: PipedriveServer, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Sent] = []

    def meanwhile() -> None:
        monkeypatch.setattr(pipedrive, "let_others_in", lambda: None)
        others.extend(harness.open().send([replace(ADA, values={"name": "Ada", "leadline_score": 1})]))

    monkeypatch.setattr(pipedrive, "let_others_in", meanwhile)
    (answer,) = harness.open().send([ADA])
    assert [each.outcome for each in (*others, answer)] == [Outcome.CREATED, Outcome.UPDATED]
    assert answer.remote_id == others[0].remote_id
    assert len(calls(pipedrive, "POST")) == 2
    assert len(calls(pipedrive, "DELETE")) == 1
    (living,) = tables.living()
    assert living["custom_fields"][tables.code("Leadline score")] == 72, "What the second one had to say is written."


def test_an_answer_that_was_lost_in_the_middle_leaves_the_rest_for_later(
    harness: PipedriveHarness, pipedrive: PipedriveServer, tables: Tables
) -> None:
    rows = [Outgoing(f"ll-{number}", {"name": "Ada"}) for number in range(5)]
    known = harness.open().send(rows[:1])[0]
    rows[0] = Outgoing("ll-0", {"leadline_score": 5}, known.remote_id, "person")
    connector = harness.open()
    made = pipedrive._routes._make_person
    pipedrive._routes._paths = [
        (verb, path, failing(made, 3) if act == made else act) for verb, path, act in pipedrive._routes._paths
    ]
    answers = [each.outcome for each in connector.send(rows)]
    assert answers == [Outcome.UPDATED, *[Outcome.LATER] * 4]
    again = [each.outcome for each in harness.open().send(rows)]
    assert set(again) <= {Outcome.CREATED, Outcome.UPDATED}
    assert len(list(tables.living())) == 5


def failing(act: Any, at: int) -> Any:
    """Does what it does, but for the answer of one call."""
    count = [0]

    def acting(*arguments: Any, **more: Any) -> Any:
        answer = act(*arguments, **more)
        count[0] += 1
        if count[0] == at:
            raise httpx.ReadTimeout("timed out")
        return answer

    return acting


def test_too_many_calls_in_the_middle_are_waited_out_since_the_first_rows_are_written(
    harness: PipedriveHarness, pipedrive: PipedriveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def storm() -> None:
        monkeypatch.setattr(pipedrive, "let_others_in", lambda: None)
        pipedrive.storm, pipedrive.retry_after = 2, 3.0

    monkeypatch.setattr(pipedrive, "let_others_in", storm)
    began = harness.clock()
    answers = harness.open().send([Outgoing(f"ll-{number}", {"name": "Ada"}) for number in range(3)])
    assert [each.outcome for each in answers] == [Outcome.CREATED] * 3
    assert (harness.clock() - began).total_seconds() >= 6


def test_when_nothing_was_answered_it_says_so(connector: Connector, pipedrive: PipedriveServer) -> None:
    pipedrive.down = 1
    with pytest.raises(UnreachableError):
        connector.send([ADA])


def test_a_bad_row_does_not_keep_the_others_of_its_batch(connector: Connector, pipedrive: PipedriveServer) -> None:
    pipedrive.refused = frozenset({"ll-1"})
    rows = [Outgoing(f"ll-{number}", {"name": "Ada"}) for number in range(3)]
    answers = connector.send(rows)
    assert [each.outcome for each in answers] == [Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED]
    assert "block list" in answers[1].message
    assert answers[1].code == "ERR_SCHEMA_VALIDATION_FAILED"


def test_a_choice_that_is_none_is_refused_before_it_is_sent(connector: Connector, pipedrive: PipedriveServer) -> None:
    answers = connector.send([Outgoing("ll-1", {"name": "Ada", "leadline_stage": "unheard_of"}), ADA])
    assert (answers[0].outcome, answers[0].code) == (Outcome.REFUSED, "NO_OPTION")
    assert len(calls(pipedrive, "POST")) == 1


def test_an_address_that_sales_added_stays_when_ours_changes(connector: Connector, tables: Tables) -> None:
    number = connector.send([Outgoing("ll-1", {"name": "Ada", "email": "ada@old.test"})])[0].remote_id
    row = tables.persons[int(number)]
    tables.write(row, {"emails": [*row["emails"], {"value": "ada@home.test", "label": "home", "primary": False}]})
    connector.send([Outgoing("ll-1", {"email": "ada@new.test"}, number, "person")])
    assert [(each["value"], each["primary"]) for each in row["emails"]] == [
        ("ada@new.test", True),
        ("ada@home.test", False),
    ]
    before = row["emails"]
    connector.send([Outgoing("ll-1", {"leadline_score": 5}, number, "person")])
    assert row["emails"] == before


def test_a_person_without_a_name_is_called_by_its_address(connector: Connector, tables: Tables) -> None:
    number = connector.send([Outgoing("ll-1", {"email": "ada@new.test"})])[0].remote_id
    assert tables.persons[int(number)]["name"] == "ada@new.test"


@pytest.mark.parametrize("forgets", [True, False])
def test_a_deleted_person_is_gone_and_written_to_nobody(
    harness: PipedriveHarness, tables: Tables, forgets: bool
) -> None:
    number = harness.open().send([ADA])[0].remote_id
    tables.delete(int(number))
    tables.forgets = forgets
    for values in ({"leadline_score": 1}, {"email": "ada@new.test"}):
        answer = harness.open().send([Outgoing("ll-1", values, number, "person")])[0]
        assert answer.outcome is Outcome.GONE
    assert not list(tables.living())


@pytest.mark.parametrize("forgets", [True, False])
def test_a_person_merged_into_a_strangers_moved_there(harness: PipedriveHarness, tables: Tables, forgets: bool) -> None:
    stranger = tables.make({"name": "Ada L."})
    number = harness.open().send([ADA])[0].remote_id
    harness.clock.advance(60)
    tables.merge(stranger["id"], int(number))
    tables.forgets = forgets
    harness.clock.advance(60)
    answer = harness.open().send([Outgoing("ll-1", {"leadline_score": 1}, number, "person")])[0]
    assert (answer.outcome, answer.remote_id) == (Outcome.MOVED, str(stranger["id"]))
