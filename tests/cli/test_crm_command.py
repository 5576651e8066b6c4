"""`leadline crm` with a CRM in memory: connected, tested, synced; and what newcomers get wrong."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder

from leadline import CRMConnector
from leadline.cli.session import console
from leadline.crm.connectors import kinds
from leadline.crm.models import Connection
from leadline.crm.testing.memory import MemoryCRM, memory_kind
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError

TERMINAL = 1


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> MemoryCRM:
    made = MemoryCRM(utc_now)
    monkeypatch.setitem(kinds(), "memory", memory_kind(made))  # type: ignore[arg-type]  # cached: a dictionary
    return made


@pytest.fixture
def secret(tmp_path: Path, crm: MemoryCRM) -> str:
    file = tmp_path / "key"
    file.write_text(f"{crm.key}\n")
    return f"key=@{file}"


@pytest.fixture
def connected(folder: Folder, secret: str) -> Folder:
    assert folder.run("crm", "connect", "memory", "--secret", secret).returncode == 0
    return folder


def event(folder: Folder, tmp_path: Path) -> None:
    """Somebody signs up and asks for a quote."""
    at = (utc_now() - timedelta(hours=1)).isoformat()
    who = {"userId": "u1", "timestamp": at}
    traits = {**who, "type": "identify", "traits": {"email": "ada@works.example", "name": "Ada King"}}
    asked = {**who, "type": "track", "event": "Quote Requested", "properties": {"quote_id": "q1", "seats": 4}}
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(json.dumps(each) for each in (traits, asked)))
    assert folder.run("import", str(file), "--source", "website").returncode == 0


def test_connecting_tests_and_switches_on(folder: Folder, secret: str, crm: MemoryCRM) -> None:
    done = folder.run("crm", "connect", "memory", "--secret", secret)
    assert "memory works: Memory 1, Test, as tester." in done.stdout
    assert Connection.objects.get().enabled
    assert crm.key not in done.stdout + done.stderr
    assert folder.json("crm", "list")[0]["secrets"] == ["key"]
    assert "memory" in folder.run("crm", "kinds").stdout


def test_a_connection_that_does_not_work_stays_off(folder: Folder, secret: str, crm: MemoryCRM) -> None:
    crm.locked = True
    done = folder.run("crm", "connect", "memory", "--secret", secret)
    assert done.returncode == TERMINAL
    assert "does not work" in done.stdout
    assert not Connection.objects.get().enabled
    crm.locked = False
    assert folder.run("crm", "test", "memory").returncode == 0
    assert folder.run("crm", "change", "memory", "--on").returncode == 0
    assert Connection.objects.get().enabled


def test_a_test_of_what_does_not_answer_promises_no_other_try(folder: Folder, secret: str) -> None:
    done = folder.run("crm", "connect", "odoo", "--set", "url=http://127.0.0.1:9", "--secret", secret, "--off")
    assert done.returncode == TERMINAL
    assert "127.0.0.1 does not answer (ConnectError). Check the address and the network" in done.stdout
    assert "by itself" not in done.stdout


def test_a_secret_comes_from_the_environment_too(
    folder: Folder, crm: MemoryCRM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_KEY", crm.key)
    assert folder.run("crm", "connect", "memory", "--secret", "key=env:OUR_KEY", "--off").returncode == 0
    assert not Connection.objects.get().enabled
    assert (Connection.objects.get().secrets or {})["key"] == crm.key


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["connect", "odoo2", "--kind", "oddo"], "There is no CRM of the kind 'oddo'. Give --kind, one of: "),
        (["connect", "memory"], "Memory needs Key (key)."),
        (["connect", "memory", "--secret", "key=abc"], "it would stay in the shell's history. Use --secret key=@FILE"),
        (["connect", "memory", "--set", "key=abc"], "it would stay in the shell's history"),
        (["connect", "memory", "--secret", "key"], "--secret key has no value"),
        (["connect", "memory", "--secret", "key=@/no/file"], "/no/file can't be read"),
        (["connect", "memory", "--secret", "key=env:NO_SUCH_KEY"], "The environment has no NO_SUCH_KEY"),
        (["test", "odoo"], "There is no CRM connection 'odoo'. Make one: leadline crm connect"),
        (["sync"], "No CRM connection is on."),
        (["mapping", "show", "odoo"], "There is no CRM connection 'odoo'."),
        (["mapping", "set", "odoo", "missing.yaml"], "missing.yaml can't be read"),
        (["backfill", "odoo"], "There is no CRM connection 'odoo'."),
    ],
)
def test_a_newcomers_mistake_is_told_in_a_line(
    folder: Folder,
    crm: MemoryCRM,  # noqa: ARG001  # the kind of the connection
    arguments: list[str],
    words: str,
) -> None:
    done = folder.run("crm", *arguments)
    assert (done.returncode, done.stdout) == (TERMINAL, "")
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_changing_nothing_is_told(connected: Folder) -> None:
    assert "There is nothing to change" in connected.run("crm", "change", "memory").stderr


def test_a_lead_goes_there_and_can_be_followed(connected: Folder, crm: MemoryCRM, tmp_path: Path) -> None:
    event(connected, tmp_path)
    diff = connected.run("crm", "diff", "memory")
    assert "Ada King: create" in diff.stdout
    assert "Looked at 1 of 1 leads: 1 to be made" in diff.stdout
    assert crm.records == {}
    assert "create" in connected.run("crm", "mapping", "preview", "memory", "ada@works.example").stdout
    told = connected.json("crm", "sync", "--lead", "ada@works.example")
    assert [(link["state"], link["lead"] > 0) for link in told] == [("sent", True)]
    assert next(iter(crm.records.values())).values["name"] == "Ada King"
    assert connected.json("crm", "lead", "u1")[0]["state"] == "sent"
    runs = connected.json("crm", "sync", "memory")
    assert [run["state"] for run in runs] == ["ok"]
    assert len(connected.json("crm", "runs", "memory", "--limit", "1")) == 1
    assert connected.json("crm", "backfill", "memory")["counts"]["looked_at"] == 1
    assert connected.json("crm", "status")["ok"]
    assert "ok: 1 lead in the CRM." in connected.run("status").stdout
    assert connected.run("crm", "remove", "memory", "--yes").returncode == 0


def test_what_was_refused_is_shown_and_retried(connected: Folder, crm: MemoryCRM, tmp_path: Path) -> None:
    event(connected, tmp_path)
    crm.refused = frozenset({connected.json("crm", "diff", "memory")["differences"][0]["external_id"]})
    connected.run("crm", "sync")
    assert "Ada King" in connected.run("crm", "failed").stdout
    status = connected.run("crm", "status", "memory")
    assert status.returncode == TERMINAL
    assert "leadline crm retry memory" in status.stdout
    assert "1 will be sent again" in connected.run("crm", "retry", "memory").stdout


def test_what_is_shown_of_a_mapping_can_be_set_again_however_narrow_the_terminal(
    connected: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mapping.yaml"
    monkeypatch.setattr(console, "width", 30)
    file.write_text(connected.run("crm", "mapping", "show", "memory").stdout)
    assert "Version 1 of the mapping" in " ".join(
        connected.run("crm", "mapping", "set", "memory", str(file)).stdout.split()
    )
    assert file.read_text().strip() == connected.json("crm", "mapping", "show", "memory")["text"].strip()


def test_a_mapping_is_shown_changed_and_checked(connected: Folder, tmp_path: Path) -> None:
    text = connected.run("crm", "mapping", "show", "memory").stdout
    file = tmp_path / "mapping.yaml"
    file.write_text(text.replace("name: name", "name: email"))
    assert "Version 2" in connected.run("crm", "mapping", "set", "memory", str(file)).stdout
    assert connected.run("crm", "mapping", "check", "memory").returncode == 0
    file.write_text("fields: {name: shoe_size}")
    assert connected.run("crm", "mapping", "check", "memory", "--file", str(file)).returncode == TERMINAL
    assert connected.run("crm", "mapping", "make", "memory").returncode == 0
    assert "properties" in json.loads(connected.run("crm", "mapping", "schema").stdout)


def test_the_python_interface_sends_a_lead_without_a_server(
    connected: Folder, crm: MemoryCRM, tmp_path: Path, settings: Any
) -> None:
    event(connected, tmp_path)
    settings.DATA = connected.data
    links = CRMConnector("memory").sync_lead("ada@works.example")
    assert [(link["connection"], link["state"]) for link in links] == [("memory", "sent")]
    assert len(crm.records) == 1
    assert CRMConnector().status()[0]["counts"]["linked"] == 1
    with pytest.raises(NotFoundError, match="Nobody is known"):
        CRMConnector().sync_lead("nobody@works.example")


def test_the_python_interface_goes_through_a_running_server(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asked: list[tuple[Path, str, dict[str, Any]]] = []

    def call(data: Path, command: str, arguments: dict[str, Any], progress: Callable[[int, int], None]) -> Any:
        progress(1, 1)
        asked.append((data, command, arguments))
        return [{"state": "sent"}]

    settings.DATA = folder.data
    monkeypatch.setattr("leadline.pipeline.control.call", call)
    assert CRMConnector("odoo").sync_lead(7) == [{"state": "sent"}]
    assert asked == [(folder.data, "crm_sync_lead", {"lead": "7", "name": "odoo", "by": "python"})]
