"""A filled installation of Leadline, and a real Odoo that it is connected to: what the scenarios happen in."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.acceptance.odoo.odoo_server import ADMINISTRATOR, SALESPERSON, Odoo
from tests.acceptance.odoo.odoo_use import empty, leads
from tests.leadline_process import Folder, Server, wait_until

from leadline.crm.connectors.odoo import KIND

CONNECTION = "odoo"
LEADS = 300


@dataclass(frozen=True, slots=True)
class Linked:
    """A lead's record in Odoo, as its link has it."""

    number: str
    tombstone: str
    status: str
    owner: str


@dataclass
class Office:
    """Marketing's Leadline and the sales team's Odoo.

    Attributes:
        folder: the data folder; its commands do the work themselves while no server runs.
    """

    folder: Folder
    odoo: Odoo

    def connect(self, **who: Any) -> None:
        """As docs/how-to/crm-odoo.md says: an administrator's key makes the fields, a salesperson's does the rest."""
        address = ("--set", f"url={self.odoo.url}", "--set", "database=")
        self.done("crm", "connect", CONNECTION, *address, "--secret", "key=env:ADMINISTRATOR", "--off")
        self.done("crm", "mapping", "make", CONNECTION)
        self.odoo.fields.clear()
        self.done("crm", "change", CONNECTION, "--secret", "key=env:SALESPERSON")
        if who:
            self.who(**who)

    def who(self, **who: Any) -> None:
        """Another who-is-synced rule."""
        document = yaml.safe_load(KIND.mapping)
        path = self.folder.data.parent / "mapping.yaml"
        path.write_text(yaml.safe_dump({**document, "who": who}))
        self.done("crm", "mapping", "set", CONNECTION, str(path))

    def sync(self) -> dict[str, int]:
        """One run. Returns its counts."""
        (run,) = self.folder.json("crm", "sync", CONNECTION, seconds=300)
        assert run["state"] == "ok", run
        counts: dict[str, int] = run["counts"]
        return counts

    def settle(self) -> None:
        """Runs until there is nothing to do."""
        for _ in range(8):
            counts = self.sync()
            if not any(counts[name] for name in ("created", "updated", "later", "moved", "pulled", "events")):
                return
        raise AssertionError(f"The runs find no end: {counts}")

    def load(self) -> None:
        """Let the installation load what came back: deals come in as events."""
        server = Server(self.folder)
        try:
            server.start().wait_until_ready()
            wait_until(lambda: self.folder.ask("status")["spool_lag_seconds"] == 0, 60, "the spool is loaded")
        finally:
            server.stop()

    def standing(self) -> dict[int, dict[str, Any]]:
        """Who should be in Odoo, by number."""
        everybody = self.folder.json("leads", "--limit", "5000")
        return {each["id"]: each for each in everybody if each["stage"] in ("qualified", "customer")}

    def links(self) -> dict[int, Linked]:
        """What is known of each lead's record in Odoo."""
        rows = self.records(
            "SELECT lead_id, remote_id, tombstone, status, owner FROM crm_link "
            "WHERE connection_id = (SELECT id FROM crm_connection WHERE name = 'odoo') ORDER BY lead_id"
        )
        return {lead: Linked(*rest) for lead, *rest in rows}

    def numbers(self) -> list[int]:
        """Numbers in Odoo of those that are linked."""
        return [int(link.number) for link in self.links().values() if not link.tombstone]

    def records(self, query: str) -> list[tuple[Any, ...]]:
        """Of the record store, read only."""
        with sqlite3.connect(f"file:{self.folder.data / 'records.sqlite3'}?mode=ro", uri=True) as store:
            found = store.execute(query).fetchall()
        store.close()
        return found

    def copy(self) -> Path:
        """A backup of the whole data folder."""
        backup = self.folder.data.with_name("backup")
        shutil.copytree(self.folder.data, backup)
        return backup

    def restore(self, backup: Path) -> None:
        """The folder as it was then."""
        shutil.rmtree(self.folder.data)
        shutil.copytree(backup, self.folder.data)

    def expect_right_leads(self, left_out: int = 0) -> None:
        """Everybody who should be in Odoo is there once, with the score and the stage of now.

        Args:
            left_out: how many leads were deleted there, or merged with another lead's.
        """
        there = {str(row["id"]): row for row in leads(self.odoo)}
        links, wanted = self.links(), self.standing()
        alive = {lead: link.number for lead, link in links.items() if not link.tombstone}
        assert len(set(alive.values())) == len(alive), "two leads write one record"
        names = [row["external_id"] for row in there.values() if row["external_id"]]
        assert len(set(names)) == len(names)
        assert len(wanted.keys() - alive.keys()) == left_out
        assert set(alive.values()) == set(there), "nothing in Odoo is nobody's, and nobody is missing there"
        for lead, number in alive.items():
            if lead in wanted:
                assert there[number]["x_leadline_score"] == int(wanted[lead]["total"]), lead
                assert there[number]["x_leadline_stage"] == wanted[lead]["stage"]

    def done(self, *arguments: str, stdin: str = "") -> None:
        """A command that has to succeed."""
        done = self.folder.run(*arguments, stdin=stdin, seconds=180)
        assert done.returncode == 0, done.stdout + done.stderr


def open_office(data: Path, template: Path, odoo: Odoo) -> Office:
    """A copy of a filled installation, and an Odoo without leads."""
    empty(odoo)
    shutil.copytree(template, data)
    keys = {"ADMINISTRATOR": odoo.keys[ADMINISTRATOR], "SALESPERSON": odoo.keys[SALESPERSON]}
    return Office(Folder(data, keys), odoo)


def fill(data: Path) -> Path:
    """A data folder with the demonstration in it."""
    done = Folder(data).run("demo", "--leads", str(LEADS), "--days", "30", seconds=300)
    assert done.returncode == 0, done.stderr
    return data
