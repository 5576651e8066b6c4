"""Conformance: timeouts, storms, outages, tokens. Nothing is lost, nothing doubled, no secret told."""

import pytest

from leadline.crm.connector import Can
from leadline.crm.testing.conformance_cast import Cast
from leadline.crm.testing.world import A_MINUTE, PAST_ANY_PAUSE, World, expect


class Troubles(Cast):
    """What goes wrong on the way."""

    def test_a_timeout_after_the_server_acted_makes_no_duplicate(self, world: World) -> None:
        self.need(world, "lose_answers")
        leads = world.leads.add(self.some(world))
        world.harness.lose_answers(1)
        world.sync()
        world.settle()
        world.expect_all_there(leads)
        expect(len(world.harness.records()) == len(leads), "One record a lead.")

    def test_too_many_calls_are_waited_out_as_the_vendor_says(self, world: World) -> None:
        self.need(world, "storm")
        leads = world.leads.add(2)
        world.harness.storm(2, retry_after=7.0)
        began, before = world.clock(), world.harness.calls
        run = world.sync()
        expect(run.state == "ok", f"The run goes through, not {run.state}: {run.message}")
        expect((world.clock() - began).total_seconds() >= 14, "Each time it waits as long as it is told to.")
        self.expect_calls(world, before, 8 + 2 * world.harness.calls_per_batch)
        world.expect_all_there(leads)

    def test_a_storm_without_a_word_is_waited_out_too(self, world: World) -> None:
        self.need(world, "storm")
        leads = world.leads.add(2)
        world.harness.storm(3, retry_after=None)
        began = world.clock()
        world.sync()
        world.settle()
        expect((world.clock() - began).total_seconds() >= 1, "It is not asked again at once.")
        world.expect_all_there(leads)

    def test_a_long_storm_ends_the_run_and_loses_nothing(self, world: World) -> None:
        self.need(world, "storm")
        leads = world.leads.add(2)
        world.harness.storm(10_000, retry_after=None)
        before = world.harness.calls
        run = world.sync()
        expect(run.state == "failed", f"It gives up for now, not {run.state}.")
        self.expect_calls(world, before, 30)
        world.harness.storm(0, None)
        world.settle()
        world.expect_all_there(leads)

    def test_an_outage_opens_the_circuit_and_all_arrives_afterwards(self, world: World) -> None:
        self.need(world, "down")
        leads = world.leads.add(3)
        world.sync()
        world.harness.down(10_000)
        before = world.harness.calls
        for turn in range(6):
            world.clock.advance(A_MINUTE)
            world.leads.change(leads[0], score=80 + turn)
            run = world.sync()
            expect(run.state == "failed", f"Nobody answers, and the run ended {run.state}.")
        world.connection.refresh_from_db()
        expect(world.connection.failures >= 3, "Failures in a row are counted.")
        expect(world.connection.closed_until is not None, "The circuit is open.")
        expect(bool(world.connection.trouble), "The connection says what is wrong.")
        self.expect_calls(world, before, 30)
        world.harness.down(0)
        more = world.leads.add(2)
        world.settle()
        world.expect_all_there([*leads, *more])
        expect(world.connection.failures == 0, "One good call closes it.")

    def test_a_token_that_expires_is_renewed_and_kept(self, world: World) -> None:
        self.need(world, "expire_token")
        leads = world.leads.add(2)
        world.sync()
        world.harness.expire_token()
        world.leads.change(leads[0], score=77)
        run = world.sync()
        expect(run.state == "ok", f"A new token is had without anybody's help: {run.state} {run.message}")
        run = world.sync()
        expect(run.state == "ok", "The next process uses the token that was kept.")
        world.expect_all_there(leads)

    def test_a_token_that_expires_in_the_middle_of_a_run_is_renewed(self, world: World) -> None:
        self.need(world, "expire_token")
        leads = world.leads.add(world.harness.kind.batch + 1 if world.harness.kind.batch <= 500 else 2)
        expired: list[str] = []

        def expire(step: str) -> None:
            if step == "sent" and not expired:
                expired.append(step)
                world.harness.expire_token()

        run = world.sync(after=expire)
        expect(run.state == "ok", f"{run.state} {run.message}")
        world.expect_all_there(leads)

    def test_a_key_that_is_refused_stops_the_connection_with_words(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.need(world, "revoke")
        leads = world.leads.add(2)
        world.sync()
        world.leads.change(leads[0], score=83)
        world.harness.revoke()
        run = world.sync()
        expect(run.state == "stopped", f"A person must act; the run ended {run.state}.")
        expect(bool(world.connection.stopped), "The connection says why it stopped.")
        self.expect_no_secrets(world, caplog.text)
        world.harness.admit()
        run = world.sync()
        expect(run.state == "ok" and not world.connection.stopped, "A run that goes well is enough to go on.")
        world.expect_all_there(leads)

    def test_no_secret_is_in_any_message(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        leads = world.leads.add(2)
        world.harness.refuse([world.leads.record(leads[0]).external_id])
        for trouble, arguments in (("down", (3,)), ("storm", (20, None)), ("lose_answers", (1,))):
            if trouble not in world.harness.lacks:
                getattr(world.harness, trouble)(*arguments)
            world.sync()
            world.clock.advance(PAST_ANY_PAUSE)
        self.expect_no_secrets(world, caplog.text)

    def expect_no_secrets(self, world: World, logged: str) -> None:
        """Neither the database's plain words nor the log tells one."""
        told = world.words() + logged
        secrets = {*world.harness.secrets.values(), *world.harness.kept.values()}
        expect(not [each for each in secrets if len(each) >= 4 and each in told], f"A secret is told: {told}")

    def test_a_conversion_is_told_once(self, world: World) -> None:
        self.need(world, Can.EVENTS)
        leads = world.leads.add(2)
        for lead in leads:
            world.convert(lead)
        world.sync()
        world.settle()
        expect(len(world.harness.told()) == 2, f"Two were told: {world.harness.told()}")

    def test_a_conversion_whose_answer_was_lost_is_told_once(self, world: World) -> None:
        self.need(world, Can.EVENTS, "lose_answers")
        leads = world.leads.add(2)
        world.settle()
        for lead in leads:
            world.convert(lead)
        world.harness.lose_answers(1)
        world.sync()
        world.settle()
        told = world.harness.told()
        expect(len(told) == 2 and len(set(told)) == 2, f"Two were told, each once: {told}")
