"""AA contrast (WCAG 2.2, 1.4.3: 4.5 to 1) of every pair of tokens that text is set in, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest

import leadline.web

TOKENS = Path(leadline.web.__file__).parent / "static/web/tokens.css"
PAIRS = [
    *product(("ink", "ink-2", "ink-3"), ("paper", "card")),
    *product(("ink", "ink-2"), ("sunk",)),
    *product(("accent", "bad", "good", "warn"), ("paper", "card")),
    ("accent-ink", "accent"),
    ("good", "good-bg"),
    ("ink", "warn-bg"),
    ("accent", "sunk"),
    ("bad", "bad-bg"),
    ("accent", "accent-bg"),
]


GRAPHICS = [*product(("engagement", "readiness", "conversion"), ("paper", "card", "sunk")), ("warn", "card")]
"""Bars and dots: 3 to 1 (1.4.11)."""


def colours() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: int) -> None:
    known = colours()
    assert contrast(known[text][theme], known[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), GRAPHICS)
def test_shapes_stand_out_from_their_ground(shape: str, ground: str, theme: int) -> None:
    known = colours()
    assert contrast(known[shape][theme], known[ground][theme]) >= 3
