"""A report is computed once for what is asked and known."""

import threading
from datetime import timedelta

import pytest
from pipeline_cast import MONDAY, Installation, hours, track, visitor

from leadline.analytics.periods import parse_period
from leadline.analytics.report import Report
from leadline.pipeline.reports import catalogue
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.running import kept_report, run_report
from leadline.pipeline.reports.shelf import KEPT, ReportShelf

pytestmark = pytest.mark.django_db
DEFINITION = "It counts how often it was computed."


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The periods that a report was computed for."""
    asked: list[str] = []

    def compute(sources: object, wanted: object) -> Report:
        asked.append(wanted.texts["period"])
        return Report("asked", "?", DEFINITION, wanted.texts, sources.now)

    kind = ReportKind("asked", "Asked", "?", DEFINITION, compute)
    monkeypatch.setattr(catalogue, "kinds", lambda: {"asked": kind})
    return asked


def test_asked_again_it_is_the_same_until_something_comes_in(place: Installation, computed: list[str]) -> None:
    first = run_report(place.engine, "asked", {}, MONDAY)
    assert run_report(place.engine, "asked", {}, MONDAY + hours(5)) is first
    assert kept_report(place.engine, "asked", {}, MONDAY + hours(5)) is first
    place.send(MONDAY + hours(6), track(visitor("a"), "Tool Used", MONDAY, tool="quote-calculator"))
    place.tick(MONDAY + hours(6))
    assert kept_report(place.engine, "asked", {}, MONDAY + hours(6)) is None
    assert run_report(place.engine, "asked", {}, MONDAY + hours(6)) is not first
    assert computed == ["30d", "30d"]


def test_for_a_minute_it_stays_whatever_comes_in(place: Installation, computed: list[str]) -> None:
    first = run_report(place.engine, "asked", {}, MONDAY)
    place.send(MONDAY, track(visitor("a"), "Tool Used", MONDAY, tool="quote-calculator"))
    place.tick(MONDAY)
    assert run_report(place.engine, "asked", {}, MONDAY + timedelta(seconds=59)) is first
    assert run_report(place.engine, "asked", {}, MONDAY, fresh=True) is not first
    assert len(computed) == 2


def test_tomorrow_the_same_words_mean_other_days(place: Installation, computed: list[str]) -> None:
    run_report(place.engine, "asked", {"zone": "Asia/Manila"}, MONDAY.replace(hour=15, minute=59))
    run_report(place.engine, "asked", {"zone": "Asia/Manila"}, MONDAY.replace(hour=16, minute=0))
    days = {"period": "2026-04-01..2026-04-30"}
    run_report(place.engine, "asked", days, MONDAY)
    run_report(place.engine, "asked", days, MONDAY + timedelta(days=1))
    assert len(computed) == 4


def test_who_asks_at_the_same_time_waits_for_the_one_that_computes() -> None:
    shelf = ReportShelf()
    key = ("asked", parse_period("30d", MONDAY.date(), "UTC"), MONDAY.date(), ())
    inside, most, began = 0, 0, threading.Barrier(4)

    def ask() -> None:
        nonlocal inside, most
        began.wait()
        with shelf.one_at_a_time(key):
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.01)
            inside -= 1

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert shelf._computing == {}


def test_the_one_that_was_not_asked_for_longest_goes() -> None:
    shelf = ReportShelf()
    period = parse_period("30d", MONDAY.date(), "UTC")
    for number in range(KEPT + 1):
        key = (str(number), period, MONDAY.date(), ())
        shelf.keep(key, (), Report(str(number), "?", DEFINITION, {}, MONDAY))
        shelf.find(("0", period, MONDAY.date(), ()), MONDAY, lambda: ())
    assert shelf.find(("0", period, MONDAY.date(), ()), MONDAY, lambda: ()) is not None
    assert shelf.find(("1", period, MONDAY.date(), ()), MONDAY, lambda: ()) is None
