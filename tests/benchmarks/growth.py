"""How the passes over everybody grow with the number of leads, measured and drawn.

    python -m tests.benchmarks.growth [--leads 10000 100000 1000000]

Runs `tests.benchmarks.rescore` with twenty events a lead for each size, and prints the figures. `make bench` takes the
greatest size from the run that it made already, and writes the drawing to docs/images/growth.svg.
"""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
EVENTS_EACH = 20
SERIES = {
    "rescore_seconds": ("full rescore", "#0b5c55"),
    "decay_seconds": ("pass of the next day", "#b4540a"),
    "weights_seconds": ("other weights", "#5a4fcf"),
    "bare_seconds": ("bare aggregation", "#6b7280"),
}
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 76, 186, 24, 56
SECONDS = (0.01, 0.1, 1.0, 10.0, 100.0)


def measure(sizes: Sequence[int] = SIZES, known: Mapping[int, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The figures of each size, as text keys: JSON has no others. `known` are not measured again."""
    found = known or {}
    return {str(size): dict(found[size] if size in found else _rescore(size)) for size in sizes}


def _rescore(leads: int) -> dict[str, Any]:
    options = ["--leads", str(leads), "--events", str(leads * EVENTS_EACH)]
    command = [sys.executable, "-m", "tests.benchmarks.rescore", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def drawing(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Seconds by leads, both on logarithmic axes: a straight line at 45 degrees is growth in proportion."""
    sizes = [int(size) for size in figures]
    parts = [*_axes(sizes), *(line for key in SERIES for line in _series(key, figures)), *_labels(figures)]
    words = "Seconds of a pass over all leads, by the number of leads, on logarithmic axes"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}"'
    style = 'font-family="system-ui, sans-serif" font-size="13"'
    return (
        "\n".join([f"{head} {style}>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *parts, "</svg>"])
        + "\n"
    )


def _axes(sizes: Sequence[int]) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for seconds in SECONDS:
        y = _y(seconds)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e5e7eb"/>'
        yield _text(LEFT - 8, y + 4, f"{seconds:g}", "end")
    for size in sizes:
        yield _text(_x(size, sizes), bottom + 20, f"{size:,}", "middle")
    yield f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#374151"/>'
    yield _text((LEFT + right) / 2, HEIGHT - 12, "leads, with twenty events each", "middle")
    middle = (TOP + bottom) / 2
    turned = f'transform="rotate(-90 18 {middle})"'
    yield f'<text x="18" y="{middle}" text-anchor="middle" fill="#374151" {turned}>seconds</text>'


def _series(key: str, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    sizes = [int(size) for size in figures]
    points = [(_x(int(size), sizes), _y(found[key])) for size, found in figures.items()]
    colour = SERIES[key][1]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'


def _labels(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The name of each line at its end, moved apart where they would lie on each other."""
    last = list(figures.values())[-1]
    below = -math.inf
    for key in sorted(SERIES, key=lambda each: _y(last[each])):
        name, colour = SERIES[key]
        below = max(_y(last[key]) + 4, below + 18)
        yield _text(WIDTH - RIGHT + 14, below, name, "start", colour)


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#374151") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def _x(size: int, sizes: Sequence[int]) -> float:
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    share = (math.log10(size) - low) / (high - low) if high > low else 0.5
    return LEFT + 24 + share * (WIDTH - RIGHT - LEFT - 48)


def _y(seconds: float) -> float:
    low, high = math.log10(SECONDS[0]), math.log10(SECONDS[-1])
    share = (math.log10(min(max(seconds, SECONDS[0]), SECONDS[-1])) - low) / (high - low)
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=SIZES)
    print(json.dumps(measure(parser.parse_args().leads), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
