"""The score of one lead: a total over three dimensions over their factors, exact inside, six decimals outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.engagement.metrics import SCALE
from leadline.scoring.arithmetic import WEIGHT_ONE, points, to_micro
from leadline.scoring.ruleset import FIT, Factor


@dataclass(frozen=True, slots=True)
class FactorScore:
    """One factor of one lead.

    Attributes:
        factor: the rule.
        raw_units: what the measure gave: thousandths times billionths of the metric's unit.
        nano: the score in billionths of a point, 0 to 100 * 10^9.
    """

    factor: Factor
    raw_units: int
    nano: int

    @property
    def name(self) -> str:
        """The factor's name."""
        return self.factor.name

    @property
    def score_micro(self) -> int:
        """0 to 100 points in millionths."""
        return to_micro(self.nano)

    @property
    def score(self) -> float:
        """0 to 100 points, six decimals."""
        return points(self.score_micro)

    @property
    def raw(self) -> float:
        """What was measured, in the metric's unit."""
        return in_units(self.raw_units)

    @property
    def weight(self) -> float:
        """Its weight among the factors of its dimension, as the ruleset states it."""
        return self.factor.weight / SCALE

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"score": self.score, "raw": self.raw, "weight": self.weight}


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension of one lead. Its factors are attributes too: `score.engagement.tool_usage.score`.

    Attributes:
        weight_thousandths: its weight among the dimensions.
        mean_nano: the weighted mean of its factors in billionths of a point, before penalties.
        nano: after penalties, clamped to 0 to 100 points.
        factors: in the ruleset's order.
    """

    name: str
    weight_thousandths: int
    mean_nano: int
    nano: int
    factors: Mapping[str, FactorScore]

    def __getattr__(self, name: str) -> FactorScore:
        # only called for what is no field; "factors" is missing while a copy is being made
        if name.startswith("_") or name == "factors" or name not in self.factors:
            raise AttributeError(f"{type(self).__name__} has no factor {name!r}")
        return self.factors[name]

    @property
    def score_micro(self) -> int:
        """0 to 100 points in millionths."""
        return to_micro(self.nano)

    @property
    def score(self) -> float:
        """0 to 100 points, six decimals."""
        return points(self.score_micro)

    @property
    def weight(self) -> float:
        """Its weight among the dimensions, as the ruleset states it."""
        return self.weight_thousandths / SCALE

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "score": self.score,
            "weight": self.weight,
            "factors": {name: each.as_dict() for name, each in self.factors.items()},
        }


@dataclass(frozen=True, slots=True)
class LeadScore:
    """What one ruleset says about one lead.

    Attributes:
        ruleset: the ruleset's name.
        number: the number it was published under; 0 for one that was not.
        total_micro: 0 to 100 points in millionths.
        grade: the band of the total.
        dimensions: engagement, readiness, conversion.
        penalties: names of the penalties that took points.
        disqualifications: names of the disqualifications that hold.
        raws: what the executor measured, in the order of `Ruleset.measures`.
        fit: how well the person fits, 1 best; 0 without fit rules. No part of the total.
        fit_micro: 0 to 100 fit points in millionths.
        fit_factors: what they are the weighted mean of, in the ruleset's order.
    """

    ruleset: str
    number: int
    total_micro: int
    grade: str
    dimensions: Mapping[str, DimensionScore]
    penalties: tuple[str, ...]
    disqualifications: tuple[str, ...]
    raws: tuple[int, ...]
    fit: int = 0
    fit_micro: int = 0
    fit_factors: Mapping[str, FactorScore] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """0 to 100 points, six decimals."""
        return points(self.total_micro)

    @property
    def fit_points(self) -> float:
        """0 to 100 points, six decimals."""
        return points(self.fit_micro)

    @property
    def engagement(self) -> DimensionScore:
        """How much a person does on the platform."""
        return self.dimensions["engagement"]

    @property
    def readiness(self) -> DimensionScore:
        """How far a person has prepared a decision."""
        return self.dimensions["readiness"]

    @property
    def conversion(self) -> DimensionScore:
        """How close a person is to buying."""
        return self.dimensions["conversion"]

    def factor(self, factor: Factor) -> FactorScore:
        """The score of one factor of the ruleset, of fit as well."""
        if factor.dimension == FIT:
            return self.fit_factors[factor.name]
        return self.dimensions[factor.dimension].factors[factor.name]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "total": self.total,
            "grade": self.grade,
            **{name: dimension.as_dict() for name, dimension in self.dimensions.items()},
            "penalties": list(self.penalties),
            "disqualifications": list(self.disqualifications),
            "fit": self.fit,
            "fit_points": self.fit_points,
            "fit_factors": {name: each.as_dict() for name, each in self.fit_factors.items()},
            "ruleset": {"name": self.ruleset, "number": self.number},
        }


def in_units(raw_units: int) -> float:
    """A measure's whole units (thousandths times billionths) as a number in the metric's unit."""
    return raw_units / (SCALE * WEIGHT_ONE)
