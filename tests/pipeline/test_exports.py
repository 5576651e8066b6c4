"""Exports: every table in every format has the rows that the store has, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import load_workbook
from pipeline_cast import MONDAY, Installation, identify, page, track, user, visitor
from pyarrow import parquet

from leadline.analytics.report import Column, Table, ValueKind
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.exports import formats
from leadline.pipeline.exports.exporting import export, write_export
from leadline.pipeline.exports.formats import TooManyRowsError, write
from leadline.pipeline.exports.report_tables import reader_of
from leadline.pipeline.exports.tables import TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(place: Installation) -> Installation:
    place.send(
        MONDAY,
        identify(user("ann", "a"), MONDAY, name="=cmd()", email="ann@northgate.example", phone="+61 2 5550 1795"),
        track(user("ann"), "Quote Requested", MONDAY, quote_id="q1", seats=2, monthly_amount=900, currency="USD"),
        page(visitor("b"), MONDAY - timedelta(days=40)),
    )
    place.tick(MONDAY)
    return place


def exported(place: Installation, table: str, kind: str, **asked: str) -> bytes:
    file = io.BytesIO()
    write_export(place.engine, table, kind, asked, file)
    return file.getvalue()


def rows(place: Installation, table: str, **asked: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(place, table, "csv", **asked).decode())))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_the_same_rows_in_every_format(filled: Installation, table: str) -> None:
    told = rows(filled, table)
    columns = parquet.read_table(io.BytesIO(exported(filled, table, "parquet"))).to_pydict()
    sheet = list(load_workbook(io.BytesIO(exported(filled, table, "xlsx"))).active.iter_rows(values_only=True))
    assert told
    assert list(told[0]) == list(columns) == list(sheet[0])
    assert len(told) == len(next(iter(columns.values()))) == len(sheet) - 1


def test_leads_carry_who_they_are_and_no_formula(filled: Installation) -> None:
    (ann,) = [row for row in rows(filled, "leads") if row["known"] == "true"]
    assert ann["email"] == "ann@northgate.example"
    assert ann["phone"] == "+61 2 5550 1795"
    assert ann["name"] == "'=cmd()"
    assert ann["first_seen_at"].endswith("Z")


def test_a_segment_and_a_period_narrow_it(filled: Installation) -> None:
    assert len(rows(filled, "leads")) == 2
    assert len(rows(filled, "leads", segment="known=yes")) == 1
    assert len(rows(filled, "visits")) == 2
    assert len(rows(filled, "visits", period="2026-05-01..2026-05-31")) == 1


def test_a_period_that_makes_no_sense_is_refused(filled: Installation) -> None:
    with pytest.raises(TerminalError, match="leads has no period"):
        rows(filled, "leads", period="30d")


def test_what_is_not_there_is_told_with_what_is(filled: Installation) -> None:
    with pytest.raises(NotFoundError, match="There are: leads"):
        rows(filled, "ledes")
    with pytest.raises(TerminalError, match="Use csv, xlsx, parquet"):
        exported(filled, "leads", "pdf")


def test_too_many_rows_are_refused_and_not_cut(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.pipeline.exports.exporting.MOST_ROWS", 1)
    with pytest.raises(TooManyRowsError, match="leads has 2 rows; a file takes 1"):
        rows(filled, "leads")
    monkeypatch.setattr(formats, "MOST_ROWS", 1)
    numbers = pa.RecordBatch.from_pydict({"n": [1, 2]})
    with pytest.raises(TooManyRowsError):
        write(pa.RecordBatchReader.from_batches(numbers.schema, [numbers]), "csv", io.BytesIO())


def test_a_file_is_replaced_only_by_a_whole_one(filled: Installation, tmp_path: Any) -> None:
    target = tmp_path / "leads.csv"
    target.write_text("what was there")
    with pytest.raises(TerminalError):
        export(filled.engine, "leads", str(target), "csv", {"segment": "nonsense"})
    assert target.read_text() == "what was there"
    assert export(filled.engine, "leads", str(target), "csv", {})["rows"] == 2
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "leads" in path.name) == ["leads.csv"]


def test_a_reports_table_is_a_file_too() -> None:
    columns = (
        Column("channel", "Channel"),
        Column("people", "People", ValueKind.COUNT),
        Column("share", "Share", ValueKind.SHARE),
        Column("spent", "Spent", ValueKind.MONEY),
    )
    table = Table("t", "T", columns, (("-2+3", 3, 0.5, 12.345), ("Direct", None, None, None)))
    file = io.BytesIO()
    assert write(reader_of(table), "csv", file) == 2
    assert file.getvalue().decode().splitlines() == [
        '"channel","people","share","spent"',
        '"\'-2+3",3,0.5,12.34',
        '"Direct",,,',
    ]
