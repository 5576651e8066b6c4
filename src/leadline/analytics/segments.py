"""Segments: whom a list or a report is about, as a text that fits into an address. Pure.

"channel=Paid search|Direct,total>=55,last_seen<7d": conditions, all of which must hold, separated by commas; of values
separated by bars one must be met. An empty value stands for none: "owner=" is whom nobody owns. A backslash takes the
meaning from the character that follows. `eventstore/segments.py` makes SQL of it.

Moments are compared with a day (of the segment's zone): "qualified_at>=2026-05-01"; or by how long ago they are:
"last_seen<7d" is within the last seven days, "last_seen>30d" longer ago than thirty.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.segment_fields import FIELDS, Field, FieldKind
from leadline.kernel.errors import LeadlineError
from leadline.qualification.countries import country_name

Value = str | int | Decimal | bool | date | timedelta
MICRO = 1_000_000
MOST_CHARACTERS = 2_000
CONDITION = re.compile(r"\s*([a-z_]+)\s*(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
WHOLE = re.compile(r"[0-9]{1,15}")
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
SPAN = re.compile(r"([0-9]{1,4})([hdw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
WORDS = {"yes": True, "no": False}
SPECIAL = re.compile(r"([\\,|])")


class Operator(StrEnum):
    """How a field is compared with its values."""

    IS = "="
    IS_NOT = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"


EQUALITY = (Operator.IS, Operator.IS_NOT)
OPERATORS = {
    FieldKind.TEXT: EQUALITY,
    FieldKind.CHOICE: EQUALITY,
    FieldKind.COUNTRY: EQUALITY,
    FieldKind.FLAG: (Operator.IS,),
    FieldKind.WHOLE: tuple(Operator),
    FieldKind.POINTS: tuple(Operator),
    FieldKind.MONEY: tuple(Operator),
    FieldKind.MOMENT: tuple(Operator),
}
"""What each kind of field can be compared by; a MOMENT by = and != only with the empty value: whether it ever was."""


class SegmentError(ParameterError):
    """A segment's text can't be read."""

    code = "segment"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `values` are canonical texts; only IS and IS_NOT have several."""

    field: Field
    operator: Operator
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is written in a segment."""
        return f"{self.field.name}{self.operator}{'|'.join(map(_escaped, self.values))}"

    @property
    def meant(self) -> tuple[Value | None, ...]:
        """The values as what they mean: scores as millionths; None stands for none."""
        return tuple(_meant(self.field, value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Segment:
    """Conditions that must all hold; without any it is everybody.

    Attributes:
        zone: of its days, an IANA name.
    """

    conditions: tuple[Condition, ...] = ()
    zone: str = "UTC"

    @property
    def text(self) -> str:
        """The canonical text: read again, it is the same segment."""
        return ",".join(condition.text for condition in self.conditions)

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def of(self, field: str) -> tuple[Condition, ...]:
        """The conditions on a field."""
        return tuple(each for each in self.conditions if each.field.name == field)

    def without(self, *fields: str) -> "Segment":
        """The same segment with no condition on these fields."""
        return replace(self, conditions=tuple(each for each in self.conditions if each.field.name not in fields))

    def also(self, *conditions: Condition) -> "Segment":
        """With further conditions."""
        return replace(self, conditions=tuple(dict.fromkeys((*self.conditions, *conditions))))


EVERYBODY = Segment()


def parse_segment(text: str, zone: str = "UTC") -> Segment:
    """Read a segment whose days are those of a zone.

    Raises:
        SegmentError: it can't be read; the advice says what can be asked.
    """
    if len(text) > MOST_CHARACTERS:
        raise SegmentError(f"A segment has {MOST_CHARACTERS:,} characters at most.", advice="Ask for less at once.")
    return Segment(zone=zone).also(*map(parse_condition, _conditions(text)))


def faults(text: str) -> list[str]:
    """Everything that is wrong with a segment's text, each with what to do; nothing when it can be read."""
    found = []
    for part in _conditions(text):
        try:
            parse_condition(part)
        except LeadlineError as error:
            found.append(str(error))
    return found


def parse_condition(text: str) -> Condition:
    """Read one comparison.

    Raises:
        SegmentError: it can't be read.
    """
    found = CONDITION.fullmatch(text)
    if not found:
        raise SegmentError(
            f"{text.strip()!r} is no condition.", advice="Write stage=qualified, total>=55, last_seen<7d."
        )
    name, operator, rest = found.groups()
    return condition(name, Operator(operator), (_plain(part) for part in _split(rest, "|")))


def condition(name: str, operator: Operator, values: Iterable[str]) -> Condition:
    """A comparison from its parts, as a page's control gives them.

    Raises:
        SegmentError: there is no such field, or it can't be compared so.
    """
    if (field := FIELDS.get(name)) is None:
        raise SegmentError(f"There is no field {name!r}.", advice=f"There are: {', '.join(FIELDS)}.")
    if operator not in OPERATORS[field.kind]:
        allowed = " ".join(OPERATORS[field.kind])
        raise SegmentError(f"{name} can't be compared by {operator}.", advice=f"It can be compared by {allowed}")
    canonical = tuple(dict.fromkeys(_canonical(field, operator, value.strip()) for value in values))
    if operator not in EQUALITY and len(canonical) > 1:
        raise SegmentError(
            f"{name} can be compared with one value by {operator}.", advice=f"Write {name}={'|'.join(canonical)}."
        )
    return Condition(field, operator, canonical)


def _conditions(text: str) -> Iterator[str]:
    return (part for part in _split(text, ",") if part.strip())


def _canonical(field: Field, operator: Operator, value: str) -> str:
    if not value:
        return _none(field, operator)
    match field.kind:
        case FieldKind.CHOICE:
            return _choice(field, value)
        case FieldKind.COUNTRY:
            return country_name(value)
        case FieldKind.FLAG:
            return _checked(field, value.lower(), value.lower() in WORDS, "yes or no")
        case FieldKind.WHOLE:
            return _checked(field, value.lstrip("0") or "0", WHOLE.fullmatch(value), "a whole number")
        case FieldKind.POINTS | FieldKind.MONEY:
            return _checked(field, value, NUMBER.fullmatch(value), "a number such as 55 or 54.5") and _number(value)
        case FieldKind.MOMENT:
            return _moment(field, operator, value)
        case _:
            return value


def _none(field: Field, operator: Operator) -> str:
    if operator not in EQUALITY or field.kind in (FieldKind.FLAG, FieldKind.CHOICE):
        example = field.choices[0][0] if field.choices else "yes or no" if field.kind is FieldKind.FLAG else "a value"
        raise SegmentError(f"{field.name}{operator} needs a value.", advice=f"Give {example}.")
    return ""


def _choice(field: Field, value: str) -> str:
    known = {words.lower(): each for each, words in field.choices} | {each: each for each, _ in field.choices}
    allowed = ", ".join(each for each, _ in field.choices)
    return known.get(value.lower()) or _checked(field, value, None, f"one of {allowed}")


def _moment(field: Field, operator: Operator, value: str) -> str:
    if operator in EQUALITY:
        raise SegmentError(
            f"{field.name}{operator} takes no day.", advice=f"Write {field.name}>=2026-05-01, {field.name}<7d."
        )
    if SPAN.fullmatch(value):
        return value.lstrip("0") if value.lstrip("0")[0].isdigit() else "0h"
    return _checked(field, value, _is_day(value), "a day such as 2026-05-01, or how long ago: 12h, 7d, 4w")


def _checked(field: Field, value: str, good: object, allowed: str) -> str:
    if not good:
        raise SegmentError(f"{field.name} can't be {value!r}.", advice=f"It is {allowed}.")
    return value


def _is_day(value: str) -> bool:
    try:
        return len(value) == len("2026-05-01") and date.fromisoformat(value) < date.max  # which has no day after it
    except ValueError:
        return False


def _number(value: str) -> str:
    number = Decimal(value)
    return f"{number.normalize():f}" if number else "0"


def _meant(field: Field, value: str) -> Value | None:
    if not value:
        return None
    match field.kind:
        case FieldKind.FLAG:
            return WORDS[value]
        case FieldKind.WHOLE:
            return int(value)
        case FieldKind.POINTS:
            return int(Decimal(value) * MICRO)
        case FieldKind.MONEY:
            return Decimal(value)
        case FieldKind.MOMENT:
            found = SPAN.fullmatch(value)
            return int(found[1]) * UNITS[found[2]] if found else date.fromisoformat(value)
        case _:
            return value


def _split(text: str, mark: str) -> Iterator[str]:
    """The parts between marks that no backslash precedes; backslashes stay."""
    part = ""
    characters = iter(text)
    for character in characters:
        if character == mark:
            yield part
            part = ""
        else:
            part += character + (next(characters, "") if character == "\\" else "")
    yield part


def _escaped(value: str) -> str:
    return SPECIAL.sub(r"\\\1", value)


def _plain(text: str) -> str:
    return re.sub(r"\\(.?)", r"\1", text, flags=re.DOTALL)
