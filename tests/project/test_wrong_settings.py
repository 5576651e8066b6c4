"""A setting that makes no sense is told by its name when Leadline starts, not by a report that fails later."""

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.project.environment import currency, time_zone


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


def test_without_them_there_is_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADLINE_CURRENCY", "LEADLINE_ZONE"):
        monkeypatch.delenv(name, raising=False)
    assert (currency("CURRENCY", "USD"), time_zone("ZONE", "UTC")) == ("USD", "UTC")
