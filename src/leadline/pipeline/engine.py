"""The composition root: everything the pipeline works with, wired once from the settings."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import EventStore
from leadline.eventstore.sessions import ensure_sessions
from leadline.kernel.errors import ConfigurationError
from leadline.pipeline.changes import ChangeLog
from leadline.pipeline.key_rotation.lookups import keep_lookups
from leadline.pipeline.live import LiveFeed
from leadline.pipeline.recipes import conversion_recipes
from leadline.pipeline.reports.shelf import ReportShelf
from leadline.privacy.current_keys import CurrentKeys
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.keys import derive_keys
from leadline.qualification.records import LeadRecord, records_of
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.service import publish_first
from leadline.tracking.intake import IntakeDesk
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.plan_document import bundled_plan, read_plan
from leadline.tracking.profiles import AddressBook
from leadline.tracking.spool.writer import SpoolWriter


@dataclass
class Engine:
    """One open installation. Only the holder of `lock` runs steps; reading needs no lock.

    Attributes:
        live: what just came in, for the live page.
        records: reads the rows that stages are judged by; a rebuild puts its own memory here.
        changes: which leads changed since those tables were made.
        projected: what the tables that reports read stand for (`projections.py`), which `projecting` guards.
        keeping: set while a `ProjectionKeeper` brings those tables up to date by itself.
        reports: those that were computed, as long as they hold.
        tried: what rules are tried on in the Scoring studio (`trying.py`), which `trying` guards.
        unassigned: the leads and the team for which assigning last found nobody (`assigning.py`).
        borrowed: by digest, how many readers of drafts need a metric's cells now (`borrowed_metrics.py`).
        occupied: what long work the holder of `lock` does, for those who wait for it; empty while none does.
    """

    data: Path
    store: EventStore
    ruleset: Ruleset
    plan: TrackingPlan
    desk: IntakeDesk
    live: LiveFeed = field(default_factory=LiveFeed)
    borrowed: Counter[str] = field(default_factory=Counter)
    records: Callable[[Iterable[int]], Mapping[int, LeadRecord]] = records_of
    unassigned: object = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    occupied: str = ""
    projecting: threading.RLock = field(default_factory=threading.RLock)
    changes: ChangeLog = field(default_factory=ChangeLog)
    projected: object = None
    keeping: threading.Event = field(default_factory=threading.Event)
    trying: threading.RLock = field(default_factory=threading.RLock)
    tried: object = None
    reports: ReportShelf = field(default_factory=ReportShelf)

    @contextmanager
    def at_long_work(self, words: str) -> Iterator[None]:
        """Hold `lock` for work that takes longer than a click waits; `words` follow "The pipeline is busy: "."""
        with self.lock:
            before, self.occupied = self.occupied, words
            try:
                yield
            finally:
                self.occupied = before

    @classmethod
    def open(cls, data: Path | None = None) -> "Engine":
        """Open the stores of a data folder and put the ruleset in force.

        Raises:
            AlreadyRunningError: another process has the event store open.
            ConfigurationError: the keys are not those of what is stored.
        """
        folder = data or Path(settings.DATA)
        keep_lookups(folder)
        store = EventStore.open(folder, derive_keys(folder, "event-store"))
        ruleset = publish_first(settings.RULESET)
        plan = plan_beside(ruleset)
        engine = cls(folder, store, ruleset, plan, _desk(ruleset, plan))
        engine.prepare()
        return engine

    @property
    def spool(self) -> Path:
        """Where collectors put segments."""
        return self.data / "spool"

    @property
    def spool_keys(self) -> list[bytes]:
        """Newest first, as they are now: a collector may have learnt of a newer one first."""
        return derive_keys(self.data, "spool")

    def use(self, ruleset: Ruleset) -> None:
        """Score with another published ruleset from now on."""
        with self.lock:
            self.ruleset = ruleset
            self.plan = plan_beside(ruleset)
            self.desk = _desk(ruleset, self.plan)
            self.prepare()

    def prepare(self) -> None:
        """Build the cells of metrics that were never measured, and the sessions of a store that never had any."""
        with self.store.cursor() as cursor:
            ensure_metrics(cursor, self.ruleset.metrics_read)
            ensure_sessions(cursor)

    def spool_writer(self) -> SpoolWriter:
        """A writer of this process's own segments, for imports and the demonstration."""
        return SpoolWriter(self.spool, CurrentKeys(self.data, "spool").newest)

    def close(self) -> None:
        """Let the stores go."""
        self.live.close()
        with self.lock:
            self.store.close()


def plan_beside(ruleset: Ruleset) -> TrackingPlan:
    """The tracking plan that LEADLINE_PLAN names; without one, the bundled plan of the ruleset's name. A ruleset for
    another platform has none: then nothing is planned, and no event is refused for another platform's rules."""
    if settings.PLAN:
        return read_plan(bundled_plan(settings.PLAN))
    try:
        return read_plan(bundled_plan(ruleset.name))
    except ConfigurationError:
        return TrackingPlan(ruleset.name)


def _desk(ruleset: Ruleset, plan: TrackingPlan) -> IntakeDesk:
    addresses = AddressBook(ruleset.domains.own, ruleset.domains.competitors, ruleset.domains.test)
    return IntakeDesk(lookup_hasher(), plan, conversion_recipes(ruleset), ruleset.properties_read, addresses)
