"""Short numbers and heads: little is written, and nothing that means something else."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.chart_words import in_common, shortened
from leadline.analytics.report import Value, ValueKind
from leadline.analytics.written import NOTHING

WORDS = st.lists(st.sampled_from(["Week", "of", "1", "2", "Page"]), min_size=1, max_size=4).map(" ".join)
UNITS = {"": 1, "k": 1000, "m": 1_000_000, "bn": 1_000_000_000}


@pytest.mark.parametrize(
    ("value", "kind", "short", "whole"),
    [
        (0.6038, ValueKind.SHARE, "60%", "60%"),
        (1.0, ValueKind.SHARE, "100%", "100%"),
        (0.0, ValueKind.SHARE, "0%", "0%"),
        (0.001, ValueKind.SHARE, "<1%", "<1%"),
        (Decimal(1_039_146), ValueKind.MONEY, "1.0m", "1m"),
        (Decimal(999_700), ValueKind.MONEY, "1.0m", "1m"),
        (22_186, ValueKind.COUNT, "22k", "22k"),
        (999, ValueKind.COUNT, "999", "999"),
        (1.65, ValueKind.NUMBER, "1.6", "2"),
        (13.49, ValueKind.NUMBER, "13", "13"),
        (90_000, ValueKind.SECONDS, "25 hours", "25 hours"),
        ("Direct", ValueKind.TEXT, "Direct", "Direct"),
        (None, ValueKind.SHARE, NOTHING, NOTHING),
    ],
)
def test_short_words(value: Value, kind: ValueKind, short: str, whole: str) -> None:
    assert shortened(value, kind) == short
    assert shortened(value, kind, whole=True) == whole


@given(st.integers(0, 9 * 10**11), st.booleans())
def test_a_short_amount_is_near_what_it_stands_for(number: int, whole: bool) -> None:
    said = shortened(number, ValueKind.COUNT, whole=whole)
    found = re.fullmatch(r"([0-9.]+)(k|m|bn|)", said)
    assert found is not None, said
    assert float(found[1]) * UNITS[found[2]] == pytest.approx(number, rel=0.34 if whole else 0.051)
    assert len(said) <= 5


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_what_heads_have_in_common_is_whole_words_and_leaves_each_something(texts: list[str]) -> None:
    shared = in_common(texts)
    assert all(text.startswith(shared) and text != shared for text in texts)
    assert shared == "" or shared.endswith(" ")
    assert len({text[len(shared) :] for text in texts}) == len(set(texts))


def test_weeks_share_their_word() -> None:
    assert in_common(["Week 1", "Week 2", "Week 12"]) == "Week "
    assert in_common(["Week 0", "Weeks 1 to 3"]) == ""
    assert in_common(["Week 1", "Week 1"]) == ""
    assert in_common(["Last touch", "Last touch that is not direct"]) == "Last "
