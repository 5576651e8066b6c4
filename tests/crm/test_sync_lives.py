"""Random histories: whatever people do here and there, and whatever breaks, the two sides agree in the end."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadline.crm.hashing import alike
from leadline.crm.links import lives
from leadline.crm.models import Link, ToldConversion
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.retrying import retry
from leadline.crm.testing.memory import MemoryCRM, MemoryHarness
from leadline.crm.testing.world import PAST_THE_LEASE, Crash, World
from leadline.tracking.models import Conversion

pytestmark = pytest.mark.django_db

STATUSES = ("New", "Working", "Contacted")


class WatchedCRM(MemoryCRM):
    """Counts how often a record was made for an external id."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.made = Counter[str]()

    def make(self, external_id: str, values: Mapping[str, Value]) -> str:
        self.made[external_id] += 1
        return super().make(external_id, values)


class WatchedHarness(MemoryHarness):
    """Over a CRM that is watched, with small batches."""

    def __init__(self, whole: bool) -> None:
        super().__init__(whole, WatchedCRM, batch=3)


@dataclass
class Life:
    """One connection, its leads, and what can happen to them; `number` picks whom and how much."""

    whole: bool
    leads: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.harness = WatchedHarness(self.whole)
        self.world = World(self.harness)
        self.crm = self.harness.crm

    def lead(self, number: int) -> int:
        return self.leads[number % len(self.leads)]

    def record(self, number: int) -> RemoteRecord | None:
        alive = sorted(self.harness.records(), key=lambda each: int(each.remote_id))
        return alive[number % len(alive)] if alive else None

    # Here

    def add(self, number: int) -> None:
        self.leads += self.world.leads.add(1 + number % 4, score=number % 100)

    def change(self, number: int) -> None:
        self.world.leads.change(self.lead(number), score=number % 100)

    def lose_interest(self, number: int) -> None:
        lead = self.lead(number)
        self.world.leads.want(lead, not self.world.leads.record(lead).wanted)

    def merge_here(self, number: int) -> None:
        winner, loser = self.lead(number), self.lead(number // 7)
        if winner != loser and not {winner, loser} & set(self.merged):
            self.world.leads.merge(winner, loser)
            self.merged.append(loser)

    def unmerge_here(self, number: int) -> None:
        if self.merged:
            self.world.leads.unmerge(self.merged.pop(number % len(self.merged)))

    def convert(self, number: int) -> None:
        self.world.convert(self.lead(number))

    # There

    def set_status(self, number: int) -> None:
        if record := self.record(number):
            self.harness.change(record.remote_id, {}, STATUSES[number % len(STATUSES)])

    def overwrite(self, number: int) -> None:
        if record := self.record(number):
            self.harness.change(record.remote_id, {"x_score": number % 100})

    def delete(self, number: int) -> None:
        if record := self.record(number):
            self.harness.delete(record.remote_id)

    def merge_there(self, number: int) -> None:
        winner, loser = self.record(number), self.record(number // 7)
        if winner and loser and winner.remote_id != loser.remote_id:
            self.harness.merge(winner.remote_id, loser.remote_id)

    # Between

    def sync(self, number: int) -> None:
        self.world.sync("backfill" if number % 10 == 0 else "sync")

    def crash(self, number: int) -> None:
        left = iter(range(number % 12))

        def after(step: str) -> None:
            if next(left, None) is None:
                raise Crash(step)

        try:
            self.world.sync(after=after)
        except Crash:
            self.world.clock.advance(PAST_THE_LEASE)

    def go_down(self, number: int) -> None:
        self.harness.down(number % 9)

    def lose_answers(self, number: int) -> None:
        self.harness.lose_answers(1 + number % 3)

    def storm(self, number: int) -> None:
        self.harness.storm(number % 9, None if number % 2 else 3.0)

    def refuse(self, number: int) -> None:
        self.harness.refuse([self.world.leads.record(self.lead(number)).external_id])

    def expire(self, _: int) -> None:
        self.harness.expire_token()

    def wait(self, number: int) -> None:
        self.world.clock.advance(number * 10)


HAPPENINGS = tuple(
    name for name in vars(Life) if not name.startswith("_") and name not in ("lead", "record", "leads", "merged")
)
HISTORIES = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 500)), max_size=40)


def live(whole: bool, history: list[tuple[str, int]]) -> Life:
    """Let a history happen, then let everything be well and settle."""
    life = Life(whole)
    life.add(3)
    for name, number in history:
        life.world.clock.advance(75)
        happen = cast("Callable[[int], None]", getattr(life, name))
        happen(number)
    for well in (life.harness.down, life.harness.lose_answers):
        well(0)
    life.harness.storm(0, None)
    life.harness.refuse(())
    retry(life.world.connection)
    life.world.settle(most=16)
    return life


def links_of(life: Life) -> dict[int, Link]:
    return {link.lead_id: link for link in Link.objects.filter(connection=life.world.connection)}


@given(st.booleans(), HISTORIES)
@settings(
    phases=[Phase.generate],
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_history_both_sides_agree(whole: bool, history: list[tuple[str, int]]) -> None:
    life = live(whole, history)
    world, crm, links = life.world, cast("WatchedCRM", life.crm), links_of(life)
    world.expect_no_duplicates()
    assert max(crm.made.values(), default=0) <= 1, "A record was made twice, or brought back to life."
    for lead in life.leads:
        link = links.get(lead)
        if world.leads.record(lead).wanted and lead not in life.merged:
            assert link is not None
            assert link.remote_id
        if link is not None and lives(link):
            record = crm.records[link.remote_id]
            assert not record.gone
            assert alike(record.values["x_score"], world.leads.record(lead).fields["score"])
            assert (link.status or "New") == record.status
            assert record.status == "New" or record.status in world.inbox.statuses(lead)
            assert not link.parked
            assert link.next_attempt_at is None
    told = [str(row.key) for row in ToldConversion.objects.filter(connection=world.connection, told_at__isnull=False)]
    assert sorted(told) == sorted(life.harness.told())
    assert set(life.harness.told().__iter__()) == set(told)
    waiting = Conversion.objects.filter(identity__lead__in=[lead for lead, link in links.items() if lives(link)])
    assert not waiting.exclude(told__connection=world.connection, told__told_at__isnull=False).exists()
