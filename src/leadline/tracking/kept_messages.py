"""Whole messages that are kept sealed: whose they are can only be told by opening each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from leadline.kernel.clock import from_micros
from leadline.privacy.kinds import Subject
from leadline.privacy.rows import deleted
from leadline.tracking.models import QuarantinedMessage, ViolationTally
from leadline.tracking.quarantine import UNDECODABLE

SEALED = {QuarantinedMessage: ("body", "headers", "repair"), ViolationTally: ("example",)}
BATCH = 500
REMOVED = {"erased": True}
"""Stands in for an example whose person was erased: the tally itself is about nobody."""
TELLING = 16
"""Names of so many characters, and e-mail addresses, are nobody else's also inside a longer text, such as a URL."""


@dataclass(frozen=True, slots=True)
class NameSearch:
    """Finds a person's names in messages: as whole values, and inside longer texts those that can't be another's.

    Attributes:
        whole: in small letters.
        inside: matches any of those that are found inside a text; None when there are none.
    """

    whole: frozenset[str]
    inside: re.Pattern[str] | None

    @classmethod
    def of(cls, subject: Subject) -> "NameSearch":
        """The search for somebody."""
        whole = frozenset(value.strip().lower() for _, value in subject.names if value.strip())
        telling = sorted(value for value in whole if "@" in value or len(value) >= TELLING)
        pattern = "|".join(map(re.escape, telling))
        return cls(whole, re.compile(rf"(?<![\w.+-])(?:{pattern})(?![\w-])") if telling else None)

    def finds(self, value: object) -> bool:
        """Whether a JSON value holds one of the names, at any depth."""
        return any(self._in_text(text) for text in texts_in(value))

    def _in_text(self, text: str) -> bool:
        return text in self.whole or (self.inside is not None and self.inside.search(text) is not None)


def texts_in(value: object) -> Iterator[str]:
    """Every text and number in a JSON value, in small letters, also the names of fields."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
            waiting += _undecodable(each.get(UNDECODABLE))
        elif isinstance(each, list | tuple):
            waiting += each
        elif isinstance(each, str | int | float):
            yield str(each).strip().lower()


def _undecodable(value: object) -> list[str]:
    """The text of a body that was no JSON; a client's own field of that name is nothing but a field."""
    try:
        return [bytes.fromhex(value).decode("utf-8", "replace")] if isinstance(value, str) else []
    except ValueError:
        return []


def moment(micros: int) -> str:
    """Microseconds since 1970 as ISO 8601."""
    return from_micros(micros).isoformat()


def messages_of(model: Any, subject: Subject) -> "QuerySet[Any]":
    """The kept messages that hold one of the person's names."""
    search = NameSearch.of(subject)
    numbers = [row.pk for row in _opened(model) if _found(row, SEALED[model], search)] if search.whole else []
    found: QuerySet[Any] = model.objects.filter(pk__in=numbers)
    return found


def erase(subject: Subject) -> int:
    """Delete the quarantined messages, and empty the examples."""
    gone = deleted(messages_of(QuarantinedMessage, subject))
    return gone + int(messages_of(ViolationTally, subject).update(example=REMOVED))


def _found(row: Any, fields: tuple[str, ...], search: NameSearch) -> bool:
    return any(search.finds(getattr(row, field)) for field in fields)


def _opened(model: Any) -> Iterator[Any]:
    """Every row with what is sealed in it, some at a time: they may be many."""
    rows: Iterator[Any] = model.objects.only("pk", *SEALED[model]).order_by("pk").iterator(chunk_size=BATCH)
    return rows
