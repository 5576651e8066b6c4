"""What is behind a line of the ledger, in words: the day, what happened, what cap and age took, the points. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.scoring.contributions import Contribution
from leadline.web.sounding import running_tenths, tenths_text
from leadline.web.words import MINUS, counted

MICRO_PER_TENTH = 100_000
SHOWN = 12
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One part of a line.

    Attributes:
        day: None for a trait.
        what: what happened, the latest of it in words; a trait's name.
        detail: what the cap turned away and what age left.
        points: its part of the printed points, with its sign.
    """

    day: date | None
    what: str
    detail: str
    points: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What opens under a line. `more`: how many older parts are left out. `decay`: what decay took, or nothing."""

    rows: tuple[BehindRow, ...]
    more: int
    decay: str


def behind_line(parts: Sequence[Contribution], decay_micro: int, told: Mapping[int, str]) -> Behind | None:
    """The parts of one line; None without any.

    Args:
        told: message hash -> the sentence of the event.
    """
    if not parts:
        return None
    tenths = running_tenths([part.points_micro for part in parts])
    rows = tuple(_row(part, points, told) for part, points in zip(parts[:SHOWN], tenths, strict=False))
    took = _tenths_of(decay_micro)
    return Behind(rows, max(len(parts) - SHOWN, 0), f"{tenths_text(took)} points" if took > 0 else "")


def _row(part: Contribution, tenths: int, told: Mapping[int, str]) -> BehindRow:
    sign = MINUS if tenths < 0 else "+"
    return BehindRow(part.day, _what(part, told), _detail(part), f"{sign}{tenths_text(abs(tenths))}")


def _what(part: Contribution, told: Mapping[int, str]) -> str:
    if part.day is None:
        return part.key.replace("_", " ").capitalize()
    latest = told.get(part.events[0].message_hash, part.events[0].name) if part.events else part.key
    further = part.count - 1
    return f"{latest}, and {counted(further, 'other event')}" if further > 0 else latest


def _detail(part: Contribution) -> str:
    left = round(part.weight * HUNDRED)
    told = [
        f"{part.capped / 1000:g} over the daily cap" if part.capped else "",
        f"{left} % left by age" if left < HUNDRED else "",
    ]
    return ", ".join(filter(None, told))


def _tenths_of(micro: int) -> int:
    return (micro + MICRO_PER_TENTH // 2) // MICRO_PER_TENTH
