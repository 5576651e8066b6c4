"""How messages are cut into segments, and when ticks take them, shows nowhere."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from pipeline_cast import MONDAY, Installation, Message, days, hours, identify, page, track, user, visitor

Make = Any
Arrivals = list[tuple[datetime, list[Message]]]
COMPARED = (
    "events",
    "traits",
    "cells",
    "sessions",
    "current_scores",
    "Standing",
    "Conversion",
    "Lead",
    "Transition",
    "scores",
)


def life() -> Arrivals:
    """A week of two people: (when it came in, messages)."""
    ada, bo = user("ada", browser="ada"), visitor("bo")
    arrivals: Arrivals = []
    for day in range(6):
        at = MONDAY + days(day)
        arrivals.append((at, [page(ada, at), track(ada, "Tool Used", at, tool="calculator", completed=True)]))
        arrivals.append((at + hours(2), [page(bo, at + hours(2)), track(bo, "Content Completed", at, content_id="c1")]))
    call = MONDAY + days(2) + hours(3)
    arrivals.append((call, [identify(ada, call, email="ada@works.example"), track(ada, "Strategy Call Booked", call)]))
    arrivals.append((call + hours(2), [track(ada, "Strategy Call Booked", call, call_id="c9")]))
    return sorted(arrivals, key=lambda arrival: arrival[0])


def outcome(make: Make, name: str, arrivals: Arrivals, ticks: list[datetime]) -> dict[str, Any]:
    """What is stored after these arrivals, with ticks at these times and one at the end; forgotten afterwards."""
    with transaction.atomic():
        place: Installation = make(name)
        waiting = list(ticks)
        for at, messages in arrivals:
            while waiting and waiting[0] < at:
                place.tick(waiting.pop(0))
            place.send(at, *messages)
        for now in waiting:
            place.tick(now)
        place.tick(MONDAY + days(8))
        stored = place.stored()
        transaction.set_rollback(True)
    return {name: stored[name] for name in (*COMPARED, "PipelineMark")}


def test_a_late_tick_leaves_what_a_tick_after_each_arrival_leaves(make: Make) -> None:
    arrivals = life()
    late = outcome(make, "late", arrivals, [])
    prompt = outcome(make, "prompt", arrivals, [at + hours(1) for at, _ in arrivals])
    daily = outcome(make, "daily", arrivals, [MONDAY + days(day) for day in range(8)])
    assert late == prompt == daily


def test_what_is_measured_does_not_depend_on_how_messages_are_cut_into_segments(make: Make) -> None:
    arrivals = life()
    single = [(at, [message]) for at, messages in arrivals for message in messages]
    by_day: dict[Any, Arrivals] = {}
    for at, messages in arrivals:
        by_day.setdefault(at.date(), []).append((at, messages))
    daily = [(group[-1][0], [m for _, messages in group for m in messages]) for group in by_day.values()]
    results = [_measured(outcome(make, name, cut, [])) for name, cut in [("a", arrivals), ("b", single), ("c", daily)]]
    assert results[0] == results[1] == results[2]


def _measured(stored: dict[str, Any]) -> dict[str, Any]:
    """What has no number of a load in it, nor the time that something came in."""
    scores = [row[:2] + row[4:] for row in stored["current_scores"]]
    return {
        "scores": sorted(scores),
        "cells": stored["cells"],
        "sessions": stored["sessions"],
        "conversions": stored["Conversion"],
    }


def test_messages_that_came_before_are_counted_as_duplicates_wherever_they_come_again(place: Installation) -> None:
    ada = visitor("ada")
    first, second = page(ada, MONDAY), page(ada, MONDAY, "/about")
    place.send(MONDAY, first, first)
    place.send(MONDAY + hours(1), first, second)
    place.send(MONDAY + hours(2), second)
    report = place.tick(MONDAY + hours(3))
    assert (report.stored, report.duplicates) == (2, 3)


def test_the_same_message_id_of_another_source_is_another_message(place: Installation) -> None:
    first = page(visitor("ada"), MONDAY)
    place.send(MONDAY, first)
    place.use_source("crm")
    place.send(MONDAY + hours(1), first)
    assert place.tick(MONDAY + hours(2)).stored == 2


def test_a_segment_that_spans_midnight_is_judged_without_time_running_backwards(place: Installation) -> None:
    before, after = MONDAY.replace(hour=23, minute=59), MONDAY.replace(hour=0, minute=1) + days(1)
    ada = user("ada")
    place.send_records(
        (before, [identify(ada, before, email="ada@works.example")]),
        (after, [track(ada, "Quote Requested", after, quote_id="q1", seats=3)]),
    )
    place.tick(after + hours(1))
    standing = place.standing("user-ada")
    assert standing.stage == "qualified"
    assert standing.stage_since == after
    assert place.tick(after + hours(1)).midnights == 0


def test_the_past_of_an_installation_that_was_empty_so_far_has_its_midnights(place: Installation) -> None:
    """A server that ran before the first event came must not have used up the midnights of what is brought in."""
    place.tick(MONDAY + days(30))
    place.send(MONDAY, page(visitor("ada"), MONDAY))
    assert place.tick(MONDAY + days(30)).midnights == 30


def test_a_tick_that_is_to_stop_leaves_the_rest_for_the_next(place: Installation) -> None:
    from leadline.pipeline.tick import tick

    for hour in range(3):
        place.send(MONDAY + hours(hour), page(visitor("ada"), MONDAY + hours(hour)))
    taken: list[object] = []
    report = tick(place.engine, MONDAY + hours(4), taken.append, lambda: bool(taken))
    assert report.segments == 1
    assert place.tick(MONDAY + hours(4)).segments == 2


@pytest.mark.parametrize("days_late", [0, 3, 200])
def test_a_late_event_counts_for_the_day_it_happened(place: Installation, days_late: int) -> None:
    ada = visitor("ada")
    now = MONDAY + days(days_late)
    place.receive(now, track(ada, "Tool Used", MONDAY, tool="calculator", completed=True))
    total = place.total("browser-ada") or 0
    assert (total > 0) is (days_late < 90)
    with place.engine.store.cursor() as cursor:
        assert cursor.execute("SELECT DISTINCT day FROM cells").fetchall() == [(MONDAY.date(),)]
