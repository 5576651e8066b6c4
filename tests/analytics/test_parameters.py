"""What a report is asked: texts in, checked values out, and the same texts ask the same again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leadline.analytics.parameters import PERIOD, SEGMENT, Parameter, ParameterKind, Wanted, grain, read_wanted
from leadline.analytics.periods import Grain, Period
from leadline.kernel.errors import TerminalError

NOW = datetime(2026, 5, 20, 20, tzinfo=UTC)
PARAMETERS = (
    PERIOD,
    grain(),
    SEGMENT,
    Parameter("by", ParameterKind.CHOICE, "", choices=(("", "nothing"), ("channel", "channel"))),
    Parameter("steps", ParameterKind.STEPS, "visit > signup"),
    Parameter("names", ParameterKind.LIST, "one, two"),
    Parameter("window", ParameterKind.DURATION, "7d"),
    Parameter("order", ParameterKind.WHOLE, "1"),
)


def read(**given: str) -> Wanted:
    return read_wanted(PARAMETERS, given, NOW)


def test_what_is_left_out_has_its_default() -> None:
    wanted = read()
    assert wanted.period == Period(date(2026, 4, 21), date(2026, 5, 20), "UTC")
    assert (wanted.grain, wanted.text("by"), wanted.whole("order")) == (Grain.WEEK, "", 1)
    assert (wanted.list("steps"), wanted.list("names")) == (("visit", "signup"), ("one", "two"))
    assert wanted.duration("window") == timedelta(days=7)


def test_asked_again_with_its_own_texts_it_is_the_same() -> None:
    wanted = read(period="12w", zone="Asia/Manila", by="channel", window="12h")
    assert read(**wanted.texts) == wanted


def test_the_period_ends_today_in_the_zone() -> None:
    assert read(period="1d", zone="Asia/Manila").period == Period(date(2026, 5, 21), date(2026, 5, 21), "Asia/Manila")


def test_without_a_zone_it_is_the_installations() -> None:
    assert read_wanted(PARAMETERS, {}, NOW, "Europe/London").zone == "Europe/London"


@pytest.mark.parametrize(
    "given",
    [
        {"nonsense": "1"},
        {"period": "soon"},
        {"zone": "Mars/Olympus"},
        {"zone": "../etc/passwd"},
        {"grain": "hour"},
        {"by": "shoe size"},
        {"window": "7"},
        {"window": "0d"},
        {"order": "-1"},
        {"order": "one"},
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(TerminalError):
        read(**given)
