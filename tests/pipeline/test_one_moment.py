"""A report's queries all see the same moment, whatever is written while it is computed."""

from collections.abc import Callable
from typing import Protocol

import pytest
from pipeline_cast import MONDAY, Installation, hours, page, visitor

from leadline.analytics.parameters import Wanted
from leadline.analytics.report import Figure, Report, ValueKind
from leadline.eventstore import doings
from leadline.eventstore.database import fetch_int
from leadline.pipeline.projections import bring_up_to_date
from leadline.pipeline.reports import catalogue
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.running import run_report
from leadline.pipeline.reports.sources import Sources

pytestmark = pytest.mark.django_db
TABLES = ("memory.main.people", "memory.main.touches", "store.events", doings.DOINGS)


class Counted(Protocol):
    """What the fixture gives."""

    def __call__(self, happens: Callable[[], None], first: tuple[str, ...] = TABLES) -> list[object]: ...


@pytest.fixture
def counted(place: Installation, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Computes a report that counts tables, lets something happen, and counts every table."""

    def run(happens: Callable[[], None], first: tuple[str, ...] = TABLES) -> list[object]:
        def compute(sources: Sources, wanted: Wanted) -> Report:
            before = [fetch_int(sources.cursor, f"SELECT count(*) FROM {table}") for table in first]  # noqa: S608  # constants
            happens()
            after = [fetch_int(sources.cursor, f"SELECT count(*) FROM {table}") for table in TABLES]  # noqa: S608  # constants
            figures = tuple(Figure("rows", "Rows", count, ValueKind.COUNT) for count in (*before, *after))
            return Report("counts", "?", "", wanted.texts, sources.now, figures)

        kind = ReportKind("counts", "Counts", "?", "", compute, reads_doings=True)
        monkeypatch.setattr(catalogue, "kinds", lambda: {"counts": kind})
        return [figure.value for figure in run_report(place.engine, "counts", {}, MONDAY, fresh=True).figures]

    return run


def come(place: Installation, name: str) -> None:
    """Somebody comes, and every table that reports read says so."""
    place.send(MONDAY + hours(1), page(visitor(name), MONDAY))
    place.tick(MONDAY + hours(1))
    bring_up_to_date(place.engine)
    with place.engine.store.cursor() as cursor:
        doings.bring_doings_up_to_date(cursor)


def test_what_comes_in_between_two_queries_is_not_seen_before_the_next_report(
    place: Installation, counted: Counted
) -> None:
    come(place, "a")
    found = counted(lambda: come(place, "b"))
    assert found == [1] * 8
    assert counted(lambda: None) == [2] * 8


def test_what_is_first_read_after_something_came_in_is_as_it_was(place: Installation, counted: Counted) -> None:
    come(place, "a")
    assert counted(lambda: come(place, "b"), first=()) == [1] * 4


def test_what_is_made_anew_meanwhile_is_not_seen_either(place: Installation, counted: Counted) -> None:
    come(place, "a")

    def everything() -> None:
        come(place, "b")
        place.engine.changes.note_everybody()
        bring_up_to_date(place.engine)

    assert counted(everything) == [1] * 8


def test_a_report_goes_on_when_what_people_did_is_let_go(place: Installation, counted: Counted) -> None:
    come(place, "a")

    def forget() -> None:
        with place.engine.store.cursor() as cursor:
            doings.forget(cursor)

    assert counted(forget) == [1] * 8
    assert counted(lambda: None) == [1] * 8


def test_a_report_that_fails_leaves_no_transaction_behind(place: Installation, counted: Counted) -> None:
    come(place, "a")

    def fail() -> None:
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        counted(fail)
    come(place, "b")
    assert counted(lambda: None) == [2] * 8
