"""A tick that dies at any point and is run again leaves what an undisturbed one leaves."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.pipeline import segment, tick

Make = Any
NAMES = [step.__name__ for step in segment.STEPS]


class PowerCutError(Exception):
    """What stops a tick."""


def story(place: Installation) -> datetime:
    """Two segments of two days: a visitor becomes a user and asks for a quote; one message is repeated, one is bad."""
    first = page(visitor("ada"), MONDAY)
    place.send(MONDAY, first, track(visitor("ada"), "Tool Used", MONDAY, tool="calculator", completed=True))
    tuesday = MONDAY + days(1)
    known = user("ada", browser="ada")
    place.send(
        tuesday,
        identify(known, tuesday, email="ada@works.example", phone="+44 20 7946 0000", company={"name": "Works"}),
        track(known, "Quote Requested", tuesday, quote_id="q1", seats=4, monthly_amount=1900, currency="EUR"),
        first,
        track(known, "Tool Used", tuesday, tool="calculator"),
    )
    return tuesday + hours(1)


@pytest.fixture(scope="module")
def expectation() -> dict[str, Any]:
    """What a run without trouble leaves: filled by the first test that needs it."""
    return {}


def undisturbed(make: Make, expectation: dict[str, Any]) -> dict[str, Any]:
    """What a run without trouble leaves; the record store forgets it again, numbers given included."""
    if not expectation:
        with transaction.atomic():
            place = make("undisturbed")
            place.tick(story(place))
            expectation.update(place.stored())
            transaction.set_rollback(True)
    return expectation


def stop_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the next tick die after this step of its first segment."""

    def stopping(step: segment.Step) -> segment.Step:
        def carried_out(run: segment.SegmentRun) -> None:
            step(run)
            raise PowerCutError

        return carried_out if step.__name__ == name else step

    monkeypatch.setattr(tick, "STEPS", tuple(stopping(step) for step in segment.STEPS))


@pytest.mark.parametrize("step", NAMES)
@pytest.mark.parametrize("process", ["the same process", "a new process"])
def test_a_tick_that_dies_after_a_step_ends_where_an_undisturbed_one_does(
    make: Make, monkeypatch: pytest.MonkeyPatch, expectation: dict[str, Any], step: str, process: str
) -> None:
    expected = undisturbed(make, expectation)
    place = make("disturbed")
    now = story(place)
    left = len(list(place.engine.spool.glob("*.seg")))
    for _ in range(left):  # once in each segment, or again in the same one
        with monkeypatch.context() as patch:
            stop_after(patch, step)
            with pytest.raises(PowerCutError):
                place.tick(now)
        if process == "a new process":
            place.restart()
        if step != "discard":
            place.tick(now)
            break
    place.tick(now)
    assert place.stored() == expected


def test_a_tick_that_dies_in_the_second_segment_keeps_the_first(
    make: Make, monkeypatch: pytest.MonkeyPatch, expectation: dict[str, Any]
) -> None:
    expected = undisturbed(make, expectation)
    place = make("disturbed")
    now = story(place)
    first, second = sorted(place.engine.spool.glob("*.seg"))
    hidden = second.rename(second.with_suffix(".hidden"))
    place.tick(MONDAY)
    hidden.rename(second)
    with monkeypatch.context() as patch:
        stop_after(patch, "keep_scores")
        with pytest.raises(PowerCutError):
            place.tick(now)
    assert not first.exists()
    place.restart()
    place.tick(now)
    assert place.stored() == expected


def test_the_undisturbed_story_is_worth_comparing_with(make: Make) -> None:
    place = make("data")
    report = place.tick(story(place))
    assert (report.segments, report.stored, report.duplicates, report.quarantined) == (2, 4, 1, 1)
    assert place.stages("user-ada") == ["initial_engagement", "qualified"]
    assert place.stored()["spool"] == []


def test_a_segment_whose_file_comes_back_adds_nothing(place: Installation) -> None:
    now = story(place)
    path = sorted(place.engine.spool.glob("*.seg"))[1]
    content = path.read_bytes()
    place.tick(now)
    before = place.stored()
    path.write_bytes(content)
    report = place.tick(now)
    assert report.segments == 1
    assert place.stored() == before


def test_a_segment_left_half_done_is_finished_before_an_earlier_one_that_was_closed_since(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_done = place.send(MONDAY + hours(1), page(visitor("ada"), MONDAY))
    with monkeypatch.context() as patch:
        stop_after(patch, "load")
        with pytest.raises(PowerCutError):
            place.tick(MONDAY + hours(2))
    place.restart()
    place.send(MONDAY, page(visitor("bea"), MONDAY))
    finished: list[str] = []

    def finish(run: segment.SegmentRun) -> None:
        finished.append(run.path.name)
        segment.finish(run)

    steps = tuple(finish if step is segment.finish else step for step in segment.STEPS)
    monkeypatch.setattr(tick, "STEPS", steps)
    place.tick(MONDAY + hours(2))
    assert len(finished) == 2
    assert finished[0] == half_done.name
