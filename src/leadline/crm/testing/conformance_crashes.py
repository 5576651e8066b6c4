"""Conformance: the process is killed after any step of the loop; the next run makes good."""

from collections.abc import Callable

from leadline.crm.connector import Can
from leadline.crm.models import Link
from leadline.crm.testing.conformance_cast import Cast
from leadline.crm.testing.world import PAST_THE_LEASE, Crash, World, expect

MOST_STEPS = 60


class Crashes(Cast):
    """Nothing lost, nothing doubled."""

    def test_a_crash_after_any_step_loses_and_doubles_nothing(self) -> None:
        crashed: list[str] = []
        for number in range(MOST_STEPS):
            world = World(self.make())
            last = _crash_after(number)
            if _live(world, last):
                expect(len(crashed) >= 3, f"The loop has more steps than {crashed}.")
                return
            crashed.append(last.step)
        raise AssertionError(f"The loop has no end: {crashed}")


class _Crasher:
    """Kills the process after so many steps."""

    def __init__(self, number: int) -> None:
        self.left, self.step = number, ""

    def __call__(self, step: str) -> None:
        self.step = step
        self.left -= 1
        if self.left < 0:
            raise Crash(step)


def _crash_after(number: int) -> _Crasher:
    return _Crasher(number)


def _live(world: World, after: Callable[[str], None]) -> bool:
    """A day with everything in it, whose second run crashes. Returns whether that run came to its end."""
    can = world.harness.kind.can
    leads = world.leads.add(4)
    world.settle()
    world.leads.change(leads[0], score=91)
    new = world.leads.add(2)
    if Can.EVENTS in can:
        world.convert(leads[1])
    gone = _use(world, leads)
    whole = _run(world, after)
    world.clock.advance(PAST_THE_LEASE)
    world.settle()
    _compare(world, [*leads, *new], gone)
    return whole


def _use(world: World, leads: list[int]) -> list[int]:
    """People use the CRM. Returns the leads whose record they deleted."""
    harness = world.harness
    if Can.READ not in harness.kind.can:
        return []
    if "change" not in harness.lacks:
        harness.change(world.remote_id(leads[2]), {}, harness.status)
    if "delete" in harness.lacks:
        return []
    harness.delete(world.remote_id(leads[3]))
    return [leads[3]]


def _run(world: World, after: Callable[[str], None]) -> bool:
    try:
        world.sync(after=after)
    except Crash:
        return False
    return True


def _compare(world: World, leads: list[int], gone: list[int]) -> None:
    harness = world.harness
    world.expect_all_there([lead for lead in leads if lead not in gone])
    expect(len(harness.records()) == len(leads) - len(gone), "One record a lead.")
    for lead in gone:
        expect(world.link(lead).tombstone == Link.Tombstone.DELETED, "It came back to life.")
    if Can.EVENTS in harness.kind.can:
        expect(len(harness.told()) == 1, f"The conversion was told {len(harness.told())} times.")
    if Can.READ in harness.kind.can and "change" not in harness.lacks:
        expect(world.inbox.statuses(leads[2])[-1:] == [harness.status], "What sales said is lost.")
