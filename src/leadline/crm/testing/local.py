"""The other side of the sync loop in memory: what should be in the CRM, and who takes what comes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leadline.crm.desired import Arrival, Taken, WhoRule
from leadline.crm.records import LocalRecord, Value
from leadline.crm.testing.clock import FrozenClock
from leadline.tracking.models import Lead


class MemoryLeads:
    """`LocalLeads` over a dictionary. `add` makes the lead's row too: links point to it."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._records: dict[int, LocalRecord] = {}
        self._stamps: dict[int, int] = {}
        self._merged: dict[int, int] = {}
        self.reported: set[int] = set()
        self.looked_at = 0

    def add(self, count: int = 1, **fields: Value) -> list[int]:
        """New leads that the rule takes. Returns their numbers."""
        now = self._clock()
        rows = Lead.objects.bulk_create([Lead(first_seen_at=now, last_seen_at=now, known=True) for _ in range(count)])
        for row in rows:
            email = f"ada{row.pk}@example.com"
            known: dict[str, Value] = {"name": f"Ada {row.pk}", "email": email, "score": 50, "stage": "qualified"}
            known["external_id"] = name = f"ll-{row.pk:032x}"
            self._keep(LocalRecord(row.pk, name, {**known, **fields}, True, now, email=email))
        return [row.pk for row in rows]

    def change(self, lead: int, **fields: Value) -> None:
        """Something about a lead changes."""
        record = self._records[lead]
        self._keep(replace(record, fields={**record.fields, **fields}, changed_at=self._clock()))

    def want(self, lead: int, wanted: bool) -> None:
        """The rule takes a lead, or does not any more."""
        self._keep(replace(self._records[lead], wanted=wanted))

    def merge(self, winner: int, loser: int) -> None:
        """Two leads turn out to be one person."""
        self._merged[loser] = winner
        self._keep(self._records[loser])
        self._keep(self._records[winner])

    def unmerge(self, loser: int) -> None:
        """They were two after all."""
        winner = self._merged.pop(loser)
        self._keep(self._records[loser])
        self._keep(self._records[winner])

    def _keep(self, record: LocalRecord) -> None:
        self._records[record.lead] = record
        self._stamps[record.lead] = self._stamps.get(record.lead, record.lead * 7919) + 1

    def record(self, lead: int) -> LocalRecord:
        """What is known of a lead."""
        return self._records[lead]

    def stamps(self, who: WhoRule, linked: Iterable[int]) -> Mapping[int, int]:  # noqa: ARG002  # the protocol's signature
        """Stamps, as `LocalLeads` says."""
        wanted = {lead for lead, record in self._records.items() if record.wanted and lead not in self._merged}
        return {lead: self._stamps[lead] for lead in wanted | (set(linked) & self._stamps.keys())}

    def records(self, who: WhoRule, leads: Sequence[int]) -> Sequence[LocalRecord]:  # noqa: ARG002  # the protocol's signature
        """Records, as `LocalLeads` says."""
        self.looked_at += len(leads)
        found = [self._records[lead] for lead in leads if lead in self._records]
        return [replace(record, wanted=record.wanted and record.lead not in self._merged) for record in found]

    def survivors(self, leads: Sequence[int]) -> Mapping[int, int]:
        """Who was merged into whom."""
        return {lead: self._merged[lead] for lead in leads if lead in self._merged}

    def tellable(self, connection: str, conversions: Sequence[int]) -> Mapping[int, str]:  # noqa: ARG002  # the protocol's signature
        """All but those in `reported`."""
        return {number: "Something" for number in conversions if number not in self.reported}


class MemoryInbox:
    """`Inbox` that keeps what it was given."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    def take(self, connection: str, arrivals: Sequence[Arrival]) -> Sequence[Taken]:  # noqa: ARG002  # the protocol's signature
        """Keep them."""
        self.arrivals += arrivals
        return [Taken(arrival.lead, done=("Seen",)) for arrival in arrivals]

    def statuses(self, lead: int) -> list[str]:
        """The statuses that came back for a lead, in order, each repetition left out."""
        words = [arrival.record.status for arrival in self.arrivals if arrival.lead == lead]
        return [word for at, word in enumerate(words) if at == 0 or words[at - 1] != word]
