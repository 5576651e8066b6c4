"""`leadline rules backtest` and `suggest` on a new installation: refusals in words, and nothing kept of them."""

import json

import pytest
from tests.leadline_process import Folder

from leadline.cli import backtests


@pytest.mark.parametrize("command", ["backtest", "suggest"])
def test_without_events_it_is_refused_with_advice(folder: Folder, command: str) -> None:
    refused = folder.run("rules", command)
    assert refused.returncode == 1
    assert "There are no events yet. Import some" in refused.stderr
    assert json.loads(folder.run("rules", "backtests", "--json").stdout) == []


def test_an_unknown_outcome_is_refused_with_those_there_are(folder: Folder) -> None:
    refused = folder.run("rules", "backtest", "--outcome", "love")
    assert refused.returncode == 1
    assert "won_deal" in refused.stderr


def test_cutoffs_are_a_number_or_days() -> None:
    assert backtests._cutoffs("4") == "4"
    assert backtests._cutoffs("2026-05-01, 2026-06-01") == ["2026-05-01", "2026-06-01"]
