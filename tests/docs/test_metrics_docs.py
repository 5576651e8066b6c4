"""The reference of metrics has every metric, with its definition as the program says it."""

from pathlib import Path

import pytest

from leadline.analytics.metrics import Measure, measures

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "metrics.md").read_text()


@pytest.mark.parametrize("measure", measures(["NAME"]), ids=lambda measure: measure.name)
def test_a_metric_is_on_the_page_with_its_definition(measure: Measure) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{measure.name}` |"))
    assert f"| {measure.definition} |" in row
