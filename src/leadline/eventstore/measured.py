"""Metrics computed from the store: one query for all periods and all metrics that are made of the same facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from leadline.analytics.metrics import ENGAGED, Measured
from leadline.eventstore.database import Cursor
from leadline.eventstore.measured_formulas import Formula, formula_of, literal
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import naive

PARTS = ("channel", "campaign", "country", "grade")
"""What metrics can be broken down by."""
WITHIN = re.compile(r"JOIN wanted ON (\S+) >= began AND \S+ < ended")
QUARTER = r"JOIN wanted ON began = time_bucket(INTERVAL 15 MINUTE, \1)"
"""Equality can be hashed, which a range of moments can't."""
OF_VISITS = ("visits", "engaged")
"""Facts that have a channel and a campaign of their own; all others have those of the person's first visit."""


class Span(Protocol):
    """A time from an instant to before another, aware UTC, such as a `Period`."""

    @property
    def start(self) -> datetime:
        """The first instant."""
        ...

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What metrics are computed of.

    Attributes:
        periods: in any order; they may overlap.
        now: what came later does not count.
        who, given: a condition on people, and its named parameters (`eventstore/segments.py`).
        by: one of PARTS, or "".
        quarters: the periods are quarters of an hour, as the clock has them: thousands of them are found quickly.
    """

    periods: Sequence[Span]
    now: datetime
    who: str = "true"
    given: Mapping[str, object] = field(default_factory=dict)
    by: str = ""
    quarters: bool = False


ByPart = dict[str, list[Measured]]


def measured(cursor: Cursor, names: Iterable[str], asked: Asked) -> dict[str, ByPart]:
    """By metric and part (without `by` the part is ""), one value for each period. A part that has no facts at all is
    left out, except the part "" without `by`.

    Of everybody, metrics that add up have in them what people made up who went by their age (`aged.py`).
    """
    found: dict[str, ByPart] = {}
    if not asked.periods:
        return {name: {} if asked.by else {"": []} for name in names}
    for facts, formulas in _by_facts(names).items():
        found |= _computed(cursor, facts, formulas, asked)
    if asked.who == "true" and not asked.by:
        _add_aged(cursor, found, asked)
    return found


def _add_aged(cursor: Cursor, found: Mapping[str, ByPart], asked: Asked) -> None:
    given = {**_bounds(asked), "metrics": list(found)}
    for metric, place, value, cases in cursor.execute(sql("aged_measured"), given).fetchall():
        held = found[metric][""][place]
        found[metric][""][place] = Measured((held.value or 0.0) + value, held.cases + cases)


def _by_facts(names: Iterable[str]) -> dict[str, dict[str, Formula]]:
    grouped: dict[str, dict[str, Formula]] = {}
    for name in names:
        formula = formula_of(name)
        grouped.setdefault(formula.facts, {})[name] = formula
    return grouped


def _computed(cursor: Cursor, facts: str, formulas: Mapping[str, Formula], asked: Asked) -> dict[str, ByPart]:
    rows = cursor.execute(_query(facts, formulas, asked), _parameters(facts, asked)).fetchall()
    found: dict[str, ByPart] = {name: {} if asked.by else {"": _empty(formulas[name], asked)} for name in formulas}
    for place, part, *numbers in rows:
        for column, (name, formula) in enumerate(formulas.items()):
            values = found[name].setdefault(part, _empty(formula, asked))
            values[place] = _one(*numbers[2 * column : 2 * column + 2])
    return found


def _empty(formula: Formula, asked: Asked) -> list[Measured]:
    return [Measured(formula.empty, 0)] * len(asked.periods)


def _one(value: Any, cases: int) -> Measured:
    return Measured(None if value is None else float(value), cases)


def _query(facts: str, formulas: Mapping[str, Formula], asked: Asked) -> str:
    name, _, moment = facts.partition(":")
    filled = sql(f"measured_{name}")
    for gap, text in {
        "moment": moment,
        "part": _part(name, asked.by),
        "people": "JOIN memory.main.people AS people USING (lead)" if asked.by or asked.who != "true" else "",
        "names": ", ".join(sorted({literal(formula.event) for formula in formulas.values()})),
        "who": asked.who,
    }.items():
        filled = filled.replace(f"{{{gap}}}", text)
    if asked.quarters:
        filled = WITHIN.sub(QUARTER, filled)
    numbers = ", ".join(f"{formula.value}, {formula.cases}" for formula in formulas.values())
    return sql("measured").replace("{formulas}", numbers).replace("{facts}", filled)


def _part(facts: str, by: str) -> str:
    if not by:
        return "''"
    owner = "touches" if facts in OF_VISITS and by in ("channel", "campaign") else "people"
    return f"coalesce({owner}.{by}, '')"


def _parameters(facts: str, asked: Asked) -> dict[str, object]:
    given = {**_bounds(asked), **asked.given}
    return given | ({"engaged_ms": round(ENGAGED.total_seconds() * 1000)} if facts == "engaged" else {})


def _bounds(asked: Asked) -> dict[str, object]:
    starts = [naive(period.start) for period in asked.periods]
    ends = [naive(period.end) for period in asked.periods]
    given = {"places": list(range(len(starts))), "starts": starts, "ends": ends, "since": min(starts)}
    return given | {"until": max(ends), "now": naive(asked.now)}
