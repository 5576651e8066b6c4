"""Both sides of one connection in a test: leads here, a fake CRM there, and the loop between them."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta

from leadline.crm import leasing
from leadline.crm.hashing import alike
from leadline.crm.mapping import SyncMapping, read_mapping
from leadline.crm.models import Connection, Link, SyncRun
from leadline.crm.records import Outgoing, RemoteRecord, Value
from leadline.crm.syncing import Sync
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.local import MemoryInbox, MemoryLeads
from leadline.tracking.models import Conversion, Identity, Lead

A_MINUTE = 61.0
PAST_ANY_PAUSE = 3700.0
PAST_THE_LEASE = leasing.LEASE.total_seconds() + 1


class Crash(BaseException):
    """The process was killed: nothing of ours catches this."""


def expect(holds: bool, words: str) -> None:
    """What a connector must do.

    Raises:
        AssertionError: it does not; the words say what was expected.
    """
    if not holds:
        raise AssertionError(words)


class World:
    """A connection to the fake of a harness, in the database of a test."""

    def __init__(self, harness: Harness) -> None:
        self.harness, self.clock = harness, harness.clock
        self.leads, self.inbox = MemoryLeads(self.clock), MemoryInbox()
        self.mapping: SyncMapping = read_mapping(harness.mapping)
        count = Connection.objects.count()
        self.connection = Connection.objects.create(
            name=f"{harness.kind.name}-{count + 1}",
            kind=harness.kind.name,
            mapping=harness.mapping,
            secrets=dict(harness.secrets),
        )

    # The loop

    def sync(
        self,
        kind: str = "sync",
        *,
        only: Collection[int] | None = None,
        after: Callable[[str], None] = lambda _: None,
        roll: Callable[[], float] = lambda: 0.5,
    ) -> SyncRun:
        """One run, of a process that has just started."""
        connector = self.harness.open()
        sync = Sync(
            self.connection,
            connector,
            self.mapping,
            self.leads,
            self.inbox,
            clock=self.clock,
            sleep=self.clock.advance,
            roll=roll,
            after=after,
            kind=self.harness.kind,
        )
        try:
            return sync.run(kind, only=only)
        finally:
            connector.close()

    def settle(self, most: int = 12) -> SyncRun:
        """Runs, hours apart, until one finds nothing to do.

        Raises:
            AssertionError: that never happens.
        """
        for _ in range(most):
            self.clock.advance(PAST_ANY_PAUSE)
            run = self.sync()
            done = run.counts
            busy = sum(done[name] for name in ("created", "updated", "later", "moved", "pulled", "events"))
            if run.state == "ok" and not busy:
                return run
        raise AssertionError(f"The runs find no end: {run.state} {run.message} {run.counts}")

    # Looking

    def link(self, lead: int) -> Link:
        """The link of a lead."""
        return Link.objects.get(connection=self.connection, lead_id=lead)

    def records(self, lead: int) -> list[RemoteRecord]:
        """The living records that carry a lead's external id."""
        name = self.leads.record(lead).external_id
        return [record for record in self.harness.records() if record.external_id == name]

    def remote(self, lead: int) -> RemoteRecord:
        """The living record that a lead's link leads to."""
        link = self.link(lead)
        here = [
            each
            for each in self.harness.records()
            if (each.remote_type, each.remote_id) == (link.remote_type, link.remote_id)
        ]
        expect(len(here) == 1, f"Lead {lead}'s link leads to {len(here)} living records.")
        return here[0]

    def remote_id(self, lead: int) -> str:
        """The number of a lead's record, by its external id: also for kinds that no link learns it from."""
        found = self.records(lead)
        expect(len(found) == 1, f"{len(found)} living records carry the external id of lead {lead}.")
        return found[0].remote_id

    def score_there(self, lead: int) -> Value:
        """The score that stands in a lead's record."""
        found = self.records(lead)
        expect(len(found) == 1, f"{len(found)} living records carry the external id of lead {lead}.")
        return found[0].values.get(self.harness.score_field)

    def shows(self, lead: int, score: int) -> bool:
        """Whether a lead's record shows this score."""
        return alike(self.score_there(lead), score)

    def expect_no_duplicates(self) -> None:
        """One living record an external id, one living link a record."""
        names = Counter(record.external_id for record in self.harness.records() if record.external_id)
        expect(all(count == 1 for count in names.values()), f"Duplicates: {[n for n, c in names.items() if c > 1]}")
        living = Link.objects.filter(connection=self.connection, tombstone="").exclude(remote_id="")
        places = Counter(living.values_list("remote_type", "remote_id"))
        expect(all(count == 1 for count in places.values()), f"Two leads write one record: {places.most_common(1)}")

    def expect_all_there(self, leads: Collection[int]) -> None:
        """Each lead has its one record, with the score of now."""
        self.expect_no_duplicates()
        for lead in leads:
            score = self.leads.record(lead).fields["score"]
            there = self.score_there(lead)
            expect(alike(there, score), f"Lead {lead} has {score} and its record shows {there}.")

    def words(self) -> str:
        """Everything that people may come to read about this connection."""
        self.connection.refresh_from_db()
        runs = " ".join(run.message for run in SyncRun.objects.filter(connection=self.connection))
        links = " ".join(str(link.error) for link in Link.objects.filter(connection=self.connection))
        return " ".join((self.connection.stopped, self.connection.trouble, runs, links))

    # Doing

    def outgoing(self, lead: int) -> Outgoing:
        """The row of a lead that was never sent."""
        record = self.leads.record(lead)
        values = {name: value for name, value in self.mapping.outgoing(record).items() if value is not None}
        return Outgoing(record.external_id, values)

    def convert(self, lead: int, name: str = "quote_requested", hours_ago: float = 1.0) -> Conversion:
        """A lead does something worth telling."""
        at = self.clock() - timedelta(hours=hours_ago)
        count = Conversion.objects.count() + 1
        owner = Lead.objects.get(pk=lead)
        identity, _ = Identity.objects.get_or_create(
            kind=Identity.Kind.USER_ID,
            digest=lead.to_bytes(16, "big"),
            defaults={"value": f"u{lead}", "home": owner, "lead": owner, "first_seen_at": at},
        )
        digest = (count + 10**9).to_bytes(16, "big")
        return Conversion.objects.create(name=name, digest=digest, identity=identity, occurred_at=at)
