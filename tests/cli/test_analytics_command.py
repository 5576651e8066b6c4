"""Reports and exports from the command line."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from tests.leadline_process import Folder

pytestmark = pytest.mark.django_db  # or nothing makes the tables when these tests run alone


def test_a_report_is_a_table_for_people_and_json_or_csv_for_programs(filled: Folder) -> None:
    told = filled.json("analytics", "tool-usage", "--period", "12w")
    assert told["wanted"]["period"] == "12w"
    table = told["tables"][0]
    lines = list(csv.reader(io.StringIO(filled.run("analytics", "tool-usage", "--period", "12w", "--csv").stdout)))
    assert lines[0] == [column["name"] for column in table["columns"]]
    assert [line[0] for line in lines[1:]] == [row[0] for row in table["rows"]]
    assert told["question"] in filled.run("analytics", "tool-usage").stdout


def test_a_report_says_what_it_can_be_asked(filled: Folder) -> None:
    assert "--period" in filled.run("analytics", "tool-usage", "--help").stdout
    assert "tool-usage" in filled.run("analytics", "--help").stdout


def test_what_cannot_be_asked_is_told_in_a_line(filled: Folder) -> None:
    refused = filled.run("analytics", "tool-usage", "--period", "soon")
    assert refused.returncode == 1
    assert "'soon' is no period" in refused.stderr
    refused = filled.run("analytics", "attribution", "--half-life", "long")
    assert refused.returncode == 1
    assert "--half-life can't be 'long'" in refused.stderr
    assert "no table 'none'" in filled.run("analytics", "tool-usage", "--table", "none").stderr


def test_moments_are_written_for_people_on_the_screen_and_for_programs_in_a_file(filled: Folder) -> None:
    asked = ("analytics", "drop-off", "--steps", "any > Quote Requested", "--period", "52w")
    (table,) = filled.json(*asked)["tables"]
    moment = datetime.fromisoformat(table["rows"][0][1])
    assert f"{moment.day} {moment:%b %Y, %H:%M}" in " ".join(filled.run(*asked).stdout.split())
    assert f"{moment:%Y-%m-%d %H:%M:%S.%f}Z" in filled.run(*asked, "--csv").stdout


def test_a_table_is_exported_to_a_file(filled: Folder, tmp_path: Path) -> None:
    target = tmp_path / "leads.csv"
    done = json.loads(filled.run("export", "leads", "-o", str(target), "--json").stdout)
    with target.open() as file:
        assert len(list(csv.DictReader(file))) == done["rows"] > 0
    assert "conversions" in filled.run("export").stdout
    assert "no known ending" in filled.run("export", "leads", "-o", str(tmp_path / "leads.pdf")).stderr
