"""The ledger as a table shows it: points in tenths that add up to the printed total. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from leadline.scoring.contributions import Contribution
from leadline.scoring.ledger import LedgerLine
from leadline.web.behind import Behind, behind_line
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
        behind: the days, values or traits behind it; None without any.
        ends_on: when an open penalty ends by itself.
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
    behind: Behind | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """The lines and their sum."""

    rows: tuple[LedgerRow, ...]
    total: str
    exact_total: str


def ledger_table(
    lines: Sequence[LedgerLine],
    sentences: Mapping[str, str],
    behind: Mapping[str, Sequence[Contribution]] | None = None,
    told: Mapping[int, str] | None = None,
) -> LedgerTable:
    """The table of a ledger.

    Args:
        sentences: factor or penalty name -> what is behind it.
        behind: the same name -> its parts.
        told: message hash -> the sentence of an event of a part.
    """
    tenths = running_tenths([line.points_micro for line in lines])
    parts, words = behind or {}, told or {}
    rows = tuple(
        replace(
            _row(line, part, sentences.get(line.factor, "")),
            behind=behind_line(parts.get(line.factor, ()), line.decay_micro, words),
        )
        for line, part in zip(lines, tenths, strict=True)
    )
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
        ends_on=line.ends_on,
        exact=f"{line.points:+.6f} points".replace("-", MINUS),
    )


def _signed(tenths: int) -> str:
    sign = MINUS if tenths < 0 else "+"
    return f"{sign}{tenths_text(abs(tenths))}"
