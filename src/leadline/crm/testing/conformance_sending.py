"""Conformance: leads arrive, each once, whatever happens at the same time."""

import time
from collections.abc import Sequence
from functools import partial

from leadline.crm.leasing import BusyError
from leadline.crm.records import Outcome, Sent
from leadline.crm.retrying import retry
from leadline.crm.testing.conformance_cast import Cast
from leadline.crm.testing.world import A_MINUTE, PAST_ANY_PAUSE, PAST_THE_LEASE, World, expect

MOST_SECONDS = 20.0
ARRIVED = (Outcome.CREATED, Outcome.UPDATED)


class Sending(Cast):
    """One record a lead."""

    def test_a_lead_arrives_once_with_what_is_known(self, world: World) -> None:
        leads = world.leads.add(3, score=72)
        run = world.sync()
        expect(run.state == "ok", f"The run ended {run.state}: {run.message}")
        expect(run.counts["created"] == 3, f"Three were made there: {run.counts}")
        world.expect_all_there(leads)

    def test_what_is_there_already_is_not_sent_again(self, world: World) -> None:
        world.leads.add(3)
        world.settle()
        run = world.sync("backfill")
        expect(run.counts["created"] + run.counts["updated"] == 0, f"Nothing was to be sent: {run.counts}")

    def test_what_changes_here_is_sent(self, world: World) -> None:
        leads = world.leads.add(3)
        world.sync()
        world.clock.advance(A_MINUTE)
        world.leads.change(leads[1], score=91)
        run = world.sync()
        expect(run.counts["updated"] == 1, f"One was sent: {run.counts}")
        world.expect_all_there(leads)

    def test_upserts_at_the_same_time_make_one_record_each(self, world: World) -> None:
        rows = [world.outgoing(lead) for lead in world.leads.add(5)]
        connectors = [world.harness.open() for _ in range(6)]
        answers: list[Sequence[Sent]] = world.harness.at_once([partial(each.send, rows) for each in connectors])
        again = connectors[0].send(rows)
        expect(
            all(sent.outcome in (*ARRIVED, Outcome.LATER) for answer in answers for sent in answer),
            f"None is refused because another one was faster: {answers}",
        )
        expect(all(sent.outcome in ARRIVED for sent in again), f"Alone, every row arrives: {again}")
        expect(len(world.harness.records()) == 5, f"Five records, not {len(world.harness.records())}.")

    def test_a_second_run_at_the_same_time_is_refused(self, world: World) -> None:
        world.leads.add()
        refused: list[bool] = []

        def meanwhile(step: str) -> None:
            if step == "sent":
                try:
                    world.sync()
                except BusyError:
                    refused.append(True)

        world.sync(after=meanwhile)
        expect(refused == [True], "One run of a connection at a time.")

    def test_a_run_that_lost_its_lease_writes_nothing_more(self, world: World) -> None:
        leads = world.leads.add(3)
        others: list[str] = []

        def sleep_over_the_lease(step: str) -> None:
            if step == "sent" and not others:
                others.append("at work")
                world.clock.advance(PAST_THE_LEASE)
                others.append(world.sync().state)

        run = world.sync(after=sleep_over_the_lease)
        expect(others[1:] == ["ok"], "The one that took over goes through.")
        expect(run.state == "interrupted", f"The other one stops, not {run.state}.")
        world.settle()
        world.expect_all_there(leads)

    def test_a_bad_row_is_parked_and_the_others_of_its_batch_arrive(self, world: World) -> None:
        self.need(world, "refuse")
        leads = world.leads.add(self.some(world))
        bad = leads[len(leads) // 3]
        world.harness.refuse([world.leads.record(bad).external_id])
        before = world.harness.calls
        run = world.sync()
        expect(run.counts["refused"] == 1, f"One is refused: {run.counts}")
        expect(run.counts["created"] == len(leads) - 1, f"All others arrive: {run.counts}")
        halvings = 2 * (1 + len(leads).bit_length())
        self.expect_calls(world, before, 3 + max(halvings, world.harness.calls_per_batch))
        link = world.link(bad)
        expect(link.parked and bool(link.error and link.error["message"]), "It waits with the vendor's words.")
        world.expect_all_there([lead for lead in leads if lead != bad])

    def test_a_parked_row_is_sent_again_when_it_changes_or_somebody_asks(self, world: World) -> None:
        self.need(world, "refuse")
        one, other = world.leads.add(2)
        world.harness.refuse([world.leads.record(lead).external_id for lead in (one, other)])
        world.sync()
        world.clock.advance(PAST_ANY_PAUSE)
        before = world.sync().counts
        expect(before["refused"] + before["later"] == 0, f"It is not tried for ever: {before}")
        world.harness.refuse(())
        world.leads.change(one, score=99)
        world.sync()
        expect(world.shows(one, 99), "What changed is tried again.")
        expect(not world.records(other), "What did not change is not.")
        expect(retry(world.connection) == 1, "One waits for somebody to ask.")
        world.sync()
        world.expect_all_there([one, other])

    def test_a_stage_never_goes_back(self, world: World) -> None:
        (lead,) = world.leads.add(stage="qualified", score=60)
        world.sync()
        (before,) = world.records(lead)
        world.clock.advance(A_MINUTE)
        world.leads.change(lead, stage="profile_development", score=61)
        world.sync()
        (after,) = world.records(lead)
        stage = world.harness.stage_field
        expect(bool(before.values.get(stage)), "The stage is there to begin with.")
        expect(after.values.get(stage) == before.values.get(stage), f"It went to {after.values.get(stage)}.")
        expect(world.shows(lead, 61), "What else changed is written all the same.")

    def test_ten_thousand_leads_are_sent_in_few_calls(self, world: World) -> None:
        count = world.harness.backfill_rows
        world.leads.add(count)
        before, worked = world.harness.calls, time.process_time()
        run = world.sync("backfill")
        expect(time.process_time() - worked < MOST_SECONDS, f"It takes more than {MOST_SECONDS} s of the processor.")
        expect(run.counts["created"] == count, f"{run.state} {run.message} {run.counts}")
        batches = -(-count // world.harness.kind.batch)
        self.expect_calls(world, before, 5 + world.harness.calls_per_batch * batches)
        world.expect_no_duplicates()
        expect(len(world.harness.records()) == count, "Every one is there.")
