"""Connections made, tested, changed, watched and removed; and that nothing secret ever comes out."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from crm_cast import MONDAY, WITH_REJECTION, Office, hours, identify, user

from leadline.crm.models import Connection, Link, SyncRun
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline import jobs
from leadline.pipeline.checkup import examine
from leadline.pipeline.commands import dispatch
from leadline.pipeline.crm.mappings import StaleMappingError
from leadline.pipeline.crm.shapes import STATES
from leadline.pipeline.models import Job
from leadline.pipeline.projections import bring_up_to_date

MORE = "  x_reasons: {from: reasons, label: Reasons, type: long_text}\nstatus:"


def ask(office: Office, command: str, **arguments: Any) -> Any:
    with office.at(office.now):
        told = dispatch(office.place.engine, command, arguments, lambda *_: None)
    return json.loads(json.dumps(told))


def health(office: Office, name: str = "memory") -> str:
    return str(ask(office, "crm_connection", name=name)["health"])


def test_a_connection_is_made_once_with_what_it_needs(office: Office) -> None:
    made = ask(office, "crm_connect", name="memory", kind="memory", secrets={"key": office.crm.key}, by="cli:ada")
    assert (made["secrets"], made["health"], made["by"], made["counts"]["linked"]) == (["key"], "new", "cli:ada", 0)
    with pytest.raises(TerminalError, match="already"):
        ask(office, "crm_connect", name="memory", kind="memory", secrets={"key": "another"})
    with pytest.raises(TerminalError, match=r"needs Key \(key\)"):
        ask(office, "crm_connect", name="other", kind="memory")
    with pytest.raises(TerminalError, match="has no setting 'colour'"):
        ask(office, "crm_connect", name="other", kind="memory", settings={"colour": "red"}, secrets={"key": "x"})
    with pytest.raises(TerminalError, match="It is secret: give it as a secret"):
        ask(office, "crm_connect", name="other", kind="memory", settings={"key": "x"})
    with pytest.raises(NotFoundError, match=r"There are: .*memory"):
        ask(office, "crm_connect", name="other", kind="siebel")
    with pytest.raises(TerminalError, match="cannot name a connection"):
        ask(office, "crm_connect", name="two words", kind="memory", secrets={"key": "x"})
    with pytest.raises(TerminalError, match="seconds"):
        ask(office, "crm_change", name="memory", every_seconds=1)
    assert Connection.objects.count() == 1


def test_nothing_secret_ever_comes_out(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    office.connect()
    office.qualify()
    office.sync()
    told = [ask(office, "crm_mapping_check", name="memory"), ask(office, "crm_diff", name="memory")]
    office.crm.locked = True
    office.sync()
    named = {"name": "memory"}
    told += [ask(office, command) for command in ("crm_connections", "crm_status", "crm_runs", "status")]
    told += [ask(office, command, **named) for command in ("crm_test", "crm_connection", "crm_mapping", "crm_links")]
    told += [ask(office, "crm_lead", lead="user-ada"), ask(office, "crm_lead_knows", lead="user-ada", **named)]
    ask(office, "crm_backfill", **named)
    told += [Job.objects.get().arguments, [finding.text for finding in examine(Path(office.place.data))]]
    text = json.dumps(told) + caplog.text + json.dumps(list(SyncRun.objects.values_list("message", flat=True)))
    assert "memory refused us" in text
    assert office.crm.key not in text
    assert office.crm.token not in text
    sealed = Path(office.place.data.parent)
    assert not any(office.crm.key.encode() in path.read_bytes() for path in sealed.rglob("*") if path.is_file())


def test_a_connection_says_how_it_is_and_what_to_do(office: Office) -> None:
    office.connect()
    assert health(office) == "new"
    office.qualify()
    office.sync()
    assert health(office) == "ok"
    office.crm.locked = True
    office.sync()
    told = ask(office, "crm_connection", name="memory")
    assert (told["health"], told["next_run_at"]) == ("stopped", None)
    assert "leadline crm test memory" in told["advice"]
    assert not ask(office, "crm_status")["ok"]
    assert not ask(office, "crm_test", name="memory")["ok"]
    office.crm.locked = False
    assert ask(office, "crm_test", name="memory") | {"notes": []} == {
        "connection": "memory",
        "ok": True,
        "product": "Memory",
        "version": "1",
        "account": "Test",
        "user": "tester",
        "notes": [],
        "message": "",
        "advice": "",
    }
    assert health(office) == "ok"
    ask(office, "crm_change", name="memory", enabled=False)
    assert health(office) == "off"
    assert ask(office, "crm_status")["ok"]


def test_an_outage_waits_and_mends_itself(office: Office) -> None:
    office.connect()
    office.qualify()
    office.crm.down = 99
    assert office.sync().state == "failed"
    assert health(office) in {"waiting", "trouble"}
    office.crm.down = 0
    office.now += hours(1)
    assert office.sync().counts["created"] == 1
    assert health(office) == "ok"


def test_refused_leads_are_listed_with_words_and_sent_again_when_asked(office: Office) -> None:
    office.connect()
    office.qualify()
    name = next(iter(ask(office, "crm_diff", name="memory")["differences"]))["external_id"]
    office.crm.refused = frozenset({name})
    office.sync()
    assert health(office) == "trouble"
    row = ask(office, "crm_failed")[0]
    assert (row["name"], row["error_code"], row["state"]) == ("Ada King", "422", "failed")
    assert row["advice"]
    office.crm.refused = frozenset()
    assert ask(office, "crm_retry", name="memory") == {"connection": "memory", "retried": 1}
    office.sync()
    assert ask(office, "crm_failed", name="memory") == []
    assert [row["state"] for row in ask(office, "crm_links", name="memory", state="sent")] == ["sent"]
    with pytest.raises(TerminalError, match="no state"):
        ask(office, "crm_links", name="memory", state="lost")


def test_every_link_is_in_one_state_at_the_most(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    for changes in ({"parked": True}, {"parked": False, "next_attempt_at": MONDAY}, {"tombstone": "deleted"}):
        Link.objects.update(**changes)
        assert sum(Link.objects.filter(rule).count() for rule in STATES.values()) == 1


def test_a_dry_run_writes_nothing_and_says_what_a_run_would(office: Office) -> None:
    office.connect()
    office.qualify()
    told = ask(office, "crm_diff", name="memory")
    assert (told["leads"], told["totals"]["to_create"], told["differences"][0]["action"]) == (1, 1, "create")
    assert {field["field"] for field in told["differences"][0]["fields"]} >= {"name", "x_score"}
    assert office.crm.records == {}
    office.sync()
    assert ask(office, "crm_diff", name="memory")["differences"] == []
    preview = ask(
        office,
        "crm_mapping_preview",
        name="memory",
        lead="user-ada",
        text=WITH_REJECTION.replace("name: name", "name: email"),
    )
    assert preview["action"] == "update"
    assert office.record().values["name"] == "Ada King"


def test_a_mapping_is_kept_by_version_and_everybody_is_looked_at_once(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    text = WITH_REJECTION.replace("name: name", "name: {from: name, default: Unknown}").replace("  email: email\n", "")
    kept = ask(office, "crm_mapping_set", name="memory", text=text, version=1)
    assert kept["version"] == 2
    assert any("email" in change["path"] for change in kept["changes"])
    with pytest.raises(StaleMappingError, match="version 2"):
        ask(office, "crm_mapping_set", name="memory", text=WITH_REJECTION, version=1)
    assert office.sync().counts["looked_at"] == 1
    assert office.sync().counts["looked_at"] == 0
    wrong = ask(office, "crm_mapping_check", name="memory", text="fields: {name: {from: shoe_size}}")
    assert [problem["level"] for problem in wrong["problems"]][:1] == ["error"]
    with pytest.raises(TerminalError):
        ask(office, "crm_mapping_set", name="memory", text="fields: {name: {from: shoe_size}}")
    assert "fields" in json.dumps(ask(office, "crm_mapping_schema"))


def test_a_backfill_is_a_job_that_looks_at_everybody(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    with pytest.raises(NotFoundError, match="no CRM connection 'odoo'"):
        ask(office, "crm_backfill", name="odoo")
    order = ask(office, "crm_backfill", name="memory", by="cli:ada")
    seen: list[tuple[int, int]] = []
    with office.at(office.now + hours(1)):
        jobs.run(office.place.engine, jobs.find(order["number"]), lambda done, total: seen.append((done, total)))
    job = jobs.find(order["number"])
    assert (job.state, job.message) == ("done", "")
    assert job.result is not None
    assert (job.result["kind"], job.result["counts"]["looked_at"]) == ("backfill", 1)
    assert seen[-1] == (1, 1)


def test_one_connections_trouble_holds_no_other_up(office: Office) -> None:
    office.connect("broken")
    office.connect("well")
    Connection.objects.filter(name="broken").update(mapping="not: a mapping")
    office.qualify()
    runs = {run["connection"]: run["state"] for run in ask(office, "crm_sync")}
    assert runs == {"broken": "failed", "well": "ok"}
    assert len(ask(office, "crm_runs", name="well")) == 1
    assert ask(office, "crm_runs", name="well", limit=1, offset=1) == []


def test_what_the_crm_says_is_a_field_of_people(office: Office) -> None:
    office.connect()
    office.qualify()
    office.place.receive(office.now, identify(user("bo"), office.now, email="bo@works.example"))

    def statuses() -> list[str]:
        bring_up_to_date(office.place.engine)
        with office.place.engine.store.cursor() as cursor:
            rows = cursor.execute("SELECT crm_status FROM memory.main.people ORDER BY lead").fetchall()
        return [status for (status,) in rows]

    assert statuses() == ["", ""]
    office.sync()
    assert statuses() == ["Sent", ""]
    office.edit(status="Working")
    office.sync()
    assert statuses() == ["Working", ""]
    ask(office, "crm_remove", name="memory")
    assert statuses() == ["", ""]


def test_a_removed_connection_leaves_the_crm_alone_and_finds_its_records_again(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    before = office.record()
    assert ask(office, "crm_remove", name="memory")["counts"]["linked"] == 1
    assert Link.objects.count() == 0
    office.connect()
    run = office.sync()
    assert (run.counts["created"], office.record().remote_id) == (0, before.remote_id)


def test_the_doctor_and_the_status_tell_of_connections(office: Office) -> None:
    def doctor() -> tuple[bool, str]:
        with office.at(office.now):
            return next((each.ok, each.text) for each in examine(office.place.data) if each.check == "crm")

    assert doctor() == (True, "no connection")
    office.connect()
    office.crm.locked = True
    office.sync()
    ok, text = doctor()
    assert not ok
    assert "leadline crm test memory" in text
    assert [each["health"] for each in ask(office, "status")["crm"]] == ["stopped"]


def test_a_lead_says_what_each_crm_has_of_it(office: Office) -> None:
    office.connect("one")
    office.connect("two")
    office.qualify()
    office.sync("one")
    told = {each["connection"]: each for each in ask(office, "crm_lead", lead="ada@works.example")}
    assert (told["one"]["state"], told["two"]["state"]) == ("sent", "never")
    assert told["one"]["address"].startswith("memory:")
    knows = ask(office, "crm_lead_knows", lead="user-ada", name="one")
    assert {"field": "name", "sent": "Ada King", "seen": None} in [{**field, "seen": None} for field in knows["fields"]]
    with pytest.raises(NotFoundError, match="told nothing"):
        ask(office, "crm_lead_knows", lead="user-ada", name="two")


def test_an_erased_lead_is_in_no_link_and_no_run_fails(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    lead = office.place.lead("user-ada")
    lead.links.all().delete()
    lead.standing.delete()
    assert office.sync().state == "ok"


def test_a_connection_runs_as_often_as_suits_its_kind_unless_told_otherwise(office: Office) -> None:
    given = {"kind": "memory", "secrets": {"key": office.crm.key}, "enabled": False}
    told = {kind["name"]: kind["every_seconds"] for kind in ask(office, "crm_kinds")}
    assert (told["memory"], told["pipedrive"]) == (60, 900)
    assert ask(office, "crm_connect", name="usual", **given)["every_seconds"] == 60
    assert ask(office, "crm_connect", name="seldom", every_seconds=900, **given)["every_seconds"] == 900
