"""Numbers of a document as whole thousandths, checked."""

import math
from decimal import Decimal

from leadline.engagement.metrics import CELL_LIMIT, SCALE
from leadline.scoring.entries import Number, fault


def thousandths(value: Number, at: str) -> int:
    """A number with at most three decimals, in thousandths, exact: 0.1 is 100, whatever its double says.

    Raises:
        DocumentError: more decimals, not finite, or too great for exact arithmetic.
    """
    # repr gives the shortest text of the double, which is the document's own up to 15 digits
    scaled = Decimal(repr(value)) * SCALE
    if not scaled.is_finite() or abs(scaled) > CELL_LIMIT:
        raise fault(at, f"{value} is not a number of at most {CELL_LIMIT // SCALE}.")
    if scaled != int(scaled):
        raise fault(at, f"{value} has more than three decimals.")
    return int(scaled)


def positive(value: Number, at: str) -> int:
    """Thousandths of a number above 0."""
    if (read := thousandths(value, at)) <= 0:
        raise fault(at, f"{value} must be more than 0.")
    return read


def points_within(value: Number, at: str) -> int:
    """Thousandths of a number of points from 0 to 100."""
    if not 0 <= (read := thousandths(value, at)) <= 100 * SCALE:
        raise fault(at, f"{value} is not within 0 to 100.")
    return read


def whole_days(value: int, at: str, least: int = 1) -> int:
    """A number of days that a window or a dwell can have."""
    if not least <= value <= 36_500:
        raise fault(at, f"{value} is not a number of days from {least} to 36500.")
    return value


def half_life(value: Number | None, at: str) -> float | None:
    """Days until half the weight is left."""
    if value is None:
        return None
    if not math.isfinite(value) or value <= 0:
        raise fault(at, f"{value} must be more than 0 days.")
    return float(value)
