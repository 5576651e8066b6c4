"""The command line works beside a running server on the same data folder, and a second server does not."""

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from event_files import BAD, DAY, lines, message, write
from tests.leadline_process import Server, wait_until


def post(server: Server, key: str, *messages: dict[str, Any]) -> int:
    body = json.dumps({"batch": list(messages)}).encode()
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.collector}/v1/batch", body, headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  # loopback
        return int(response.status)


def test_a_second_server_is_refused_with_the_first_ones_process_id(served: Server) -> None:
    assert served.process is not None
    done = served.folder.run("serve", "--port", "1", "--collect-port", "2")
    assert done.returncode == 1
    assert str(served.process.pid) in done.stderr
    assert "Traceback" not in done.stderr
    assert served.folder.json("doctor")[0]["ok"]


def test_a_file_is_imported_through_the_running_server(served: Server, tmp_path: Path) -> None:
    report = served.folder.json("import", str(write(tmp_path / "events.ndjson", [*lines(40), *BAD])))
    assert (report["stored"], sum(report["quarantined"].values())) == (40, 5)
    again = served.folder.json("import", str(tmp_path / "events.ndjson"))
    assert (again["lines"], again["stored"], again["quarantined"]) == (46, 0, {})


def test_what_a_client_sends_is_seen_by_the_commands(served: Server) -> None:
    folder = served.folder
    key = folder.json("keys", "create", "website")["write_key"]
    before = folder.json("events", "count")["count"]
    sent = [message(number, messageId=f"sent-{number}", userId="user-ada") for number in range(5)]
    wait_until(lambda: _accepted(served, key, sent), 5, "the new key is known")
    wait_until(lambda: folder.json("events", "count")["count"] == before + 5, 20, "the events are stored")
    told = folder.json("explain", "user-ada", "--as-of", DAY)
    assert any(line["factor"] == "tool_usage" and line["points"] > 0 for line in told["ledger"])
    status = folder.json("status")
    assert status["accepted"] == status["stored"] + status["duplicates"] + status["quarantined"]
    assert any(row["user_id"] == "user-ada" for row in folder.json("leads"))
    assert folder.json("rescore")["leads"] >= 1
    assert [row["value"] for row in folder.json("identities", "list", "user-ada")] == ["user-ada"]


def test_a_rebuild_runs_in_the_server_and_changes_nothing(served: Server, tmp_path: Path) -> None:
    folder = served.folder
    folder.json("import", str(write(tmp_path / "events.ndjson", lines(40))))
    before = folder.json("leads")
    told = folder.json("rebuild", "--yes")
    assert told["evaluations"] > 0
    assert told["leads"] >= len(before) > 0
    assert folder.json("leads") == before
    assert served.process is not None
    assert served.process.poll() is None


def test_a_mistake_is_told_as_without_a_server(served: Server, tmp_path: Path) -> None:
    for arguments, words in [
        (["explain", "nobody"], "Nobody is known as 'nobody'"),
        (["rescore", "--as-of", "2026-13-01"], "is no date"),
        (["import", "x", "--ruleset", "y"], "There is no file x"),
        (["import", str(write(tmp_path / "e.ndjson", lines(1))), "--ruleset", "nothing"], "nothing"),
    ]:
        done = served.folder.run(*arguments)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert words in done.stderr


def _accepted(server: Server, key: str, messages: list[dict[str, Any]]) -> bool:
    try:
        return post(server, key, *messages) == 200
    except urllib.error.HTTPError:
        return False
