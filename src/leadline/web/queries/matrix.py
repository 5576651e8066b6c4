"""How many leads there are of each grade and fit, and what the ruleset says to do about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from leadline.eventstore.lead_list import counts_by_band
from leadline.pipeline import runtime
from leadline.pipeline.projections import have_ready
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.service import number_in_force, ruleset_of
from leadline.web.lead_filter import LeadFilter


@dataclass(frozen=True, slots=True)
class Cell:
    """One grade and fit. `query` leads to its leads."""

    grade: str
    fit: int
    count: int
    advice: str
    query: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One fit, by grade, the best first."""

    fit: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everybody who is known, by grade and fit; empty `rows` without fit rules."""

    ruleset: int
    grades: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    count: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Bands:
    """The grades and the fits of a ruleset, the best first; no fits without fit rules."""

    grades: tuple[str, ...]
    fits: tuple[int, ...]

    @classmethod
    def of(cls, ruleset: Ruleset) -> "Bands":
        """Those of a ruleset."""
        grades = (*(band.grade for band in ruleset.grades), ruleset.lowest_grade)
        fit = ruleset.fit
        return cls(grades, (*(number for number, _ in fit.bands), fit.lowest) if fit else ())


def bands() -> Bands:
    """Those of the ruleset in force."""
    return Bands.of(_ruleset(number_in_force()))


def matrix() -> Matrix:
    """Counts by grade and fit; leads of grades or fits that the ruleset in force does not have are `unplaced`, until
    they are scored with it."""
    ruleset = _ruleset(number_in_force())
    shape = Bands.of(ruleset)
    counts = _counts()
    rows = tuple(MatrixRow(fit, tuple(_cells(ruleset, shape.grades, fit, counts))) for fit in shape.fits)
    placed, count = sum(cell.count for row in rows for cell in row.cells), sum(counts.values())
    return Matrix(ruleset.number, shape.grades, rows, placed, count - placed)


def _counts() -> dict[tuple[str, int], int]:
    engine = runtime.running().engine
    have_ready(engine)
    with engine.store.cursor() as cursor:
        return counts_by_band(cursor)


def _cells(ruleset: Ruleset, columns: tuple[str, ...], fit: int, counts: dict[tuple[str, int], int]) -> Iterator[Cell]:
    advice = ruleset.fit.matrix if ruleset.fit else {}
    for grade in columns:
        query = LeadFilter.of(grade=grade, fit=fit).query
        yield Cell(grade, fit, counts.get((grade, fit), 0), advice.get(f"{grade}{fit}", ""), query)


@lru_cache(maxsize=8)
def _ruleset(number: int) -> Ruleset:
    """Published rulesets never change."""
    return ruleset_of(str(number))
