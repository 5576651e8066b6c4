"""Whether a mapping fits the CRM that it is for, before anything is sent: fields, types, lengths, choices. Pure.

An error would be refused there, or lost; a warning may be meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from enum import StrEnum

from leadline.crm.local_fields import CONVERSION
from leadline.crm.mapping_terms import FieldRule, StatusWord, SyncMapping
from leadline.crm.records import FieldType, RemoteField
from leadline.crm.value_sources import Template
from leadline.scoring.faults import nearest
from leadline.scoring.ruleset import Ruleset

DEAL = "deal."
"""Fields of the deal, which a CRM's fields of a lead do not have."""
TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINK, FieldType.CHOICE})
NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
TAKES: Mapping[FieldType, frozenset[FieldType]] = {
    FieldType.TEXT: frozenset(FieldType),
    FieldType.LONG_TEXT: frozenset(FieldType),
    FieldType.LINK: TEXTS,
    FieldType.CHOICE: TEXTS,
    FieldType.INTEGER: frozenset({FieldType.INTEGER}),
    FieldType.DECIMAL: NUMBERS,
    FieldType.BOOLEAN: frozenset({FieldType.BOOLEAN}),
    FieldType.DATE: frozenset({FieldType.DATE}),
    FieldType.MOMENT: frozenset({FieldType.MOMENT}),
}
"""What a field of each type can be given."""
MOST_NAMED = 8


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a mapping that the CRM will not take, or that may not be meant.

    Attributes:
        path: inside the document: "fields.phone".
        advice: what to write instead.
    """

    path: str
    message: str
    advice: str = ""
    level: Level = Level.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.message} {self.advice}".strip()

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def problems(
    mapping: SyncMapping,
    remote: Iterable[RemoteField],
    ruleset: Ruleset | None = None,
    statuses: Sequence[str] = (),
) -> tuple[Problem, ...]:
    """All that is wrong with a mapping, errors first; nothing when it fits.

    Args:
        remote: the CRM's fields; none when it does not say what it has, then they are not looked at.
        statuses: the CRM's words for where a lead stands, when they are fixed; none: they are not looked at.
        ruleset: whose grades, conversions and rejections the mapping may name; None: they are not looked at.
    """
    fields = {field.name: field for field in remote}
    found = [*_of_ruleset(mapping, ruleset)] if ruleset else []
    if statuses:
        found += _of_statuses(mapping, statuses)
    if fields:
        for rule in mapping.fields.values():
            found += _of_field(rule, fields)
        found += _not_mapped(mapping, fields)
    return tuple(sorted(found, key=lambda each: each.level is Level.WARNING))


def missing(mapping: SyncMapping, remote: Iterable[RemoteField]) -> tuple[RemoteField, ...]:
    """The mapping's own fields that are not there yet."""
    names = {field.name for field in remote}
    return tuple(field for field in mapping.our_fields if field.name not in names)


def _of_field(rule: FieldRule, fields: Mapping[str, RemoteField]) -> Iterator[Problem]:
    at = f"fields.{rule.name}"
    field = fields.get(rule.name)
    if rule.name.startswith(DEAL):
        return
    if field is None:
        if rule.made is None:
            advice = f"{nearest(rule.name, fields)} Or give it a label: then it is made there."
            yield Problem(at, f"the CRM has no field {rule.name!r}.", advice)
        return
    if not field.writable:
        yield Problem(at, f"{field.label} can only be read.", "Leave it out, or write to another field.")
        return
    yield from _of_type(rule, field, at)


def _of_type(rule: FieldRule, field: RemoteField, at: str) -> Iterator[Problem]:
    if rule.type not in TAKES[field.type]:
        told = f"{field.label} holds {_kind(field.type)}, and {_kind(rule.type)} would be sent."
        yield Problem(at, told, _type_advice(field.type))
        return
    if field.type is FieldType.CHOICE:
        yield from _of_choices(rule, field, at)
    if field.length and field.type in TEXTS and field.type is not FieldType.CHOICE:
        yield from _of_length(rule, field, at)


def _of_choices(rule: FieldRule, field: RemoteField, at: str) -> Iterator[Problem]:
    """Values that can't be chosen there. Values that are not known beforehand can only be warned of."""
    valid = [value for value, _ in field.choices]
    if not valid:
        return
    if not rule.choices:
        advice = f"Translate them with values: {_some(field.choices)}."
        yield Problem(at, f"{field.label} takes a choice, and any text may be sent.", advice, Level.WARNING)
    for value in rule.choices:
        if value not in valid:
            yield Problem(at, f"{value!r} can't be chosen in {field.label}.", _choice_advice(value, field.choices))


def _choice_advice(value: str, choices: Sequence[tuple[str, str]]) -> str:
    """The nearest that can, by value or label; else what there is."""
    by_word = {word.casefold(): chosen for chosen, label in choices for word in (label, chosen)}
    if close := get_close_matches(value.casefold(), list(by_word), n=1):
        return f"Did you mean {by_word[close[0]]!r}? Translate it with values."
    return f"Translate it with values: {_some(choices)}."


def _some(choices: Sequence[tuple[str, str]]) -> str:
    named = [value if value == label else f"{value} ({label})" for value, label in choices[:MOST_NAMED]]
    return f"{', '.join(named)}{', ...' if len(choices) > MOST_NAMED else ''}"


def _of_length(rule: FieldRule, field: RemoteField, at: str) -> Iterator[Problem]:
    """A text that is cut to no more than the field takes is fine; so is one whose values are all short enough."""
    if rule.length > field.length:
        told = f"{field.label} takes {field.length} characters, and {rule.length} may be sent."
        yield Problem(at, told, f"Set truncate: {field.length}.")
    elif not rule.length and rule.type in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINK):
        longest = max((len(each) for each in rule.choices), default=None)
        if longest is not None and longest > field.length:
            told = f"{field.label} takes {field.length} characters, and {longest} would be sent."
            yield Problem(at, told, f"Set truncate: {field.length}.")
        elif longest is None and (isinstance(rule.source, Template) or rule.type is FieldType.LONG_TEXT):
            told = f"{field.label} takes {field.length} characters; a longer text would be refused."
            yield Problem(at, told, f"Set truncate: {field.length}.", Level.WARNING)


def _not_mapped(mapping: SyncMapping, fields: Mapping[str, RemoteField]) -> Iterator[Problem]:
    for field in fields.values():
        rule = mapping.fields.get(field.name)
        if not field.required or not field.writable:
            continue
        if rule is None:
            told = f"{field.label} must have a value there, and the mapping gives it none."
            yield Problem(f"fields.{field.name}", told, "Map it, with a default for leads of whom nothing is known.")
        elif not rule.is_always_filled:
            told = f"{field.label} must have a value there, and some leads have none."
            yield Problem(f"fields.{field.name}", told, "Give it a default.", Level.WARNING)


def _of_statuses(mapping: SyncMapping, statuses: Sequence[str]) -> Iterator[Problem]:
    plain = {status.casefold() for status in statuses}
    for status in mapping.statuses:
        if status.strip().casefold() not in plain:
            told = f"the CRM has no status {status!r}."
            yield Problem(f"status.{status}", told, nearest(status, statuses), Level.WARNING)
    for status in statuses:
        if mapping.statuses and mapping.meaning_of(status) is None:
            told = "leads of this status are left as they are here: the mapping does not say what it means."
            yield Problem(f"status.{status}", told, f"Say {status}: none when that is meant.", Level.WARNING)


def _of_ruleset(mapping: SyncMapping, ruleset: Ruleset) -> Iterator[Problem]:
    """Names that the ruleset in force does not have."""
    grades = [*(band.grade for band in ruleset.grades), ruleset.lowest_grade]
    conversions = [rule.name for rule in ruleset.conversions]
    reasons = [rejection.name for rejection in ruleset.rejections]
    yield from _strange("who.grades", "grade", mapping.who.grades, grades)
    yield from _strange("events", "conversion", sorted(mapping.events.names or ()), conversions)
    for rule in mapping.fields.values():
        named = [name.removeprefix(CONVERSION) for name in rule.source.names if name.startswith(CONVERSION)]
        yield from _strange(f"fields.{rule.name}", "conversion", named, conversions)
    for status, meaning in mapping.statuses.items():
        if meaning.word is StatusWord.REJECTED:
            yield from _strange(f"status.{status}", "rejection", [meaning.reason], reasons)


def _strange(at: str, what: str, names: Iterable[str], valid: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        if name not in valid:
            yield Problem(at, f"the ruleset has no {what} {name!r}.", nearest(name, valid))


def _kind(type_: FieldType) -> str:
    return {
        FieldType.INTEGER: "a whole number",
        FieldType.DECIMAL: "a number",
        FieldType.BOOLEAN: "yes or no",
        FieldType.DATE: "a date",
        FieldType.MOMENT: "a moment",
        FieldType.CHOICE: "a choice",
        FieldType.LINK: "a web address",
    }.get(type_, "text")


def _type_advice(type_: FieldType) -> str:
    if type_ is FieldType.INTEGER:
        return "Round it with number: {round: 0}, or set type: integer."
    return f"Set type: {type_.value}, or map another local field."
