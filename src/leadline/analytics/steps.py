"""What a step of a funnel, a return or an anchor is, read from a line of text. Pure.

Tool Used                         an event of that name
Tool Used{tool=quote-calculator}  with a property; several by commas, alternatives by "|", != for any other value
Page /pricing                     a page; "Page /blog/*" all below, "Page" any
conversion:quote_requested        a conversion of the ruleset
stage:qualified                   entering a stage
any                               any event or page
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadline.analytics.parameter_error import ParameterError
from leadline.qualification.stages import Stage

ADVICE = (
    'Write an event ("Tool Used"), "Tool Used{tool=quote-calculator}", "Page /pricing", "conversion:NAME", '
    '"stage:NAME" or "any".'
)
STEP = re.compile(r"(?P<what>[^{}]+?)\s*(?:\{(?P<where>[^{}]*)\})?")
CONDITION = re.compile(r"\s*(?P<key>[^=!|,]+?)\s*(?P<sign>!?=)\s*(?P<values>.*?)\s*")


class StepSource(StrEnum):
    """Where the occurrences of a step come from."""

    EVENT = "event"
    PAGE = "page"
    CONVERSION = "conversion"
    STAGE = "stage"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class PropertyCondition:
    """A property that has one of these values; negated: none of them, or no value at all."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `name` is the event's, the page's path, the conversion's or the stage's; "" is any."""

    text: str
    source: StepSource
    name: str = ""
    where: tuple[PropertyCondition, ...] = ()


def parse_step(text: str) -> Step:
    """One step from its text.

    Raises:
        ParameterError: it can't be read.
    """
    if not (found := STEP.fullmatch(text.strip())):
        raise ParameterError(f"{text!r} is no step.", advice=ADVICE)
    source, name = _named(found["what"].strip())
    where = tuple(_condition(part) for part in (found["where"] or "").split(",") if part.strip())
    if where and source in (StepSource.CONVERSION, StepSource.STAGE):
        raise ParameterError(f"{text!r} can't have properties.", advice="Events and pages have properties.")
    if source in (StepSource.CONVERSION, StepSource.STAGE) and not name:
        raise ParameterError(f"{text!r} names nothing.", advice=ADVICE)
    if source is StepSource.STAGE and name not in list(Stage):
        raise ParameterError(f"There is no stage {name!r}.", advice=f"There are: {', '.join(Stage)}.")
    return Step(text.strip(), source, name, where)


def parse_steps(texts: Iterable[str]) -> tuple[Step, ...]:
    """Several steps, in order."""
    return tuple(parse_step(text) for text in texts)


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list that is separated by commas; those inside braces belong to their step."""
    return tuple(part for part in map(str.strip, _parts(text)) if part)


def _parts(text: str) -> Iterator[str]:
    depth, begun = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            yield text[begun:place]
            begun = place + 1
    yield text[begun:]


def _named(what: str) -> tuple[StepSource, str]:
    if what == "any":
        return StepSource.ANY, ""
    if what == "Page" or what.startswith("Page /"):
        return StepSource.PAGE, what[5:].strip()
    for source in (StepSource.CONVERSION, StepSource.STAGE):
        if what.startswith(f"{source}:"):
            return source, what.partition(":")[2].strip()
    return StepSource.EVENT, what


def _condition(text: str) -> PropertyCondition:
    if not (found := CONDITION.fullmatch(text)):
        raise ParameterError(f"{text!r} is no condition on a property.", advice="Write property=value.")
    values = tuple(value.strip() for value in found["values"].split("|"))
    return PropertyCondition(found["key"], values, found["sign"] == "!=")
