"""Funnel, drop-off, retention and journeys as reports on an installation."""

from datetime import timedelta

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, page, track, user

from leadline.analytics.report import Report
from leadline.kernel.errors import TerminalError
from leadline.pipeline.reports.running import run_report

PERIOD = {"period": "2026-05-04..2026-05-10"}
STEPS = {**PERIOD, "steps": "Signed Up > Tool Used > Quote Requested", "window": "2d"}


@pytest.fixture
def filled(place: Installation) -> Installation:
    """Ada goes all the way, Bo stops after the tool, Cy comes too late for it."""
    minute = timedelta(minutes=1)
    place.receive(
        MONDAY + days(6),
        track(user("ada"), "Signed Up", MONDAY, plan="pro"),
        track(user("ada"), "Tool Used", MONDAY + hours(1), tool="quiz", completed=True),
        track(user("ada"), "Quote Requested", MONDAY + hours(3), quote_id="q1", seats=4),
        track(user("bo"), "Signed Up", MONDAY),
        page(user("bo"), MONDAY + minute),
        track(user("bo"), "Tool Used", MONDAY + 2 * minute, tool="quote-calculator", completed=True),
        track(user("cy"), "Signed Up", MONDAY),
        track(user("cy"), "Tool Used", MONDAY + days(3), tool="quiz", completed=True),
    )
    return place


def asked(place: Installation, kind: str, at: float = 6, **given: str) -> Report:
    return run_report(place.engine, kind, given, now=MONDAY + days(at), fresh=True)


def test_a_funnel_tells_how_many_get_how_far_and_how_fast(filled: Installation) -> None:
    steps = asked(filled, "funnel", **STEPS).table("steps")
    assert steps.column("people") == [3, 2, 1]
    assert steps.column("share_of_previous") == [1.0, 2 / 3, 1 / 2]
    assert steps.column("median") == [None, (3600 + 120) / 2, 7200]
    assert steps.column("median_from_first")[2] == 10_800


def test_it_is_told_apart_by_a_property_of_the_first_step(filled: Installation) -> None:
    groups = asked(filled, "funnel", **STEPS, by="property:plan").table("groups").rows
    assert [(row[0], row[3]) for row in groups] == [
        ("(none)", 2), ("(none)", 1), ("(none)", 0), ("pro", 1), ("pro", 1), ("pro", 1)
    ]  # fmt: skip


def test_who_may_still_finish_is_told_and_can_be_left_out(filled: Installation) -> None:
    early = asked(filled, "funnel", at=1, **STEPS)
    assert early.notes == (
        "2 people may still finish: their window is open. Counting people whose window is over leaves them out.",
    )
    assert asked(filled, "funnel", at=1, **STEPS, mature="1").figure("entered").value == 0
    assert not asked(filled, "funnel", **STEPS).notes


def test_steps_are_told_in_words(filled: Installation) -> None:
    steps = "Page /pricing > Tool Used{tool=quiz|game} > conversion:quote_requested > stage:customer > any"
    labels = asked(filled, "funnel", **PERIOD, steps=steps).table("steps").column("label")
    assert labels == ["Page /pricing", "Tool Used, tool quiz or game", "Quote requested", "Stage Customer", "Anything"]
    there = {"anchor": "stage:conversion_signals", "side": "end", "scope": "history"}
    flows = asked(filled, "journeys", **PERIOD, **there).table("flows")
    assert flows.rows[-1][1] == "0 Stage Conversion signals"
    assert all("stage:" not in str(row) for row in flows.rows)


def test_the_drop_off_names_the_people(filled: Installation) -> None:
    people = asked(filled, "drop-off", **STEPS, step="2").table("people")
    assert people.column("lead") == [filled.lead("user-bo").pk]
    assert people.personal
    with pytest.raises(TerminalError):
        asked(filled, "drop-off", **STEPS, step="3")


def test_retention_leaves_empty_what_is_not_over(filled: Installation) -> None:
    cells = asked(filled, "retention", **PERIOD, grain="day", back="Tool Used", start="Signed Up").table("cells")
    first = [row[3] for row in cells.rows if row[0] == MONDAY.date()]
    assert first == [3, 0, 0, 1, 0, 0, None]


def test_journeys_fold_what_is_repeated_and_look_through_pages(filled: Installation) -> None:
    report = asked(filled, "journeys", **PERIOD, of="events", anchor="Signed Up", scope="history")
    paths = {row[0]: row[1] for row in report.table("paths").rows}
    assert paths == {"Signed Up > Tool Used": 2, "Signed Up > Tool Used > Quote Requested": 1}
    assert ("1 Signed Up", "2 Tool Used", 3) in report.table("flows").rows


def test_an_erasure_lets_go_of_what_people_did(filled: Installation) -> None:
    from leadline.eventstore.erasing import erase_identities  # only here

    asked(filled, "funnel", **STEPS)
    with filled.engine.store.cursor() as cursor:
        erase_identities(cursor, [filled.identity("user-ada")])
    assert run_report(filled.engine, "funnel", STEPS, MONDAY + days(6), fresh=True).figure("entered").value == 2
