"""Reading LEADLINE_* variables, each of which may be in a file that LEADLINE_*_FILE names."""

import math
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from leadline.kernel.errors import ConfigurationError

HOUR_SECONDS = 3600
LEAST_HOURS, YEAR_HOURS = 0.25, 8760


def setting(name: str, default: str = "") -> str:
    """LEADLINE_<name>, or the content of the file that LEADLINE_<name>_FILE names."""
    if file := os.environ.get(f"LEADLINE_{name}_FILE"):
        return Path(file).read_text().strip()
    return os.environ.get(f"LEADLINE_{name}", default)


def whole_number(name: str, default: str) -> int:
    """A setting that is a whole number from 0 on.

    Raises:
        ConfigurationError: it is not.
    """
    text = setting(name, default)
    if not (text.isascii() and text.isdecimal()):
        raise ConfigurationError(f"LEADLINE_{name} is {text!r}.", advice="Give a whole number, such as 365.")
    return int(text)


def hour_of_day(name: str, default: str) -> int | None:
    """A setting that is an hour from 0 to 23, or "off": None.

    Raises:
        ConfigurationError: it is neither.
    """
    text = setting(name, default).strip().lower()
    if text == "off":
        return None
    if text.isascii() and text.isdecimal() and int(text) < 24:
        return int(text)
    raise ConfigurationError(f"LEADLINE_{name} is {text!r}.", advice="Give an hour from 0 to 23, or off.")


def seconds_of_hours(name: str, default: str) -> int:
    """A setting that is a number of hours, from a quarter of one to a year; in seconds.

    Raises:
        ConfigurationError: it is not.
    """
    advice = "Give hours from 0.25 on, such as 12 or 0.5."
    return int(_number(name, default, LEAST_HOURS, YEAR_HOURS, advice) * HOUR_SECONDS)


def currency(name: str, default: str) -> str:
    """A setting that is an ISO 4217 code.

    Raises:
        ConfigurationError: it can't be one.
    """
    text = setting(name, default)
    if not re.fullmatch("[A-Z]{3}", text):
        raise ConfigurationError(f"LEADLINE_{name} is {text!r}.", advice="Give a currency's code, such as EUR.")
    return text


def time_zone(name: str, default: str) -> str:
    """A setting that is the IANA name of a time zone.

    Raises:
        ConfigurationError: there is none of that name.
    """
    text = setting(name, default)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        advice = "Give the name of a time zone, such as Asia/Manila."
        raise ConfigurationError(f"LEADLINE_{name} is {text!r}.", advice=advice) from error
    return text


def share(name: str, default: str) -> float:
    """A setting that is a part of a whole, from 0 to 1.

    Raises:
        ConfigurationError: it is not.
    """
    return _number(name, default, 0, 1, "Give a number from 0 to 1, such as 0.1.")


def _number(name: str, default: str, least: float, most: float, advice: str) -> float:
    text = setting(name, default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan  # in no range
    if not least <= value <= most:
        raise ConfigurationError(f"LEADLINE_{name} is {text!r}.", advice=advice)
    return value


def data_folder() -> Path:
    """Where everything of this installation lies."""
    return Path(setting("DATA", "data")).resolve()
