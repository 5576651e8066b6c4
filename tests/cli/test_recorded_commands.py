"""What is done and seen on the command line is in the audit trail, without a word that was typed."""

import json

from tests.leadline_process import Folder
from typer.main import get_command

from leadline.accounts.models import AuditEntry
from leadline.cli import auditing, main


def commands() -> set[str]:
    """Every command and group by its whole name."""
    main._register()
    return set(_names("", get_command(main.app)))


def _names(name: str, command: object) -> list[str]:
    inner = {} if name == "analytics" else getattr(command, "commands", {})
    below = [each for part, one in inner.items() for each in _names(f"{name}.{part}".strip("."), one)]
    return [name, *below]


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("-number")[0]


def test_the_tables_name_only_commands_that_there_are() -> None:
    named = set(auditing.QUIET).union(*auditing.VERBS.values())
    assert sorted(named - commands()) == []


def test_a_name_is_read_off_the_words() -> None:
    command = get_command(main.app)
    assert auditing.command_name(command, ["crm", "mapping", "set", "odoo", "--file", "x"]) == "crm.mapping.set"
    assert auditing.command_name(command, ["leads", "--limit", "5"]) == "leads"
    assert auditing.command_name(command, ["--help"]) == ""


def test_a_change_is_recorded_with_the_command_and_its_exit_code(folder: Folder) -> None:
    folder.run("users", "create", "zanzibara@kestrelworth.example", "--name", "Zanzibara")
    assert (last().verb, last().via, last().user) == ("user.changed", "cli", None)
    assert last().numbers["command"] == "users.create"
    assert last().numbers["exit"] == 0
    folder.run("users", "create", "zanzibara@kestrelworth.example")
    assert last().numbers["exit"] == 1
    text = json.dumps(list(AuditEntry.objects.values()), default=str).lower()
    assert "zanzibara" not in text
    assert "kestrelworth" not in text


def test_looking_at_people_is_recorded_with_numbers(filled: Folder) -> None:
    shown = filled.json("leads", "--limit", "3")
    assert (last().verb, last().numbers["rows"]) == ("people.listed", 3)
    named = next(row for row in filled.json("leads", "--limit", "40") if row["user_id"])
    filled.run("explain", named["user_id"])
    assert (last().verb, last().about, last().about_number) == ("lead.seen", "lead", named["id"])
    assert named["user_id"] not in json.dumps(last().numbers)
    assert shown


def test_an_export_is_recorded_with_its_rows(filled: Folder) -> None:
    told = filled.json("export", "leads", "--out", str(filled.data / "leads.csv"))
    assert (last().verb, last().numbers["rows"]) == ("exported", told["rows"])


def test_commands_that_show_nobody_leave_no_entry(folder: Folder) -> None:
    folder.run("status")
    folder.run("rules", "list")
    folder.run("--help")
    folder.run("leads", "--help")
    folder.run("nonsense")
    assert not AuditEntry.objects.exists()
