"""Notes, saved searches and reasons that stand in clear from before are sealed by migrations, on SQLite and on
PostgreSQL: begun again after a crash it goes on, and what SQLite deleted is overwritten.

Bound: three minutes.
"""

import json
from pathlib import Path

import pytest
from tests.leadline_process import Folder

CANARY = "zanzibara rings her aunt on Sundays"
BEFORE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "qualification", "0003", verbosity=0)
call_command("migrate", "analytics", "0001", verbosity=0)
call_command("migrate", "pipeline", "0003", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state(
    [("qualification", "0003_sealed_note"), ("analytics", "0001_initial"), ("pipeline", "0003_reported_deals")]
).apps
from leadline.kernel.clock import utc_now
lead = apps.get_model("tracking", "Lead").objects.create(first_seen_at=utc_now(), last_seen_at=utc_now())
actions = apps.get_model("qualification", "SalesAction").objects
events = apps.get_model("qualification", "QualificationEvent").objects
for number in range(1200):
    action = actions.create(lead=lead, kind="contact", at=utc_now(), note=f"{CANARY} {{number}}" if number % 3 else "")
    if number < 10:
        detail = {{"by": "Sam", "via": "page", "note": action.note}}
        events.create(key=f"sales:{{action.pk}}", lead=lead, kind="contact", at=utc_now(), detail=detail)
views = apps.get_model("analytics", "SavedView").objects
views.create(name="one", query="?stage=qualified&q={CANARY}")
views.create(name="all", query="")
crm = apps.get_model("crm", "Connection").objects.create(name="trial", kind="sandbox")
moments = {{"opened_at": utc_now(), "told_at": utc_now()}}
deals = apps.get_model("pipeline", "ReportedDeal").objects
deals.create(connection=crm, remote_id="1", lead=lead, state="lost", lost_reason="{CANARY}", **moments)
"""
CRASH = """
import django; django.setup()
from django.core.management import call_command
from django.db.models import QuerySet
update, calls = QuerySet.bulk_update, []
def failing(*given, **named):
    calls.append(1)
    if len(calls) == 2:
        raise OSError("the power failed")
    return update(*given, **named)
QuerySet.bulk_update = failing
try:
    call_command("migrate", "qualification", verbosity=0)
except OSError:
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM qualification_salesaction WHERE sealed_note IS NOT NULL")
        print(cursor.fetchone()[0])
"""
AFTER = """
import django, json; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from leadline.privacy.sight import NOTHING, seeing
from leadline.qualification import feed
from leadline.qualification.models import QualificationEvent, SalesAction
notes = [each.note for each in SalesAction.objects.order_by("pk")]
told = [each.detail["note"] for each in feed.after(0)]
from leadline.analytics.models import SavedView
from leadline.pipeline.models import ReportedDeal
views = [each.query for each in SavedView.objects.order_by("pk")]
reason = ReportedDeal.objects.get().lost_reason
with seeing(NOTHING):
    search = SavedView.objects.order_by("pk")[0].query
    masked = [SalesAction.objects.order_by("pk")[1].note, feed.after(0)[1].detail["note"]]
clear = [row.detail for row in QualificationEvent.objects.all() if "note" in row.detail]
print(json.dumps({"notes": notes, "told": told, "masked": masked, "clear": clear,
    "views": views, "reason": reason, "search": search}))
"""
BACK = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "qualification", "0003", verbosity=0)
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT note FROM qualification_salesaction ORDER BY id LIMIT 2")
    print(cursor.fetchall()[1][0])
"""


def migrated(folder: Folder) -> None:
    assert folder.run("users", "create", "ada@works.example").returncode == 0  # makes the keys and the tables
    folder.python(BEFORE)
    assert int(folder.python(CRASH)) == 500
    found = json.loads(folder.python(AFTER))
    assert found["notes"] == [f"{CANARY} {number}" if number % 3 else None for number in range(1200)]
    assert found["told"] == [note or "" for note in found["notes"][:10]]
    assert found["masked"] == ["•••", "•••"]
    assert found["clear"] == []
    assert found["views"] == [f"?stage=qualified&q={CANARY}", None]
    assert (found["search"], found["reason"]) == ("?stage=qualified", CANARY)


def test_notes_are_sealed_on_sqlite_and_not_left_in_its_file(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    migrated(folder)
    files = [file for file in folder.data.rglob("*") if file.is_file()]
    assert any(file.name == "records.sqlite3" for file in files)
    assert [file.name for file in files if CANARY.encode() in file.read_bytes()] == []
    assert folder.python(BACK).strip() == f"{CANARY} 1"


@pytest.mark.postgres
def test_notes_are_sealed_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    migrated(Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql}))
