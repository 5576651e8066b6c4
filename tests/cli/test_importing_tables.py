"""Tables with a mapping, dry runs, and the past deals of a CRM."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from event_files import BAD, lines, message, write
from tests.leadline_process import Folder, Server

from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.models import Conversion, EventSource
from leadline.tracking.spool.writer import SpoolWriter

MAPPING = """
name: tool-log
userId: user
timestamp: {column: when, format: "%d/%m/%Y %H:%M:%S", time_zone: Europe/London}
where: {what: {not: Heartbeat}}
messages:
  - type: track
    event: {column: what}
    properties:
      tool: tool
      completed: {column: done, as: boolean}
"""
LOG = [
    ["user", "when", "what", "tool", "done"],
    ["u1", "04/05/2026 10:00:00", "Tool Used", "calculator", "yes"],
    ["u1", "04/05/2026 10:00:05", "Heartbeat", "", ""],
    ["u2", "04/05/2026 10:01:00", "Tool Used", "calculator", "perhaps"],
    ["u2", "05/05/2026 10:01:00", "Tool Used", "planner", "no"],
    ["u2", "05/05/2026 10:01:00", "Tool Used", "planner", "no"],
    ["", "05/05/2026 10:02:00", "Tool Used", "planner", "no"],
    ["u3", "tomorrow", "Tool Used", "planner", "no", "more", "cells"],
    ["u3", "tomorrow", "Tool Used", "planner", "no"],
    ["u3", "06/05/2026 10:02:00", "Tool Liked", "planner", "no"],
]
DEALS = [
    ["email", "deal_id", "amount", "currency", "created_at", "closed_at", "status"],
    ["Jane@Acme.example", "D-1", "12,000.50", "eur", "2026-01-05", "2026-02-01T09:00:00Z", "won"],
    ["bob@b.example", "D-2", "900", "EUR", "2026-01-06", "2026-03-01", "Lost"],
    ["amy@c.example", "D-3", "", "", "2026-01-07", "", "open"],
]
CRMS = {
    "hubspot": [
        "Record ID,Deal Name,Deal Stage,Amount,Currency,Create Date,Close Date,Associated Contact,Is Closed Won",
        '101,A,Closed Won,1200.00,USD,2026-01-05 09:30,2026-02-01 10:00,"Jane Doe (jane@acme.example);Bob",true',
        "102,B,Closed Lost,900,USD,2026-01-06 09:30,2026-03-01 10:00,Bob (bob@b.example),false",
        "103,C,Appointment Scheduled,,USD,2026-01-07 09:30,2027-03-01 10:00,Amy (amy@c.example),false",
    ],
    "salesforce": [
        "Id,Amount,CurrencyIsoCode,CreatedDate,CloseDate,IsWon,IsClosed,Contact.Email,Account.Name",
        "006A,1200.0,USD,2026-01-05T09:30:00.000+0000,2026-02-01,true,true,jane@acme.example,Acme",
        "006B,900,USD,2026-01-06T09:30:00.000Z,2026-03-01,false,true,bob@b.example,B",
        "006C,,USD,2026-01-07T09:30:00.000Z,2027-03-01,false,false,amy@c.example,C",
    ],
    "pipedrive": [
        "Deal - ID;Deal - Status;Deal - Value;Deal - Currency;Deal - Deal created;Deal - Won time;Deal - Lost time;\
Deal - Lost reason;Person - Email - Work;Person - Email - Home",
        "1;Won;1200;USD;2026-01-05 09:30:00;2026-02-01 10:00:00;;;;jane@acme.example",
        "2;Lost;900;USD;2026-01-06 09:30:00;;2026-03-01 10:00:00;too dear;bob@b.example;",
        "3;Open;0;USD;2026-01-07 09:30:00;;;;amy@c.example;",
    ],
    "odoo": [
        "id,type,email_from,expected_revenue,company_currency,create_date,date_closed,active,probability",
        "x.1,opportunity,jane@acme.example,1200.0,USD,2026-01-05 09:30:00,2026-02-01 10:00:00,True,100.0",
        '"x.2","opportunity","bob@b.example","900.0","USD","2026-01-06 09:30:00","2026-03-01 10:00:00","False","0.0"',
        '"x.3","opportunity","amy@c.example","0.0","USD","2026-01-07 09:30:00","","True","20.0"',
        '"x.4","lead","tom@d.example","0.0","USD","2026-01-07 09:30:00","","True","0.0"',
    ],
}


def table(path: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue())
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> str:
    path = tmp_path / "tool-log.yaml"
    path.write_text(MAPPING)
    return str(path)


def outcomes() -> dict[str, list[Any]]:
    """Conversions: when, when cancelled, amount and currency; by name, in the order of time."""
    found: dict[str, list[Any]] = {}
    for row in Conversion.objects.order_by("occurred_at"):
        day = row.occurred_at and row.occurred_at.date().isoformat()
        cancelled = row.cancelled_at and row.cancelled_at.date().isoformat()
        found.setdefault(row.name, []).append((day, cancelled, row.amount, row.currency))
    return found


def test_a_table_is_imported_with_a_mapping_once(folder: Folder, tmp_path: Path, mapping: str) -> None:
    file = str(table(tmp_path / "log.csv", LOG))
    report = folder.json("import", file, "--mapping", mapping)
    assert (report["lines"], report["skipped"], report["stored"], report["duplicates"]) == (9, 1, 3, 1)
    assert report["quarantined"] == {"Datatype-Mismatch": 1, "no_identity": 1, "malformed": 1, "bad_timestamp": 1}
    assert report["examples"]["malformed"] == "Line 8: It has 7 cells and the header 5."
    again = folder.json("import", file, "--mapping", mapping)
    assert (again["lines"], again["stored"], again["quarantined"]) == (9, 0, {})


def test_an_export_that_overlaps_adds_only_its_new_rows(folder: Folder, tmp_path: Path, mapping: str) -> None:
    folder.json("import", str(table(tmp_path / "may.csv", LOG[:5])), "--mapping", mapping)
    wider = [[*row, ""] for row in [LOG[0], *LOG[4:5], ["u9", "07/05/2026 10:00:00", "Tool Used", "planner", "no"]]]
    wider[0][-1] = "comment"
    report = folder.json("import", str(table(tmp_path / "june.csv", wider)), "--mapping", mapping)
    assert (report["stored"], report["duplicates"]) == (1, 1)


KINDS = ("ndjson", "csv", "mapped")


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_predicts_exactly_what_the_import_does(
    folder: Folder, tmp_path: Path, mapping: str, kind: str
) -> None:
    half: list[str] = []
    if kind == "ndjson":
        first = write(tmp_path / "a.ndjson", lines(20))
        file = write(tmp_path / "b.ndjson", [*lines(35), *BAD, json.dumps(message(50, event="Nobody Planned Me"))])
    elif kind == "csv":
        names = ["userId", "event", "timestamp", "properties.tool", "properties.completed", "properties.colour"]
        rows = [[f"u{n % 5}", "Tool Used", f"2026-05-04T10:00:{n:02}Z", "calc", "true", "red"] for n in range(40)]
        rows[30][4] = "maybe"
        first, file = table(tmp_path / "a.csv", [names, *rows[:10]]), table(tmp_path / "b.csv", [names, *rows])
    else:
        half = ["--mapping", mapping]
        first, file = table(tmp_path / "a.csv", LOG[:4]), table(tmp_path / "b.csv", LOG)
    folder.json("import", str(first), *half)
    before = folder.json("status")
    forecast = folder.json("import", str(file), *half, "--dry-run")
    assert folder.json("status") == before
    assert not any((folder.data / "rehearsals").iterdir())
    report = folder.json("import", str(file), *half)
    same = ("lines", "skipped", "stored", "duplicates", "quarantined", "test")
    assert {name: forecast[name] for name in same} == {name: report[name] for name in same}
    assert report["stored"] > 0 < report["duplicates"]
    assert sum(forecast["events"].values()) == report["stored"]
    assert folder.json("import", str(file), *half, "--dry-run")["earlier"] == report["lines"]


def test_a_dry_run_says_what_would_come_and_what_is_wrong_where(folder: Folder, tmp_path: Path, mapping: str) -> None:
    file = str(table(tmp_path / "log.csv", LOG))
    forecast = folder.json("import", file, "--mapping", mapping, "--dry-run")
    assert forecast["events"] == {"track Tool Used": 2, "track Tool Liked": 1}
    assert (forecast["people"], forecast["first_at"]) == (3, "2026-05-04T09:00:00+00:00")
    assert forecast["last_at"] == "2026-05-06T09:02:00+00:00"
    assert forecast["examples"]["Datatype-Mismatch"] == [
        {"line": 4, "reason": "completed is string, planned is boolean"}
    ]
    assert forecast["examples"]["malformed"] == [{"line": 8, "reason": "It has 7 cells and the header 5."}]
    assert [each["line"] for each in forecast["examples"]["bad_timestamp"]] == [9]
    assert forecast["unplanned"] == {"Tool Liked": {"": 1}}
    assert [sample["userId"] for sample in forecast["samples"]] == ["u1", "u2", "u2"]
    told = folder.run("import", file, "--mapping", mapping, "--dry-run").stdout
    for words in (
        "nothing was written",
        "3 events of 3 people would be stored",
        "completed is string",
        "the event itself",
    ):
        assert words in told
    assert not EventSource.objects.filter(name="import").exists()
    assert folder.json("events", "count") == {"count": 0}


def test_past_deals_become_outcomes_of_their_own_time_once(folder: Folder, tmp_path: Path) -> None:
    folder.json("import", str(table(tmp_path / "deals.csv", DEALS)), "--outcomes", "deals", "--source", "crm")
    expected = {
        "opportunity": [
            ("2026-01-05", None, Decimal("12000.50"), "EUR"),
            ("2026-01-06", "2026-03-01", Decimal("900.00"), "EUR"),
            ("2026-01-07", None, None, ""),
        ],
        "won_deal": [("2026-02-01", None, Decimal("12000.50"), "EUR")],
    }
    assert outcomes() == expected
    later = [DEALS[0], *DEALS[1:3], [*DEALS[3][:5], "2026-04-01", "won"]]
    report = folder.json("import", str(table(tmp_path / "later.csv", later)), "--outcomes", "deals", "--source", "crm")
    assert (report["stored"], report["duplicates"]) == (1, 8)
    assert outcomes() == {**expected, "won_deal": [*expected["won_deal"], ("2026-04-01", None, None, "")]}


def test_a_deal_belongs_to_the_person_with_its_address(folder: Folder, tmp_path: Path) -> None:
    known = {"type": "identify", "userId": "p-7", "traits": {"email": "jane@acme.example"}}
    folder.json(
        "import", str(write(tmp_path / "a.ndjson", [json.dumps({**known, "timestamp": "2026-01-01T00:00:00Z"})]))
    )
    folder.json("import", str(table(tmp_path / "deals.csv", DEALS[:2])), "--outcomes", "deals", "--source", "crm")
    won = Conversion.objects.select_related("identity__lead").get(name="won_deal")
    assert won.identity is not None
    leads = folder.json("leads")
    assert [(lead["id"], lead["user_id"]) for lead in leads] == [(won.identity.lead_id, "p-7")]


@pytest.mark.parametrize("crm", CRMS)
def test_each_crms_export_becomes_outcomes(folder: Folder, tmp_path: Path, crm: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text("\ufeff" + "\n".join(CRMS[crm]) + "\n")
    report = folder.json("import", str(file), "--outcomes", crm, "--source", "crm")
    assert (report["stored"], report["quarantined"], report["skipped"]) == (8, {}, 1 if crm == "odoo" else 0)
    found = outcomes()
    assert [row[0] for row in found["opportunity"]] == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert [row[1] for row in found["opportunity"]] == [None, "2026-03-01", None]
    assert found["won_deal"] == [("2026-02-01", None, Decimal("1200.00"), "USD")]
    by_name = folder.json("import", str(file), "--mapping", f"{crm}-deals", "--source", "crm")
    assert by_name["stored"] == 0


def test_a_test_source_takes_a_file_and_stores_nothing(folder: Folder, tmp_path: Path) -> None:
    file = str(write(tmp_path / "events.ndjson", [*lines(5), *BAD]))
    folder.run("status")
    EventSource.objects.create(name="trial", test=True)
    forecast = folder.json("import", file, "--source", "trial", "--dry-run")
    assert (forecast["test"], forecast["stored"], forecast["events"]) == (True, 0, {"track Tool Used": 5})
    done = folder.run("import", file, "--source", "trial")
    assert "is a test source" in done.stdout
    assert folder.json("events", "count") == {"count": 0}
    assert folder.json("status")["quarantined"] == 0


def test_a_table_goes_through_the_running_server(served: Server, tmp_path: Path, mapping: str) -> None:
    file = str(table(tmp_path / "log.csv", LOG))
    forecast = served.folder.json("import", file, "--mapping", mapping, "--source", "beside", "--dry-run")
    assert not any((served.folder.data / "rehearsals").iterdir())
    report = served.folder.json("import", file, "--mapping", mapping, "--source", "beside")
    assert (report["stored"], report["duplicates"]) == (forecast["stored"], forecast["duplicates"]) == (3, 1)
    assert report["quarantined"] == forecast["quarantined"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--mapping", "nothing"], "There is no mapping 'nothing'. Give a YAML file, or one of deals, hubspot-deals"),
        (["--format", "xml"], "There is no format 'xml'"),
        (["--dry-run", "--ruleset", "course-platform"], "A dry run publishes no ruleset"),
        (["--outcomes", "hubspot"], "The file has no column 'Record ID' or 'Deal ID'"),
        (["--decimal", ","], "Only a mapping has a decimal"),
    ],
)
def test_mistakes_are_told_and_nothing_is_imported(
    folder: Folder, tmp_path: Path, options: list[str], words: str
) -> None:
    done = folder.run("import", str(table(tmp_path / "log.csv", LOG)), *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_a_damaged_table_gives_what_comes_before(folder: Folder, tmp_path: Path, mapping: str) -> None:
    file = table(tmp_path / "log.csv", LOG[:3])
    whole = file.read_text()
    file.write_text(whole + 'u4,"04/05/2026')
    done = folder.run("import", str(file), "--mapping", mapping)
    assert done.returncode == 1
    assert "can't be read after line 3" in done.stderr
    assert folder.json("events", "count") == {"count": 1}
    file.write_text(whole + "u4,04/05/2026 11:00:00,Tool Used,planner,no\n")
    assert folder.json("import", str(file), "--mapping", mapping)["stored"] == 1


def test_an_import_that_was_stopped_goes_on_where_it_was(
    folder: Folder, tmp_path: Path, mapping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"u{n % 9}", f"04/05/2026 10:{n // 60:02}:{n % 60:02}", "Tool Used", "planner", "no"] for n in range(1800)]
    file = str(table(tmp_path / "log.csv", [LOG[0], *rows]))
    append, calls = SpoolWriter.append_all, iter(range(9))

    def fails_at_the_third(writer: SpoolWriter, payloads: Any) -> int:
        if next(calls) == 2:
            raise SpoolUnavailableError("The disk is full.")
        return append(writer, payloads)

    with monkeypatch.context() as patch:
        patch.setattr(SpoolWriter, "append_all", fails_at_the_third)
        assert folder.run("import", file, "--mapping", mapping).returncode == 75
    report = folder.json("import", file, "--mapping", mapping)
    assert (report["lines"], report["stored"], report["duplicates"]) == (1800, 800, 0)
    assert folder.json("events", "count") == {"count": 1800}


def test_a_mapping_is_named_once(folder: Folder, tmp_path: Path) -> None:
    file = str(table(tmp_path / "log.csv", LOG))
    done = folder.run("import", file, "--mapping", "deals", "--outcomes", "deals")
    assert done.returncode != 0
    assert "give one of them" in done.stderr
