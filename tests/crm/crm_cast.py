"""An installation with a CRM in memory connected to it, for tests from an event to the CRM and back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import time_machine

sys.path.insert(0, str(Path(__file__).parent.parent / "pipeline"))  # the installation of the pipeline's tests

from pipeline_cast import MONDAY, Installation, hours, identify, page, track, user

from leadline.crm.models import Connection, SyncRun
from leadline.crm.records import RemoteRecord
from leadline.crm.testing.memory import MAPPING, MemoryCRM
from leadline.kernel.clock import utc_now
from leadline.pipeline.crm.connections import crm_connect
from leadline.pipeline.crm.running import run_connection

__all__ = ["MONDAY", "Office", "hours", "identify", "page", "track", "user"]

REJECTIONS = "  Unqualified: {rejected: not_hiring}\n"
STATUSES = "status: {New: none, Working: accepted, Contacted: contacted}"
WITH_REJECTION = MAPPING.replace(
    STATUSES, f"status:\n  New: none\n  Working: accepted\n  Contacted: contacted\n{REJECTIONS}"
)
MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """An installation and its CRM. Time stands still until it is moved."""

    place: Installation
    crm: MemoryCRM
    now: datetime = MONDAY

    def connect(self, name: str = "memory", mapping: str = WITH_REJECTION) -> Connection:
        secrets = {"key": self.crm.key}
        with self.at(self.now):
            crm_connect(self.place.engine, name, "memory", secrets=secrets, mapping=mapping)
        return Connection.objects.get(name=name)

    @contextmanager
    def at(self, now: datetime) -> Iterator[None]:
        self.now = now
        with time_machine.travel(now, tick=False):
            yield

    def qualify(self, name: str = "ada") -> None:
        """Somebody signs up, looks around and asks for a quote."""
        who, at = user(name), self.now
        with self.at(at):
            self.place.receive(
                at, page(who, at), identify(who, at, email=f"{name}@works.example", name=f"{name.title()} King")
            )
        with self.at(at + hours(1)):
            asked = {"quote_id": f"q-{name}", "seats": 4, "amount": 4800, "currency": "GBP"}
            self.place.receive(self.now, track(who, "Quote Requested", self.now, **asked))

    def sync(self, name: str = "memory", **more: object) -> SyncRun:
        """A run, a minute later."""
        with self.at(self.now + MINUTE):
            run = run_connection(self.place.engine, Connection.objects.get(name=name), **more)  # type: ignore[arg-type]  # of any kind
            self.place.tick(utc_now())
        return run

    def record(self, lead: str = "ada") -> RemoteRecord:
        """The one record of somebody there."""
        found = [each for each in self.crm.records.values() if each.email == f"{lead}@works.example" and not each.gone]
        assert len(found) == 1, found
        return found[0]

    def edit(self, lead: str = "ada", status: str = "", **more: object) -> None:
        """Somebody changes a record there, a minute later."""
        with self.at(self.now + MINUTE):
            self.crm.edit(self.record(lead).remote_id, {}, status, **more)
