"""Files of every format: the same messages give the same drafts, and a damaged file says what is wrong with it."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_cast import csv_text, judged, records, write_csv, write_parquet

from leadline.kernel.errors import DocumentError
from leadline.pipeline.imports.reading import Reading, Wishes
from leadline.tracking.normalise import Draft, Rejection

COLUMNS = ("messageId", "type", "event", "userId", "timestamp", "properties.seats", "properties.plan", "traits.title")
TYPED = {"properties.seats": "properties.seats:integer"}
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
WORDS = TEXT.map(str.strip).filter(bool)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # zoned by timezones
TRACK = st.fixed_dictionaries(
    {
        "type": st.just("track"),
        "event": WORDS,
        "userId": WORDS.map("id-{}".format),
        "timestamp": MOMENTS.map(datetime.isoformat),
        "properties.seats": st.none() | st.integers(-(2**40), 2**40),
        "properties.plan": st.none() | WORDS,
    }
)
IDENTIFY = st.fixed_dictionaries(
    {
        "type": st.just("identify"),
        "userId": WORDS.map("id-{}".format),
        "timestamp": MOMENTS.map(datetime.isoformat),
        "traits.title": WORDS,
    }
)
ROWS = st.lists(st.one_of(TRACK, IDENTIFY), min_size=1, max_size=12)


def nested(row: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {}
    for name, value in row.items():
        if value is not None:
            of, _, inner = name.partition(".")
            message.update({of: {**message.get(of, {}), inner: value}} if inner else {name: value})
    return message


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_same_messages_in_any_format_give_the_same_drafts(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    rows = [{"messageId": f"m{number}", **row} for number, row in enumerate(rows)]
    lines = tmp_path / "events.ndjson"
    lines.write_text("".join(json.dumps(nested(row)) + "\n" for row in rows))
    typed = [{TYPED.get(name, name): value for name, value in row.items()} for row in rows]
    columns = [TYPED.get(name, name) for name in COLUMNS]
    drafts = judged(lines)
    assert len(drafts) == len(rows)
    assert judged(write_csv(tmp_path / "events.csv", columns, typed)) == drafts
    assert judged(write_csv(tmp_path / "events.tsv.gz", columns, typed, delimiter="\t")) == drafts
    assert judged(write_parquet(tmp_path / "events.parquet", COLUMNS, rows, group=5)) == drafts


ROW = {"userId": "u1", "event": "Tool Used", "timestamp": "2026-05-04T10:00:00Z", "properties.note": "a"}
SEVERAL = [{**ROW, "userId": f"u{number}", "properties.note": 'b, "c"\nd; ä'} for number in range(3)]


def one(path: Path, **wishes: str) -> list[Draft]:
    found = judged(path, Wishes(**wishes))
    return [each for each in found if isinstance(each, Draft)]


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("a.csv", ",", "utf-8"),
        ("a.csv", ";", "utf-8-sig"),
        ("a.csv.gz", "|", "utf-8"),
        ("a.tsv", "\t", "utf-16"),
        ("export", ";", "utf-8"),
    ],
)
def test_csv_is_found_out_however_it_is_written(tmp_path: Path, name: str, delimiter: str, encoding: str) -> None:
    path = write_csv(tmp_path / name, list(ROW), SEVERAL, delimiter=delimiter, encoding=encoding)
    found = one(path)
    assert [draft.user_id for draft in found] == ["u0", "u1", "u2"]
    (record,) = records(path)
    assert {message["properties"]["note"] for message in msgspec.json.decode(record.body)["batch"]} == {'b, "c"\nd; ä'}


def test_a_format_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(json.dumps({"type": "identify", "userId": "u1"}) + "\n")
    assert len(one(path)) == len(one(path, format="ndjson")) == 1
    with pytest.raises(DocumentError, match="There is no format 'xml'"):
        one(path, format="xml")


def test_a_parquet_file_goes_on_after_any_row(tmp_path: Path) -> None:
    rows = [{**ROW, "userId": f"u{number}"} for number in range(23)]
    path = write_parquet(tmp_path / "a.parquet", list(ROW), rows, group=7)
    for skip in (0, 6, 7, 8, 22, 23):
        entries = list(Reading.of(path, Wishes()).entries({}, skip))
        assert [entry.number for entry in entries] == list(range(skip + 1, 24))


def test_odd_rows_are_kept_whole_and_cost_only_themselves(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("userId,event\nu1,Tool Used\nu2,Tool Used,7,8\n\nu3\n")
    rejection, *drafts = judged(path)
    assert isinstance(rejection, Rejection)
    assert (rejection.code, rejection.raw) == ("malformed", b'["u2","Tool Used","7","8"]')
    assert [draft.name for draft in drafts] == ["Tool Used", "identify"]
    (fault,) = (entry.fault for entry in Reading.of(path, Wishes()).entries({}, 0) if entry.fault)
    assert fault == "It has 4 cells and the header 2."


def test_line_numbers_are_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('userId,properties.note\nu1,"two\nlines"\nu2,x\n\nu3,x\n')
    entries = list(Reading.of(path, Wishes()).entries({}, 0))
    assert [entry.number for entry in entries if entry.messages] == [2, 4, 6]


def test_the_time_a_message_was_sent_moves_nothing_that_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    sent = {"type": "identify", "userId": "u1", "timestamp": "2025-05-04T10:00:00Z", "sentAt": "2025-05-04T10:00:01Z"}
    path.write_text(json.dumps(sent))
    (draft,) = one(path)
    assert draft.occurred_micros == 1_746_352_800_000_000


def test_lines_of_json_can_have_a_mapping_too(tmp_path: Path) -> None:
    path, mapping = tmp_path / "a.ndjson", tmp_path / "m.yaml"
    path.write_text('{"who": {"id": 5}, "score": "7,5"}\n[]\n\n')
    mapping.write_text(
        "{name: m, decimal: ',', userId: who.id, messages: "
        "[{type: track, event: Quiz, properties: {score: {column: score, as: number}}}]}"
    )
    rejection, draft = judged(path, Wishes(mapping=str(mapping)))
    assert isinstance(draft, Draft)
    assert (draft.user_id, dict(draft.properties), rejection.name) == ("5", {"score": 7.5}, "")


def torn(text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text.encode(encoding)) and None


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("a.csv", torn('userId,event\nu1,"Tool'), "can't be read after line 1"),
        ("a.csv", torn('userId,event\nu1,"' + "x" * 200_000), "can't be read after line 1"),
        ("a.csv", torn("userId,event\nu1,M\xfcller\n", "latin-1"), "is not utf-8 after line 0"),
        ("a.csv", torn(""), "has no header"),
        ("a.csv", torn("userId,userId\nu1,u2\n"), "has two columns 'userId'"),
        ("a.csv", torn("name,city\nJane,Rome\n"), "Not Segment's fields: the columns 'city'"),
        ("a.parquet", torn("PAR1 and nothing else"), "is no whole Parquet file"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(
    tmp_path: Path, name: str, write: Callable[[Path], None], words: str
) -> None:
    write(tmp_path / name)
    with pytest.raises(DocumentError) as caught:
        records(tmp_path / name)
    assert words in str(caught.value)
    assert caught.value.advice


def test_what_comes_before_torn_compression_is_read(tmp_path: Path) -> None:
    rows = [{**ROW, "userId": f"user-{number * 7919 % 10_007}"} for number in range(5_000)]
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(csv_text(list(ROW), rows).encode())[:12_000])
    read: list[int] = []
    with pytest.raises(DocumentError, match="is damaged after line"):
        read.extend(entry.number for entry in Reading.of(path, Wishes()).entries({}, 0))
    assert read[:100] == list(range(2, 102))


def test_compression_that_is_torn_at_once_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(csv_text(list(ROW), [ROW]).encode())[:14])
    with pytest.raises(DocumentError, match=r"The header of .* can't be read"):
        records(path)


def test_a_mapping_of_ones_own_settings(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["deal_id"], [{"deal_id": "1"}])
    with pytest.raises(DocumentError, match="Only a mapping has a time_zone"):
        records(path, Wishes(time_zone="Europe/Berlin"))
    with pytest.raises(DocumentError, match="no column 'email'"):
        records(path, Wishes(mapping="deals"))
