"""What a report can be asked: named parameters, written as texts in addresses, on the command line and in JSON alike.

Pages make their filters of these, the command line its options and the API its query, so that all ask the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.periods import Grain, Period, local_today, parse_period
from leadline.analytics.steps import parse_steps

DURATION = re.compile(r"([1-9][0-9]{0,3})([hdw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
WHOLE = re.compile(r"[0-9]{1,9}")


class ParameterKind(StrEnum):
    """How a parameter's text is read, and which control a page shows for it."""

    PERIOD = "period"
    GRAIN = "grain"
    ZONE = "zone"
    CHOICE = "choice"
    WHOLE = "whole"
    DURATION = "duration"
    TEXT = "text"
    LIST = "list"  # separated by commas
    STEPS = "steps"  # separated by ">"
    SEGMENT = "segment"  # whom it is about: "channel=Paid search,grade=A"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be asked.

    Attributes:
        label: the words before a page's control: "over", "by".
        help: a line for the command line and the API's description.
        choices: (value, words) of a CHOICE.
        suggests: what a page offers to choose from besides free text: "events", "conversions", "channels", "metrics".
        cleared: what an emptied control of a page asks, where that is something else than the default: "none".
    """

    name: str
    kind: ParameterKind
    default: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    suggests: str = ""
    cleared: str = ""


PERIOD = Parameter("period", ParameterKind.PERIOD, "30d", "over", "30d, 12w, 6m or 2026-05-01..2026-05-31.")
ZONE = Parameter("zone", ParameterKind.ZONE, "", "in", "The time zone of days, an IANA name; the installation's.")
SEGMENT = Parameter("segment", ParameterKind.SEGMENT, "", "of", "Only these people: channel=Paid search,grade=A.")


def grain(default: str = "week") -> Parameter:
    """The length of a bucket."""
    choices = tuple((each.value, each.value) for each in Grain)
    return Parameter("grain", ParameterKind.GRAIN, default, "each", "day, week or month.", choices)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked, checked. `texts` are complete and canonical; `values` are what they mean."""

    texts: Mapping[str, str]
    values: Mapping[str, Any] = field(compare=False)
    period: Period

    def text(self, name: str) -> str:
        """A CHOICE, TEXT or SEGMENT."""
        return str(self.values[name])

    def whole(self, name: str) -> int:
        """A WHOLE number."""
        return int(self.values[name])

    def list(self, name: str) -> tuple[str, ...]:
        """A LIST or STEPS, its parts."""
        return tuple(self.values[name])

    def duration(self, name: str) -> timedelta:
        """A DURATION."""
        found = self.values[name]
        if not isinstance(found, timedelta):
            raise TypeError(f"{name} is no duration")
        return found

    @property
    def grain(self) -> Grain:
        """The length of a bucket."""
        return Grain(self.values["grain"])

    @property
    def zone(self) -> str:
        """The zone of days."""
        return self.period.zone


def read_wanted(
    parameters: Sequence[Parameter], given: Mapping[str, str], now: datetime, reporting_zone: str = "UTC"
) -> Wanted:
    """What the texts ask for; what is left out has its default.

    Raises:
        ParameterError: a text can't be read, or there is no such parameter.
    """
    known = {parameter.name for parameter in (PERIOD, ZONE, *parameters)}
    if unknown := sorted(set(given) - known):
        raise ParameterError(f"There is no parameter {unknown[0]!r}.", advice=f"There are: {', '.join(sorted(known))}.")
    zone = _zone(given.get("zone", "") or reporting_zone)
    texts = {each.name: str(given.get(each.name) or each.default).strip() for each in parameters} | {"zone": zone}
    period = texts.setdefault("period", given.get("period", "") or PERIOD.default)
    values = {each.name: _read(each, texts[each.name]) for each in parameters}
    return Wanted(texts, values, parse_period(period, local_today(now, zone), zone))


def _read(parameter: Parameter, text: str) -> object:
    match parameter.kind:
        case ParameterKind.CHOICE | ParameterKind.GRAIN:
            return _choice(parameter, text)
        case ParameterKind.WHOLE:
            return _whole(parameter, text)
        case ParameterKind.DURATION:
            return _duration(parameter, text)
        case ParameterKind.LIST:
            return _parts(text.split(","))
        case ParameterKind.STEPS:
            return tuple(step.text for step in parse_steps(_parts(text.split(">"))))
        case _:
            return text


def _parts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in texts if part.strip())


def _choice(parameter: Parameter, text: str) -> str:
    allowed = [value for value, _ in parameter.choices]
    if text not in allowed:
        raise ParameterError(
            f"can't be {text!r}.", advice=f"Use {', '.join(filter(None, allowed))}.", parameter=parameter.name
        )
    return text


def _whole(parameter: Parameter, text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise ParameterError(f"must be a whole number, not {text!r}.", parameter=parameter.name)
    return int(text)


def _duration(parameter: Parameter, text: str) -> timedelta:
    if not (found := DURATION.fullmatch(text)):
        raise ParameterError(f"can't be {text!r}.", advice="Use 12h, 7d or 2w.", parameter=parameter.name)
    return int(found[1]) * UNITS[found[2]]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ParameterError(f"There is no time zone {name!r}.", advice="Use a name such as Asia/Manila.") from error
    return name
