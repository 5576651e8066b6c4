"""The ledger: where every point of a total comes from, as lines whose points add up to it exactly.

How the points are rounded. A line's exact share of the total is a fraction: a factor gives
`W / sum(W) * w / sum(w) * score`, with W the dimension's weight and w its own; a penalty takes `W / sum(W) * points`; a
clamp gives back what a penalty took below 0. The shares are added up one after the other, the running sum is rounded
half up to millionths after each line, and a line's points are what the rounded sum moved by. So no line is more than
a millionth from its exact share, lines without a share have 0, and the points add up to the rounded sum at the end.
That can differ from the published total by a millionth, since dimensions are rounded to billionths before they are
weighted; the last line with a share ends on the published total instead of the rounded sum. No residue is left.

What decay took of a factor's line is the line's exact share without any decay (the same window, the same daily cap,
the same curve) minus its exact share as it is, rounded half up to millionths: in points of the total, before penalties
and clamps. It is 0 for a factor without a half-life, for one that is at its full 100 all the same, and for other lines.
It is negative only where the values that decayed were below 0. Lines of fit stand outside the total: their `points`
add up to the fit points, in a ledger of their own.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction

from leadline.engagement.metrics import SCALE
from leadline.scoring.arithmetic import NANO_PER_MICRO, factor_nano, points, position
from leadline.scoring.engine import NANO_PER_THOUSANDTH
from leadline.scoring.ruleset import Factor, Penalty, Ruleset
from leadline.scoring.score import DimensionScore, FactorScore, LeadScore, in_units

CLAMP = "clamp"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger.

    Attributes:
        kind: factor, penalty or clamp.
        factor: the factor's or penalty's name; "clamp" for a clamp.
        metric: what was measured; empty for a clamp.
        raw: the measure, in the metric's unit.
        score: a factor's 0 to 100; what a penalty takes from the dimension, or a clamp gives back to it.
        weight: the factor's within its dimension; 0 for other lines.
        share: what a point of `score` is worth in the total: the weights, normalised.
        points_micro: this line's part of the total, in millionths of a point.
        decay_micro: what decay took, in the same unit; see the module's text.
        ends_on: the day on which an open penalty ends by itself; None for other lines, and when it never does.
        label: for pages.
    """

    kind: str
    dimension: str
    factor: str
    metric: str
    label: str
    unit: str = ""
    raw: float = 0.0
    score: float = 0.0
    weight: float = 0.0
    share: float = 0.0
    points_micro: int = 0
    decay_micro: int = 0
    ends_on: date | None = None

    @property
    def points(self) -> float:
        """This line's part of the total, six decimals."""
        return points(self.points_micro)

    @property
    def decay(self) -> float:
        """What decay took, six decimals."""
        return points(self.decay_micro)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        ends = self.ends_on.isoformat() if self.ends_on else None
        return {**asdict(self), "ends_on": ends, "points": self.points, "decay": self.decay}


Draft = tuple[LedgerLine, Fraction]
"""A line without its points yet, and its exact part of the total in nano-points."""


def ledger(score: LeadScore, ruleset: Ruleset, undecayed: Sequence[int] | None = None) -> list[LedgerLine]:
    """The lines of a score, dimension by dimension: its factors in order, its open penalties, its clamp.

    The `points_micro` add up to `score.total_micro` exactly.

    Args:
        score: made under `ruleset`.
        undecayed: what the measures would give without half-lives, in the order of `score.raws`; without it no line
            says what decay took.
    """
    drafts = list(_drafts(score, ruleset))
    parts = _rounded([share for _, share in drafts], score.total_micro)
    taken = {} if undecayed is None else _decay(score, ruleset, undecayed)
    return [
        replace(line, points_micro=part, decay_micro=taken.get(line.factor, 0) if line.kind == "factor" else 0)
        for (line, _), part in zip(drafts, parts, strict=True)
    ]


def fit_ledger(score: LeadScore) -> list[LedgerLine]:
    """The lines of fit: their points add up to `score.fit_micro` exactly, and are no part of the total."""
    weights = sum(each.factor.weight for each in score.fit_factors.values())
    lines, shares = [], []
    for each in score.fit_factors.values():
        share = Fraction(each.factor.weight, weights)
        lines.append(_factor_line(each, each.factor, share))
        shares.append(share * each.nano)
    parts = _rounded(shares, score.fit_micro)
    return [replace(line, points_micro=part) for line, part in zip(lines, parts, strict=True)]


def with_ends(lines: Sequence[LedgerLine], ends: Mapping[str, date | None]) -> list[LedgerLine]:
    """The lines with the days on which open penalties end, by name."""
    return [replace(line, ends_on=ends.get(line.factor)) if line.kind == "penalty" else line for line in lines]


def _decay(score: LeadScore, ruleset: Ruleset, undecayed: Sequence[int]) -> dict[str, int]:
    """Factor name -> what decay took of its line, in millionths."""
    nanos = {
        factor.name: factor_nano(position(raw, factor.full_at), factor.curve)
        for factor, raw in zip(ruleset.factors, undecayed, strict=False)
    }
    weights = sum(dimension.weight_thousandths for dimension in score.dimensions.values())
    taken = {}
    for factor in ruleset.factors:
        share = Fraction(score.dimensions[factor.dimension].weight_thousandths, weights) * _within(factor, ruleset)
        taken[factor.name] = whole_micro(share * (nanos[factor.name] - score.factor(factor).nano))
    return taken


def _within(factor: Factor, ruleset: Ruleset) -> Fraction:
    """A factor's share of its dimension."""
    return Fraction(factor.weight, sum(other.weight for other in ruleset.factors_of(factor.dimension)))


def _rounded(shares: list[Fraction], total_micro: int) -> list[int]:
    """Shares in nano-points as whole millionths that add up to `total_micro`; see the module's text."""
    last = max((index for index, share in enumerate(shares) if share), default=None)
    parts, exact, reached = [], Fraction(0), 0
    for index, share in enumerate(shares):
        exact += share
        now = total_micro if last is not None and index >= last else whole_micro(exact)
        parts.append(now - reached)
        reached = now
    return parts


def whole_micro(nano: Fraction) -> int:
    """Nano-points as millionths of a point, rounded half up."""
    return math.floor(nano / NANO_PER_MICRO + Fraction(1, 2))


def _drafts(score: LeadScore, ruleset: Ruleset) -> Iterator[Draft]:
    weights = sum(dimension.weight_thousandths for dimension in score.dimensions.values())
    for dimension in score.dimensions.values():
        yield from _dimension_drafts(score, dimension, Fraction(dimension.weight_thousandths, weights), ruleset)


def _dimension_drafts(score: LeadScore, dimension: DimensionScore, share: Fraction, ruleset: Ruleset) -> list[Draft]:
    drafts = [_factor_draft(score, factor, share, ruleset) for factor in ruleset.factors_of(dimension.name)]
    for index, penalty in enumerate(ruleset.penalties, start=len(ruleset.factors)):
        if penalty.dimension == dimension.name and penalty.gate.name in score.penalties:
            drafts.append(_penalty_draft(penalty, score.raws[index], share))
    below = sum((nano for _, nano in drafts), Fraction(0))
    if below < 0:
        drafts.append(_clamp_draft(dimension.name, -below, share))
    return drafts


def _factor_draft(score: LeadScore, factor: Factor, share: Fraction, ruleset: Ruleset) -> Draft:
    own = score.factor(factor)
    part = share * _within(factor, ruleset)
    return _factor_line(own, factor, part), part * own.nano


def _factor_line(own: FactorScore, factor: Factor, share: Fraction) -> LedgerLine:
    return LedgerLine(
        kind="factor",
        dimension=factor.dimension,
        factor=factor.name,
        metric=factor.measure.metric.name,
        label=factor.label,
        unit=factor.unit,
        raw=own.raw,
        score=own.score,
        weight=own.weight,
        share=float(share),
    )


def _penalty_draft(penalty: Penalty, raw: int, share: Fraction) -> Draft:
    line = LedgerLine(
        kind="penalty",
        dimension=penalty.dimension,
        factor=penalty.gate.name,
        metric=penalty.gate.measure.metric.name,
        label=penalty.gate.sentence,
        raw=in_units(raw),
        score=-penalty.points / SCALE,
        share=float(share),
    )
    return line, -share * penalty.points * NANO_PER_THOUSANDTH


def _clamp_draft(dimension: str, nano: Fraction, share: Fraction) -> Draft:
    given_back = points(whole_micro(nano / share))
    line = LedgerLine(CLAMP, dimension, CLAMP, "", "No dimension goes below 0", score=given_back, share=float(share))
    return line, nano
