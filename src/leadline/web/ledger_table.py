"""The ledger as a table shows it: points in tenths that add up to the printed total. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadline.scoring.ledger import LedgerLine
from leadline.web.sounding import running_tenths, svg_number, tenths_text
from leadline.web.words import MINUS

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line.

    Attributes:
        sentence: what is behind it.
        score: a factor's whole 0 to 100; empty for penalties and clamps.
        width: the same for SVG, on a scale of 100.
        points: its part of the printed total, with its sign.
        exact: the same to six decimals, for the hover.
        is_nothing: a factor without anything behind it yet.
    """

    kind: str
    dimension: str
    label: str
    sentence: str
    score: str
    width: str
    points: str
    exact: str
    is_nothing: bool


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """The lines and their sum."""

    rows: tuple[LedgerRow, ...]
    total: str
    exact_total: str


def ledger_table(lines: Sequence[LedgerLine], sentences: Mapping[str, str]) -> LedgerTable:
    """The table of a ledger.

    Args:
        sentences: factor or penalty name -> what is behind it.
    """
    tenths = running_tenths([line.points_micro for line in lines])
    rows = tuple(_row(line, part, sentences.get(line.factor, "")) for line, part in zip(lines, tenths, strict=True))
    total = sum(line.points_micro for line in lines)
    return LedgerTable(rows, tenths_text(sum(tenths)), f"{total / MICRO:.6f}")


def _row(line: LedgerLine, tenths: int, sentence: str) -> LedgerRow:
    is_factor = line.kind == "factor"
    return LedgerRow(
        kind=line.kind,
        dimension=line.dimension,
        label=line.label,
        sentence=sentence if sentence != line.label else "",
        score=f"{line.score:.0f}" if is_factor else "",
        width=svg_number(round(line.score * MICRO)) if is_factor else "0",
        points=_signed(tenths),
        is_nothing=is_factor and not line.raw,
        exact=f"{line.points:+.6f} points".replace("-", MINUS),
    )


def _signed(tenths: int) -> str:
    sign = MINUS if tenths < 0 else "+"
    return f"{sign}{tenths_text(abs(tenths))}"
