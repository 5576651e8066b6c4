"""What a backtest measured at its cutoffs, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.scoring.backtesting import Cutoff

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Every lead of every cutoff.

    Attributes:
        totals: for each ruleset, millionths of a point.
        cutoff: the place of the cutoff.
        person: who it is today.
    """

    totals: Sequence[npt.NDArray[np.int32]]
    converted: npt.NDArray[np.bool_]
    cutoff: npt.NDArray[np.int16]
    person: Ints

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        """Several as one."""
        rulesets = len(parts[0].totals)
        return cls(
            [np.concatenate([part.totals[place] for part in parts]) for place in range(rulesets)],
            np.concatenate([part.converted for part in parts]),
            np.concatenate([part.cutoff for part in parts]),
            np.concatenate([part.person for part in parts]),
        )


@dataclass(frozen=True)
class FactorRows:
    """The factor scores of everybody who converted and of a sample of the others.

    Attributes:
        points: millionths, one row for each lead, one column for each factor in the ruleset's order.
        weight: how many leads a row stands for.
    """

    points: npt.NDArray[np.int32]
    converted: npt.NDArray[np.bool_]
    person: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


@dataclass(frozen=True)
class AtCutoff:
    """Everything about one cutoff.

    Attributes:
        left_out: leads that had the outcome before, or were customers.
        rows: one for each other lead.
        factors: for each ruleset.
        stages: for each ruleset, stage -> (leads, converted).
    """

    cutoff: Cutoff
    left_out: int
    rows: Rows
    factors: Sequence[FactorRows]
    stages: Sequence[dict[str, tuple[int, int]]]
