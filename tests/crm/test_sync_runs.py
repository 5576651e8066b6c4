"""One run and its traces: what it says, when it may begin, how it stops, and what it does about faults."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from leadline.crm import leasing, runs, syncing
from leadline.crm.connector import Can, Connector
from leadline.crm.errors import SetupError, UnreachableError
from leadline.crm.models import Link, SyncRun, ToldConversion
from leadline.crm.records import Outgoing, RemoteDeal, Sent
from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.memory import MemoryConnector, MemoryCRM, MemoryHarness
from leadline.crm.testing.world import PAST_THE_LEASE, Crash, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def harness() -> MemoryHarness:
    return MemoryHarness(batch=4)


@pytest.fixture
def world(harness: MemoryHarness) -> World:
    return World(harness)


class TestWhenItMayBegin:
    """`due`, leases."""

    def test_by_its_timetable(self, world: World) -> None:
        assert runs.due(world.connection, world.clock())
        world.sync()
        assert not runs.due(world.connection, world.clock())
        world.clock.advance(60)
        assert runs.due(world.connection, world.clock())

    def test_not_while_switched_off_stopped_or_closed(self, world: World) -> None:
        now, connection = world.clock(), world.connection
        for name, value in (("enabled", False), ("stopped", "No key."), ("closed_until", now + timedelta(seconds=1))):
            before = getattr(connection, name)
            setattr(connection, name, value)
            assert not runs.due(connection, now)
            setattr(connection, name, before)
        assert runs.due(connection, now)

    def test_a_test_that_went_well_lets_it_begin(self, world: World) -> None:
        world.connection.stopped, world.connection.failures = "The key was refused.", 5
        runs.tested_well(world.connection)
        world.connection.refresh_from_db()
        assert runs.due(world.connection, world.clock())
        assert world.connection.failures == 0

    def test_a_killed_run_is_called_interrupted_by_the_next(self, world: World) -> None:
        def die(_: str) -> None:
            raise Crash

        with pytest.raises(Crash):
            world.sync(after=die)
        with pytest.raises(leasing.BusyError):
            world.sync()
        world.clock.advance(PAST_THE_LEASE)
        world.sync()
        states = SyncRun.objects.filter(connection=world.connection).order_by("pk").values_list("state", flat=True)
        assert list(states) == ["interrupted", "ok"]

    def test_leases_of_a_killed_process_are_freed_at_the_start_of_the_next(self, world: World) -> None:
        leasing.take(world.connection, world.clock())
        assert leasing.free_all() == 1
        assert world.sync().state == "ok"


class TestHowItGoes:
    """Progress, counts, stopping."""

    def test_it_says_what_it_did(self, world: World) -> None:
        world.leads.add(6)
        run = world.sync("backfill", only=None)
        assert (run.kind, run.state, run.finished_at) == ("backfill", "ok", world.clock())
        assert run.counts["looked_at"] == run.counts["created"] == 6

    def test_it_stops_when_asked_to_and_keeps_what_it_did(self, world: World, harness: MemoryHarness) -> None:
        leads = world.leads.add(12)
        asked = iter([False] * 3)
        connector = harness.open()
        sync = syncing.Sync(
            world.connection, connector, world.mapping, world.leads, world.inbox, world.clock, kind=harness.kind
        )
        run = sync.run("backfill", stopping=lambda: next(asked, True))
        assert run.state == "cancelled"
        assert 0 < len(harness.records()) < 12
        assert Link.objects.exclude(remote_id="").count() == len(harness.records())
        world.settle()
        world.expect_all_there(leads)

    def test_only_those_asked_for_are_sent(self, world: World) -> None:
        one, other = world.leads.add(2)
        world.sync(only=[one])
        assert world.records(one)
        assert not world.records(other)

    def test_a_run_over_leads_that_did_not_change_looks_at_none(self, world: World) -> None:
        world.leads.add(5)
        world.settle()
        before = world.leads.looked_at
        world.sync()
        assert world.leads.looked_at == before

    def test_another_mapping_looks_at_everybody_again(self, world: World) -> None:
        world.leads.add(5)
        world.settle()
        world.connection.mapping_version += 1
        world.connection.save()
        assert world.sync().counts["unchanged"] == 5


def with_fault(harness: MemoryHarness, error: Exception) -> None:
    """Sending fails from now on, in a way of its own."""

    class Failing(MemoryConnector):
        def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
            assert rows
            raise error

    harness.kind = replace(harness.kind, open=lambda opening: Failing(harness.crm, opening))


class TestWhatGoesWrong:
    """States and words."""

    def test_a_fault_of_our_own_is_raised_and_the_run_is_over(self, world: World, harness: MemoryHarness) -> None:
        world.leads.add()
        with_fault(harness, ValueError("with a value in it"))
        with pytest.raises(ValueError, match="with a value"):
            world.sync()
        run = SyncRun.objects.get(connection=world.connection)
        assert (run.state, run.message) == ("failed", "A fault in Leadline: ValueError.")
        world.connection.refresh_from_db()
        assert (world.connection.lease, world.connection.failures) == ("", 1)

    def test_a_missing_field_stops_the_connection_and_says_what_to_do(
        self, world: World, harness: MemoryHarness
    ) -> None:
        world.leads.add()
        with_fault(harness, SetupError("There is no field x_score.", advice="Make it."))
        assert world.sync().state == "stopped"
        assert world.connection.stopped == "There is no field x_score. Make it."
        assert not runs.due(world.connection, world.clock() + timedelta(days=1))

    def test_rows_that_get_no_answer_while_others_do_wait_longer_each_time(
        self, world: World, harness: MemoryHarness
    ) -> None:
        poison = "ll-poison"

        class Timid(MemoryConnector):
            def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
                if any(row.values.get("name") == poison for row in rows):
                    raise UnreachableError("memory does not answer (ReadTimeout).")
                return super().send(rows)

        harness.kind = replace(harness.kind, open=lambda opening: Timid(harness.crm, opening))
        bad = world.leads.add(4, name=poison)
        good = world.leads.add(8)
        run = world.sync()
        assert run.state == "failed"
        world.expect_all_there(good)
        link = world.link(bad[0])
        assert link.attempts == 1
        assert link.next_attempt_at == world.clock() + timedelta(seconds=15)
        assert link.error is not None
        assert "ReadTimeout" in link.error["message"]
        assert world.sync().counts["looked_at"] == 0

    def test_an_outage_is_not_held_against_the_rows(self, world: World, harness: MemoryHarness) -> None:
        leads = world.leads.add(12)
        world.sync(only=[])
        harness.crm.down = 100
        for _ in range(3):
            world.sync()
        assert not Link.objects.filter(attempts__gt=0).exists()
        harness.crm.down = 0
        world.sync()
        world.expect_all_there(leads)


class TestWhatComesBack:
    """Deals, owners, survivors, restored records."""

    def test_a_deal_comes_back_once_for_each_state(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.settle()
        name = world.remote_id(lead)
        deal = RemoteDeal("d1", "open", world.clock(), amount=Decimal(5000), currency="EUR")
        for state in ("open", "open", "won"):
            world.clock.advance(70)
            harness.crm.add_deal(name, replace(deal, state=state, changed_at=world.clock()))
            world.sync()
        states = [arrival.record.deals[0].state for arrival in world.inbox.arrivals if arrival.record.deals]
        assert states == ["open", "won"]

    def test_an_arrival_says_what_stood_there_before(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.settle()
        harness.crm.edit(world.remote_id(lead), {"phone": "123"}, "Working", owner="mia@example.com")
        world.settle()
        harness.crm.edit(world.remote_id(lead), {"phone": "456"}, "Contacted", owner="tom@example.com")
        world.settle()
        last = world.inbox.arrivals[-1]
        assert (last.before["phone"], last.status_before, last.owner_before) == ("123", "Working", "mia@example.com")
        assert (last.record.values["phone"], last.record.status) == ("456", "Contacted")

    def test_a_field_of_theirs_is_not_written_over(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add(phone="111")
        world.settle()
        harness.crm.edit(world.remote_id(lead), {"phone": "222"})
        world.clock.advance(70)
        world.leads.change(lead, phone="333", score=77)
        world.settle()
        assert world.remote(lead).values["phone"] == "222"
        assert world.shows(lead, 77)

    def test_a_record_that_was_deleted_and_restored_there_goes_on(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.settle()
        name = world.remote_id(lead)
        harness.delete(name)
        world.settle()
        harness.crm.edit(name, {}, gone=False)
        world.leads.change(lead, score=66)
        world.settle()
        assert world.link(lead).tombstone == ""
        world.expect_all_there([lead])

    @pytest.mark.parametrize("first", ["survivor", "loss"])
    def test_where_the_crm_says_nothing_of_a_merge_the_survivor_is_known_by_its_address(
        self, world: World, harness: MemoryHarness, first: str
    ) -> None:
        (lead,) = world.leads.add()
        world.settle()
        email = world.leads.record(lead).email
        survivor = harness.crm.make("", {"email": email.upper()})
        for turn in ("survivor", "loss") if first == "survivor" else ("loss", "survivor"):
            world.clock.advance(2)
            if turn == "survivor":
                harness.crm.edit(survivor, {"name": "Ada"})
            else:
                harness.delete(world.link(lead).remote_id)
        world.clock.advance(70)
        world.leads.change(lead, score=44)
        world.settle()
        assert world.link(lead).remote_id == survivor
        assert world.remote(lead).values["x_score"] == 44

    def test_what_no_change_tells_is_found_by_reading_a_few_records_each_time(
        self, world: World, harness: MemoryHarness
    ) -> None:
        leads = world.leads.add(10)
        world.settle()
        lost = world.remote_id(leads[9])
        del harness.crm.records[lost]
        harness.crm.records[lost] = replace(
            harness.crm.records["1"],
            remote_id=lost,
            gone=True,
            external_id="",
            updated_at=world.connection.created_at - timedelta(days=900),
        )
        for _ in range(4):
            world.sync()
        assert world.link(leads[9]).tombstone == Link.Tombstone.DELETED
        assert Link.objects.filter(tombstone="").count() == 9


def test_the_cursor_goes_on_only_once_its_page_is_taken_for_good(world: World, harness: MemoryHarness) -> None:
    (lead,) = world.leads.add()
    world.settle()
    before = world.connection.cursor
    world.clock.advance(70)
    harness.change(world.remote_id(lead), {}, "Working")

    def die(step: str) -> None:
        if step == "taken":
            raise Crash

    with pytest.raises(Crash):
        world.sync(after=die)
    world.connection.refresh_from_db()
    assert world.connection.cursor == before


class TestWhatOnlySendingTells:
    """Of a CRM, or of a record, from which no change comes."""

    def test_a_record_that_is_gone_when_it_is_written_is_not_made_anew(
        self, world: World, harness: MemoryHarness
    ) -> None:
        harness.kind = replace(harness.kind, can=frozenset())
        (lead,) = world.leads.add()
        world.settle()
        harness.delete(world.remote_id(lead))
        for score in (61, 62):
            world.leads.change(lead, score=score)
            world.sync()
        assert harness.records() == []
        assert world.link(lead).tombstone == Link.Tombstone.DELETED

    def test_only_what_differs_from_what_was_sent_is_sent(self, world: World, harness: MemoryHarness) -> None:
        sent: list[dict[str, object]] = []

        class Listening(MemoryConnector):
            def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
                sent.extend(dict(row.values) for row in rows)
                return super().send(rows)

        opens = {"can": frozenset[Can](), "open": lambda opening: Listening(harness.crm, opening)}
        harness.kind = replace(harness.kind, **opens)
        (lead,) = world.leads.add(score=50)
        world.sync()
        world.leads.change(lead, score=51)
        world.sync()
        world.sync("backfill")
        assert sent[1:] == [{"x_score": 51}]

    def test_a_record_whose_making_was_not_answered_is_known_by_its_name_when_it_comes_back(
        self, world: World, harness: MemoryHarness
    ) -> None:
        world.settle()
        (lead,) = world.leads.add()
        harness.lose_answers(1)
        world.sync()
        world.leads.want(lead, False)
        world.settle()
        assert world.link(lead).remote_id == world.remote_id(lead)

    def test_a_record_that_was_there_before_its_link_is_read_when_it_is_found(
        self, world: World, harness: MemoryHarness
    ) -> None:
        (lead,) = world.leads.add()
        world.settle()
        harness.change(world.remote_id(lead), {"phone": "123"}, "Working")
        world.settle()
        world.clock.advance(70)
        harness.crm.edit(harness.crm.make("another", {}), {})
        world.sync()
        Link.objects.all().delete()
        world.inbox.arrivals.clear()
        world.sync()
        assert world.inbox.statuses(lead) == ["Working"]
        assert (world.link(lead).seen or {}).get("phone") == "123"


class TestConversions:
    """What is told, and what is not."""

    def test_those_that_the_crm_reported_itself_are_not_told_back(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.leads.reported.add(world.convert(lead, "won_deal").pk)
        world.convert(lead)
        world.settle()
        assert len(harness.told()) == 1
        assert ToldConversion.objects.filter(told_at__isnull=True).count() == 0

    def test_those_of_people_without_a_record_wait(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.leads.want(lead, False)
        world.convert(lead)
        world.sync()
        assert harness.told() == []
        world.leads.want(lead, True)
        world.sync()
        assert len(harness.told()) == 1

    def test_a_cancelled_one_is_not_told(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        conversion = world.convert(lead)
        conversion.cancelled_at = world.clock()
        conversion.save()
        world.settle()
        assert harness.told() == []

    def test_the_key_is_the_same_after_a_restored_backup(self, world: World, harness: MemoryHarness) -> None:
        (lead,) = world.leads.add()
        world.convert(lead)
        world.settle()
        ToldConversion.objects.all().delete()
        world.settle()
        assert len(harness.told()) == 1


def test_the_public_entry_opens_runs_and_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FrozenClock()
    harness = MemoryHarness()
    harness.clock, harness.crm = clock, MemoryCRM(clock)
    closed: list[bool] = []

    class Closing(MemoryConnector):
        def close(self) -> None:
            closed.append(True)

    kind = replace(harness.kind, open=lambda opening: Closing(harness.crm, opening))
    for module in ("runs", "syncing"):
        monkeypatch.setattr(f"leadline.crm.{module}.kind_of", lambda _: kind)
    world = World(harness)
    leads = world.leads.add(2)
    seen: list[tuple[int, int]] = []
    run = syncing.run(
        world.connection,
        world.leads,
        world.inbox,
        clock=clock,
        by="Mia",
        advance=lambda done, total: seen.append((done, total)),
    )
    assert (run.state, run.by, closed) == ("ok", "Mia", [True])
    assert seen[-1] == (2, 2)
    world.expect_all_there(leads)


def test_a_renewed_token_is_kept_sealed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = MemoryHarness()
    monkeypatch.setattr("leadline.crm.runs.kind_of", lambda _: harness.kind)
    world = World(harness)
    harness.expire_token()
    connector: Connector = runs.open_connector(world.connection, world.clock)
    connector.check()
    world.connection.refresh_from_db()
    assert world.connection.secrets == {"key": harness.crm.key, "token": harness.crm.token}


class TestWhatIsLetGo:
    """The history of runs."""

    def test_runs_that_found_nothing_are_let_go_after_two_days_others_after_ninety(self, world: World) -> None:
        world.leads.add(1)
        busy = world.sync()
        world.settle()
        world.clock.advance(60)
        idle = world.sync()
        assert not idle.counts["created"]
        world.clock.advance(runs.KEPT_IDLE.total_seconds() + 60)
        world.sync()
        kept = set(SyncRun.objects.values_list("pk", flat=True))
        assert busy.pk in kept
        assert idle.pk not in kept
        world.clock.advance(runs.KEPT.total_seconds())
        last = world.sync()
        assert list(SyncRun.objects.values_list("pk", flat=True)) == [last.pk]
