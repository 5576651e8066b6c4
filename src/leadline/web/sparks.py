"""Small lines beside figures. Pure."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 100, 24, 2


def spark(trend: Sequence[float | None]) -> str:
    """The points of an SVG polyline in a box of 100 by 24, from zero or the lowest below it; empty for fewer than two
    values. Unknown values are left out."""
    known = [(place, value) for place, value in enumerate(trend) if value is not None]
    if len(known) < 2:  # a line has two ends
        return ""
    low, high = min(0.0, *(value for _, value in known)), max(0.0, *(value for _, value in known))
    across, up = WIDTH / (len(trend) - 1), (HEIGHT - 2 * MARGIN) / ((high - low) or 1)
    return " ".join(f"{place * across:.4g},{HEIGHT - MARGIN - (value - low) * up:.4g}" for place, value in known)
