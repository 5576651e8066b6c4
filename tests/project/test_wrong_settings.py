"""A setting that makes no sense is told by its name when Leadline starts, not by a report that fails later."""

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.project.environment import currency, seconds_of_hours, time_zone


@pytest.mark.parametrize("wrong", ["dollars", "usd", "", "US"])
def test_a_currency_is_a_code(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CURRENCY", wrong)
    with pytest.raises(ConfigurationError, match="LEADLINE_CURRENCY"):
        currency("CURRENCY", "USD")


@pytest.mark.parametrize("wrong", ["Mars", "", "../etc/passwd"])
def test_a_time_zone_is_one_that_there_is(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_ZONE", wrong)
    with pytest.raises(ConfigurationError, match="LEADLINE_ZONE"):
        time_zone("ZONE", "UTC")


@pytest.mark.parametrize("wrong", ["0", "0.1", "-1", "never", "nan", "inf", "8761", ""])
def test_hours_are_neither_over_at_once_nor_endless(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_SESSION_HOURS", wrong)
    with pytest.raises(ConfigurationError, match="LEADLINE_SESSION_HOURS"):
        seconds_of_hours("SESSION_HOURS", "12")


def test_hours_may_be_parts_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_of_hours("SESSION_HOURS", "12") == 12 * 3600
    monkeypatch.setenv("LEADLINE_SESSION_HOURS", "0.5")
    assert seconds_of_hours("SESSION_HOURS", "12") == 1800


def test_without_them_there_is_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADLINE_CURRENCY", "LEADLINE_ZONE"):
        monkeypatch.delenv(name, raising=False)
    assert (currency("CURRENCY", "USD"), time_zone("ZONE", "UTC")) == ("USD", "UTC")
