"""Mappings: what rows become, and what is wrong with a document."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from leadline.kernel.errors import DocumentError
from leadline.tracking.mapping import Row, RowMapping
from leadline.tracking.mapping_columns import segment_mapping
from leadline.tracking.mapping_document import read_mapping

MAPPINGS = Path(__file__).parents[2] / "mappings"
LOG = """
name: log
time_zone: Europe/Berlin
columns: {who: [user, login]}
optional: [seats, paid, tags, raw, login]
userId: who
timestamp: {column: at, format: ["%d.%m.%Y %H:%M", iso]}
where: {kind: {not: [heartbeat]}, who: {filled: true}}
messages:
  - type: track
    event: {column: kind, values: {quote: Quote Requested}}
    properties:
      seats: {column: seats, as: integer}
      paid: {column: paid, as: boolean}
      tags: {column: tags, as: list, separator: "|"}
      place.page: kind
      origin: {constant: log}
  - type: identify
    where: [{paid: yes}, {seats: [50, 100]}]
    messageId: {column: id, prefix: "paid-"}
    traits: {employees: seats}
"""
ROW = {"id": "7", "user": "u1", "login": "", "at": "04.05.2026 10:00", "kind": "quote", "seats": "50", "paid": "no"}


def mapping(text: str) -> RowMapping:
    return read_mapping(yaml.safe_load(text))


def log(**cells: object) -> list[dict[str, Any]]:
    row: Row = {**ROW, **cells}
    return mapping(LOG).messages(row)


def fault(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        mapping(text)
    return str(caught.value)


def test_a_row_becomes_the_messages_of_its_mapping() -> None:
    track, identify = log(tags="a| b")
    assert track == {
        "type": "track",
        "userId": "u1",
        "event": "Quote Requested",
        "timestamp": "2026-05-04T08:00:00+00:00",
        "properties": {"seats": 50, "paid": False, "tags": ["a", "b"], "place": {"page": "quote"}, "origin": "log"},
        "messageId": track["messageId"],
    }
    assert (identify["messageId"], identify["traits"]) == ("paid-7", {"employees": "50"})


def test_rows_and_messages_that_are_not_wanted_are_left_out() -> None:
    assert log(kind="Heartbeat") == []
    assert log(user="", login=" ") == []
    assert len(log(seats="5")) == 1
    assert len(log(seats="5", paid="Y")) == 2


def test_the_first_filled_column_counts() -> None:
    assert log(user=" ", login="anna")[0]["userId"] == "anna"


def test_an_empty_time_is_not_now() -> None:
    assert log(at="")[0]["timestamp"] == ""


def test_ids_are_of_the_content_and_of_nothing_else() -> None:
    one, same = log()[0]["messageId"], log(notes="  ", extra=None)[0]["messageId"]
    shuffled = mapping(LOG).messages(dict(reversed(ROW.items())))[0]["messageId"]
    assert one == same == shuffled
    assert one != log(user="u2")[0]["messageId"]


def test_an_address_names_whom_nothing_else_names() -> None:
    text = "{name: crm, email: {column: mail, as: email}, messages: [{type: identify}, {type: track, event: Called}]}"
    identify, track = mapping(text).messages({"mail": "Jane <Jane@Acme.example>"})
    assert identify["traits"] == {"email": "jane@acme.example"}
    assert track["context"] == {"traits": {"email": "jane@acme.example"}}
    assert identify["anonymousId"] == track["anonymousId"]
    assert "jane" not in str(identify["anonymousId"])


def test_what_the_plan_says_of_a_property_decides_where_the_mapping_says_nothing() -> None:
    text = "{name: a, userId: u, messages: [{type: track, event: Quiz, properties: {score: s, name: s}}]}"
    (message,) = mapping(text).messages({"u": "1", "s": "7"}, {"Quiz": {"score": "number"}})
    assert message["properties"] == {"score": 7, "name": "7"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "The mapping: it must be a mapping and not a list"),
        ("name: a", "messages: it must be a list of one message or more"),
        ("{name: a, colums: {}}", "colums: nothing is called so here"),
        ("{name: a, messages: [{type: trakc}]}", "messages[0].type: it is 'trakc' and must be one of"),
        ("{name: a, messages: [{type: identify}]}", "messages[0]: it needs one of userId, anonymousId, email"),
        ("{name: a, userId: u, messages: [{type: track}]}", "messages[0]: a track message needs an event"),
        (
            "{name: a, userId: u, messages: [{type: identify, traits: {x: {column: y, az: number}}}]}",
            "messages[0].traits.x.az: nothing is called so here",
        ),
        (
            "{name: a, userId: u, messages: [{type: identify, traits: {x: {column: y, as: int}}}]}",
            "messages[0].traits.x.as: it is 'int' and must be one of string, number",
        ),
        ("{name: a, userId: {as: string}, messages: [{type: identify}]}", "userId: it needs a column or a constant"),
        (
            "{name: a, userId: u, timestamp: {column: t, format: yesterday}, messages: [{type: identify}]}",
            "timestamp.format: 'yesterday' is none of iso, epoch_s",
        ),
        (
            "{name: a, userId: u, timestamp: {column: t, format: '%Q'}, messages: [{type: identify}]}",
            "timestamp.format: '%Q' is none of iso, epoch_s",
        ),
        (
            "{name: a, time_zone: Mars/Base, userId: u, messages: [{type: identify}]}",
            "time_zone: there is no time zone",
        ),
        ("{name: a, decimal: ';', userId: u, messages: [{type: identify}]}", "decimal: it is ';' and must be one of"),
        ("{name: a, encoding: utf8x, userId: u, messages: [{type: identify}]}", "encoding: there is no encoding"),
        ("{name: a, delimiter: '||', userId: u, messages: [{type: identify}]}", "delimiter: it must be one character"),
        (
            "{name: a, userId: u, where: {x: {iss: 1}}, messages: [{type: identify}]}",
            "where.x.iss: nothing is called so here",
        ),
        (
            "{name: a, userId: u, where: {x: {filled: maybe}}, messages: [{type: identify}]}",
            "where.x.filled: it must be true or false",
        ),
    ],
)
def test_a_mistake_is_told_by_its_place(text: str, words: str) -> None:
    assert words in fault(text)


def test_a_column_that_is_not_there_is_missed_before_the_first_row() -> None:
    with pytest.raises(DocumentError, match="no column 'user' or 'login', no column 'at'"):
        mapping(LOG.replace("optional: [seats, paid, tags, raw, login]", "optional: [seats, paid, tags]")).check(
            ["id", "kind"]
        )
    mapping(LOG).check(["login", "at", "kind", "id"])


def test_columns_named_as_segments_fields_need_no_mapping() -> None:
    columns = (
        "type userId event timestamp properties.seats:integer properties.note traits.company.name messageId".split()
    )
    cells = ["track", "u1", "Quoted", "2026-05-04T10:00:00Z", "4", "007", "", "m1"]
    (message,) = segment_mapping(columns).messages(dict(zip(columns, cells, strict=True)))
    assert message == {
        "type": "track",
        "userId": "u1",
        "event": "Quoted",
        "timestamp": "2026-05-04T10:00:00Z",
        "properties": {"seats": 4, "note": "007"},
        "messageId": "m1",
    }


def test_without_a_type_an_event_makes_the_difference() -> None:
    of = segment_mapping(["email", "event", "traits"])
    assert of.messages({"email": "a@b.example", "event": "Called"})[0]["type"] == "track"
    (identify,) = of.messages({"email": "a@b.example", "event": "", "traits": '{"title": "Owner"}'})
    assert (identify["type"], identify["traits"]) == ("identify", {"email": "a@b.example", "title": "Owner"})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["userId", "Event"], "the columns 'Event'"),
        (["userId", "properties.x:int"], "the columns 'properties.x:int'"),
        (["userId", "properties."], r"the columns 'properties\.'"),
        (["event"], "No column says who"),
    ],
)
def test_other_columns_need_one(columns: list[str], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        segment_mapping(columns)


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_bundled_mappings_are_valid_and_bear_their_names(path: Path) -> None:
    assert mapping(path.read_text()).name == path.stem
