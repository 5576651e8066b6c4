"""Steps are read from a line of text."""

import pytest

from leadline.analytics.steps import PropertyCondition, Step, StepSource, listed, parse_step
from leadline.kernel.errors import TerminalError


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        ("Tool Used", StepSource.EVENT, "Tool Used"),
        ("Page Engaged", StepSource.EVENT, "Page Engaged"),
        ("Page", StepSource.PAGE, ""),
        ("Page /blog/*", StepSource.PAGE, "/blog/*"),
        ("conversion:quote_requested", StepSource.CONVERSION, "quote_requested"),
        ("stage:qualified", StepSource.STAGE, "qualified"),
        ("any", StepSource.ANY, ""),
    ],
)
def test_each_form_means_its_own(text: str, source: StepSource, name: str) -> None:
    assert parse_step(f" {text} ") == Step(text, source, name)


def test_properties_are_conditions() -> None:
    where = parse_step("Tool Used{tool=quiz|quote-calculator, completed!=true}").where
    assert where == (
        PropertyCondition("tool", ("quiz", "quote-calculator")),
        PropertyCondition("completed", ("true",), negated=True),
    )


@pytest.mark.parametrize("text", ["", "Tool Used{tool}", "Tool Used{", "stage:", "stage:qualified{a=b}"])
def test_what_cannot_be_read_is_told_with_advice(text: str) -> None:
    with pytest.raises(TerminalError):
        parse_step(text)


def test_commas_inside_braces_belong_to_their_step() -> None:
    assert listed("A{x=1,y=2}, B,, C") == ("A{x=1,y=2}", "B", "C")
