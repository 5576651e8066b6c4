"""Conformance: what people do in the CRM comes back once, is followed, and never undone by accident."""

from leadline.crm.connector import Can
from leadline.crm.models import Link
from leadline.crm.records import Outgoing
from leadline.crm.retrying import retry
from leadline.crm.testing.conformance_cast import Cast
from leadline.crm.testing.world import A_MINUTE, World, expect


class Changes(Cast):
    """Merged, deleted, changed, at any hour of any clock."""

    def test_a_status_comes_back_once(self, world: World) -> None:
        self.need(world, Can.READ, "change")
        (lead,) = world.leads.add()
        world.settle()
        world.harness.change(world.remote_id(lead), {}, world.harness.status)
        world.settle()
        expect(world.inbox.statuses(lead)[-1:] == [world.harness.status], f"It says {world.inbox.statuses(lead)}.")
        count = len(world.inbox.arrivals)
        world.settle()
        expect(len(world.inbox.arrivals) == count, "It is told once, though the cursor overlaps.")

    def test_two_changes_within_one_second_both_come_back(self, world: World) -> None:
        self.need(world, Can.READ, "change")
        (lead,) = world.leads.add()
        world.settle()
        world.harness.change(world.remote_id(lead), {}, world.harness.status)
        world.sync()
        world.harness.change(world.remote_id(lead), {}, world.harness.other_status)
        world.sync()
        last = world.inbox.statuses(lead)[-1]
        expect(last == world.harness.other_status, f"The later one is missed: {last}.")

    def test_our_own_writing_does_not_come_back(self, world: World) -> None:
        self.need(world, Can.READ)
        (lead,) = world.leads.add()
        world.settle()
        count = len(world.inbox.arrivals)
        for score in (61, 62, 63):
            world.clock.advance(A_MINUTE)
            world.leads.change(lead, score=score)
            world.sync()
        world.settle()
        expect(len(world.inbox.arrivals) == count, "An echo is no news.")
        world.expect_all_there([lead])

    def test_a_field_of_ours_that_is_changed_there_is_put_back_and_then_left_alone(self, world: World) -> None:
        self.need(world, Can.READ, "change")
        (lead,) = world.leads.add(score=70)
        world.settle()
        world.clock.advance(A_MINUTE)
        world.harness.change(world.remote_id(lead), {world.harness.score_field: 5})
        world.clock.advance(A_MINUTE)
        world.sync()
        expect(world.shows(lead, 70), f"It shows {world.score_there(lead)}.")
        run = world.settle(most=3)
        expect(run.counts["updated"] == 0, "The two do not go on for ever.")

    def test_a_deleted_record_is_never_made_anew_unless_somebody_asks(self, world: World) -> None:
        self.need(world, Can.READ, "delete")
        lead, other = world.leads.add(2)
        world.settle()
        world.harness.delete(world.remote_id(lead))
        world.leads.change(lead, score=88)
        world.settle()
        expect(not world.records(lead), "It came back to life.")
        expect(world.link(lead).tombstone == Link.Tombstone.DELETED, "The link says what became of it.")
        world.sync("backfill")
        expect(not world.records(lead), "A backfill brings it back to life.")
        world.expect_all_there([other])
        expect(retry(world.connection, [lead], left_out=True) == 1, "Somebody may ask.")
        world.settle()
        world.expect_all_there([lead, other])

    def test_a_record_deleted_between_reading_and_writing_is_not_made_anew(self, world: World) -> None:
        self.need(world, Can.READ, "delete")
        (lead,) = world.leads.add()
        world.settle()
        name = world.remote_id(lead)
        world.leads.change(lead, score=88)
        deleted: list[str] = []

        def delete(step: str) -> None:
            if step == "page saved" and not deleted:
                deleted.append(step)
                world.harness.delete(name)

        world.sync(after=delete)
        world.settle()
        expect(not world.records(lead), "It came back to life.")
        expect(world.link(lead).tombstone == Link.Tombstone.DELETED, "The link says what became of it.")

    def test_of_two_merged_records_one_lead_keeps_the_survivor(self, world: World) -> None:
        self.need(world, Can.READ, "merge")
        winner, loser = world.leads.add(2)
        world.settle()
        stays = world.remote_id(winner)
        world.harness.merge(stays, world.remote_id(loser))
        world.leads.change(loser, score=33)
        world.leads.change(winner, score=66)
        world.settle()
        alive = [record.remote_id for record in world.harness.records()]
        expect(alive == [stays], f"Only the survivor lives, not {alive}.")
        expect(world.link(winner).remote_id == stays and not world.link(winner).tombstone, "Its lead keeps it.")
        expect(world.link(loser).tombstone == Link.Tombstone.MERGED, "The other one is left out.")
        expect(world.shows(winner, 66), "It shows what is known of its own lead.")

    def test_a_record_merged_into_a_strangers_is_followed(self, world: World) -> None:
        self.need(world, Can.READ, "merge")
        (lead,) = world.leads.add()
        world.settle()
        row = world.outgoing(lead)
        stranger = world.harness.open().send([Outgoing("of-somebody-else", {**row.values})])[0].remote_id
        world.harness.merge(stranger, world.remote_id(lead))
        world.clock.advance(A_MINUTE)
        world.leads.change(lead, score=97)
        world.settle()
        expect(world.link(lead).remote_id == stranger, "The link follows.")
        expect(len(world.harness.records()) == 1, "Nothing is made anew.")
        there = world.remote(lead).values.get(world.harness.score_field)
        expect(str(there) in ("97", "97.0"), f"The survivor shows {there}.")

    def test_a_clock_that_goes_wrong_loses_nothing_and_doubles_nothing(self, world: World) -> None:
        self.need(world, Can.READ, "change", "skew")
        for seconds in (-7200.0, 7200.0):
            again = World(self.make())
            again.harness.skew(seconds)
            (lead,) = again.leads.add(score=70)
            again.settle()
            again.harness.change(again.remote_id(lead), {}, world.harness.status)
            again.leads.change(lead, score=71)
            again.settle()
            expect(again.inbox.statuses(lead)[-1:] == [world.harness.status], f"Missed with {seconds} seconds.")
            count = len(again.inbox.arrivals)
            again.settle()
            expect(len(again.inbox.arrivals) == count, f"Told twice with {seconds} seconds.")
            again.expect_all_there([lead])

    def test_after_a_restored_backup_records_are_found_again(self, world: World) -> None:
        self.need(world, Can.READ, "change")
        leads = world.leads.add(3)
        world.settle()
        cursor = world.connection.cursor
        later = world.leads.add(2)
        world.settle()
        world.harness.change(world.remote_id(later[0]), {}, world.harness.status)
        world.settle()
        Link.objects.filter(connection=world.connection, lead_id__in=later).delete()
        world.connection.cursor = cursor
        world.connection.save()
        world.inbox.arrivals.clear()
        world.settle()
        world.expect_all_there([*leads, *later])
        expect(len(world.harness.records()) == 5, "Five leads, five records.")
        expect(world.inbox.statuses(later[0])[-1:] == [world.harness.status], "What sales said comes back.")
