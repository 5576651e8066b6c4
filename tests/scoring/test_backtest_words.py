"""The one sentence on two rulesets says nothing that the figures beside it deny."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from leadline.scoring.backtest_report import Findings
from leadline.scoring.backtest_words import difference_in_words

FINDINGS = cast(Findings, SimpleNamespace(labels=("ruleset 1", "draft 7")))


def said(low: float, high: float, **apart: list[str]) -> str:
    difference: dict[str, Any] = {
        "ruleset": 1,
        "against": 0,
        "auc": {"value": (low + high) / 2, "low": low, "high": high},
        "better": apart.get("better", []),
        "worse": apart.get("worse", []),
    }
    return difference_in_words(FINDINGS, difference)


@pytest.mark.parametrize(
    ("low", "high", "apart", "words"),
    [
        (0.01, 0.03, {}, "foretells better"),
        (-0.03, -0.01, {}, "foretells worse"),
        (-0.01, 0.01, {}, "can't be told apart"),
        (-0.01, 0.01, {"worse": ["average_precision"]}, "worse in average precision"),
        (-0.01, 0.01, {"better": ["lift"], "worse": ["precision"]}, "better in lift in the top tenth and worse in"),
    ],
)
def test_a_difference_in_words(low: float, high: float, apart: dict[str, list[str]], words: str) -> None:
    assert words in said(low, high, **apart)
