"""The reference of reports has every report, and all that it can be asked."""

import re
from pathlib import Path

import pytest

from leadline.analytics.parameters import PERIOD, ZONE, Parameter
from leadline.pipeline.reports.catalogue import ReportKind, kinds

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "reports.md").read_text()
COMMANDS = (REFERENCE / "commands.md").read_text()
OF_ALL = {PERIOD.name, ZONE.name}


def own(kind: ReportKind) -> list[Parameter]:
    """What not every report is asked."""
    return [parameter for parameter in kind.all_parameters if parameter.name not in OF_ALL]


def row(page: str, first: str) -> str:
    """The one row of a page's tables that begins with this."""
    (found,) = (line for line in page.splitlines() if line.startswith(f"| `{first}` |"))
    return found


def in_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_a_report_is_on_the_page_with_all_that_it_can_be_asked(kind: ReportKind) -> None:
    told = row(PAGE, kind.name)
    assert kind.question in told
    assert in_code(told) - {kind.name} == {parameter.name for parameter in own(kind)}


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_a_parameter_is_on_the_page_with_its_values_and_its_default(kind: ReportKind) -> None:
    for parameter in kind.all_parameters:
        values = {parameter.default, *(value for value, _ in parameter.choices)} - {""}
        assert values <= in_code(row(PAGE, parameter.name)), parameter.name


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_a_report_has_its_options_beside_its_command(kind: ReportKind) -> None:
    options = {f"--{parameter.name.replace('_', '-')}" for parameter in own(kind)} - {"--segment"}
    assert in_code(row(COMMANDS, f"leadline analytics {kind.name}")) - {f"leadline analytics {kind.name}"} == options
