"""The examples of a document: checked here for what they name, run by `qualification/examples.py`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from leadline.kernel.clock import from_micros
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.faults import fault, known, nearest
from leadline.scoring.reading import Reading
from leadline.scoring.ruleset import DIMENSIONS, Example
from leadline.scoring.sales_entries import MOST_DAYS_AGO, BoundsEntry, ExampleEntry, ExampleEventEntry
from leadline.tracking.moments import BadTimestampError, parse_micros

EXAMPLE_DAY = date(2026, 3, 1)
"""The day of an example that names none: its events only say how many days before."""
NOON = time(12, tzinfo=UTC)
STAGES = (
    "initial_engagement",
    "profile_development",
    "conversion_signals",
    "qualified",
    "customer",
    "disqualified",
    "recycled",
)
NUMBERS = ("total", "fit", *DIMENSIONS)
WORDS = ("grade", "stage", "disqualified")
Expected = bool | int | float | str | BoundsEntry


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an expectation may name: the ruleset's factors, grades and disqualifications."""

    factors: Sequence[str]
    grades: Sequence[str]
    disqualifications: Sequence[str]


def read_examples(document: DocumentEntry, words: Vocabulary, reading: Reading) -> tuple[Example, ...]:
    """The examples, in the document's order."""
    read = []
    for name, entry in document.examples.items():
        with reading.entry():
            read.append(_example(name, entry, words))
    return tuple(read)


def _example(name: str, entry: ExampleEntry, words: Vocabulary) -> Example:
    at = f"examples.{name}"
    day = _day(entry, at)
    events = [_message(each, day, f"{at}.events[{number}]") for number, each in enumerate(entry.events)]
    history = {"as_of": day, "events": events, "traits": dict(entry.traits)}
    return Example(name, history, dict(_expectations(entry.expect, words, f"{at}.expect")))


def _day(entry: ExampleEntry, at: str) -> date:
    try:
        return date.fromisoformat(entry.as_of) if entry.as_of else EXAMPLE_DAY
    except ValueError:
        raise fault(f"{at}.as_of", f"{entry.as_of!r} is no day.", "Write such as 2026-03-01.") from None


def _message(entry: ExampleEventEntry, day: date, at: str) -> dict[str, Any]:
    """The Segment message of an event."""
    if entry.type == "track" and not entry.event.strip():
        raise fault(f"{at}.event", "a track message needs the name of its event.")
    if bool(entry.timestamp) == (entry.days_ago is not None):
        raise fault(at, "an event has either days_ago or a timestamp.")
    given = {name: value for name, value in msgspec.to_builtins(entry).items() if value not in ("", {}, None)}
    moment = _moment(entry, day, at)
    return {"type": entry.type, **{k: v for k, v in given.items() if k != "days_ago"}, "timestamp": moment}


def _moment(entry: ExampleEventEntry, day: date, at: str) -> str:
    if entry.days_ago is not None:
        return (datetime.combine(day, NOON) - timedelta(days=entry.days_ago)).isoformat()
    try:
        moment = from_micros(parse_micros(entry.timestamp))
    except BadTimestampError as error:
        raise fault(f"{at}.timestamp", f"{error}.", "Write such as 2026-03-01T09:30:00Z.") from None
    if moment.date() < day - timedelta(days=MOST_DAYS_AGO):
        raise fault(f"{at}.timestamp", f"this is more than {MOST_DAYS_AGO} days before {day}.")
    return moment.isoformat()


def _expectations(expect: Mapping[str, Expected], words: Vocabulary, at: str) -> Iterator[tuple[str, object]]:
    names = (*NUMBERS, *WORDS, *words.factors)
    for name, value in expect.items():
        known(f"{at}.{name}", "expectation", name, names)
        yield name, _word(name, value, words, f"{at}.{name}") if name in WORDS else _number(value, f"{at}.{name}")


def _number(value: Expected, at: str) -> object:
    if isinstance(value, BoundsEntry):
        bounds = {k: v for k, v in (("at_least", value.at_least), ("at_most", value.at_most)) if v is not None}
        if not bounds:
            raise fault(at, "bounds need at_least or at_most.")
        return bounds
    if isinstance(value, bool | str):
        raise fault(at, "this is expected to be a number, or {at_least, at_most}.")
    return value


def _word(name: str, value: Expected, words: Vocabulary, at: str) -> object:
    if name == "disqualified" and isinstance(value, bool):
        return value
    valid = {"grade": words.grades, "stage": STAGES, "disqualified": words.disqualifications}[name]
    if not isinstance(value, str) or value not in valid:
        told = f"{value!r}" if isinstance(value, str) else "this"
        raise fault(at, f"{told} is no {name.replace('disqualified', 'disqualification')}.", nearest(str(value), valid))
    return value
