"""Numbers of a document as whole thousandths, checked."""

import math
from decimal import Decimal

from leadline.engagement.metrics import CELL_LIMIT, SCALE
from leadline.scoring.faults import fault


def thousandths(value: float, at: str) -> int:
    """A number with at most three decimals, in thousandths, exact: 0.1 is 100, whatever its double says.

    Raises:
        PathFaultError: more decimals, not finite, or too great for exact arithmetic.
    """
    # repr gives the shortest text of the double, which is the document's own up to 15 digits
    scaled = Decimal(repr(value)) * SCALE
    if not scaled.is_finite() or abs(scaled) > CELL_LIMIT:
        raise fault(at, f"{value:g} is not a number of at most {CELL_LIMIT // SCALE}.")
    if scaled != int(scaled):
        raise fault(at, f"{value} has more than three decimals.")
    return int(scaled)


def finite(value: float, at: str) -> float:
    """A number that is one.

    Raises:
        PathFaultError: it is infinite, or no number.
    """
    if not math.isfinite(value):
        raise fault(at, f"{value} is not a number.")
    return value


def half_life(value: float | None, at: str) -> float | None:
    """Days until half the weight is left."""
    return None if value is None else finite(value, at)
