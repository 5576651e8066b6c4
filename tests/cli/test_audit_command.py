"""`leadline audit`: listed, checked, taken along, shortened."""

import json
import stat
from datetime import timedelta
from pathlib import Path

from django.db import connection
from tests.leadline_process import Folder

from leadline.accounts import audit_guard
from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import LEAD_SEEN
from leadline.accounts.models import AuditEntry, User
from leadline.kernel.clock import utc_now


def looked(count: int, user: int, days_ago: int = 0) -> None:
    """Somebody saw some leads."""
    for number in range(1, count + 1):
        at = utc_now() - timedelta(days=days_ago)
        record(Who(user, Via.PAGE), LEAD_SEEN, What("lead", number), {}, at)


def test_entries_are_listed_with_the_names_of_users(folder: Folder) -> None:
    folder.run("users", "create", "ada@works.example", "--name", "Ada")
    ada = User.objects.get(email="ada@works.example").pk
    looked(2, ada)
    looked(1, ada + 1)
    told = folder.run("audit", "list", "--verb", "lead.seen").stdout
    assert "Ada" in told
    assert f"user {ada + 1}, who is gone" in told
    hers = folder.json("audit", "list", "--user", "ada@works.example", "--verb", "lead.seen")
    assert [entry["about_number"] for entry in hers] == [2, 1]
    assert len(folder.json("audit", "list", "--lead", "1")) == 2
    assert folder.run("audit", "list", "--user", "nobody@works.example").returncode == 1


def test_a_whole_trail_is_said_to_be_whole(folder: Folder) -> None:
    folder.run("status")
    looked(3, 1)
    found = folder.json("audit", "verify")
    assert (found["whole"], found["guarded"], found["fault"]) == (True, True, None)
    known = f"{found['last']}:{found['head']}"
    looked(1, 1)
    assert folder.run("audit", "verify", "--known", known).returncode == 0
    forged = folder.run("audit", "verify", "--known", f"{found['last']}:{'0' * 64}")
    assert (forged.returncode, "made anew" in forged.stdout) == (1, True)


def test_a_changed_entry_is_named_by_exit_code_and_number(folder: Folder) -> None:
    folder.run("status")
    looked(3, 1)
    audit_guard.uninstall(connection)
    number = AuditEntry.objects.filter(verb=LEAD_SEEN).order_by("number")[1].number
    AuditEntry.objects.filter(number=number).update(user=2)
    done = folder.run("audit", "verify")
    assert done.returncode == 1
    assert f"Entry {number} is not as it was written." in done.stdout
    assert "triggers are gone" in done.stdout


def test_the_trail_is_taken_along_by_whoever_runs_the_command_alone(folder: Folder, tmp_path: Path) -> None:
    folder.run("status")
    looked(3, 1)
    file = tmp_path / "trail.jsonl"
    told = folder.json("audit", "export", "--out", str(file), "--verb", "lead.seen")
    assert told["entries"] == 3
    assert [json.loads(line)["about_number"] for line in file.read_text().splitlines()] == [1, 2, 3]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert AuditEntry.objects.filter(verb="audit.exported", numbers__rows=3, via="cli").count() == 1
    assert folder.run("audit", "export", "--out", str(tmp_path / "trail.pdf")).returncode == 1


def test_old_entries_are_removed_when_it_is_confirmed(folder: Folder) -> None:
    folder.run("status")
    looked(4, 1, days_ago=800)
    looked(1, 1)
    before = f"{utc_now() - timedelta(days=700):%Y-%m-%d}"
    asked = folder.run("audit", "trim", "--before", before)
    assert "would be removed. Add --yes." in asked.stdout
    assert AuditEntry.objects.filter(verb=LEAD_SEEN).count() == 5
    assert folder.json("audit", "trim", "--before", before, "--yes")["removed"] >= 4
    assert AuditEntry.objects.filter(verb=LEAD_SEEN).count() == 1
    assert folder.json("audit", "verify")["whole"]
