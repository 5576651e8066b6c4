"""Keyset paging: a page continues after the last row that was shown, whatever was added meanwhile."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model, Q, QuerySet

from leadline.kernel.clock import from_micros, to_micros
from leadline.web.sealed_search import opened, sealed

PAGE = 50
COUNT_CAP = 10_000
MOMENT, TEXT = "t", "s"
WORD = re.compile(r"t[0-9]{1,16}|s(?:(?!00)[0-9a-f]{2}){0,800}|[0-9]{1,18}")

Value = int | datetime | str

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows and the cursor of what follows them; an empty cursor means that nothing does."""

    rows: Sequence[Row]
    next_cursor: str


def page_after(queryset: QuerySet[Row], keys: Sequence[str], cursor: str, size: int = PAGE) -> Page[Row]:
    """The rows after `cursor`, ordered by `keys`.

    Args:
        keys: fields or annotations, in order; "-" in front means descending. Whole numbers from 0 on, moments
            or texts; together unique.
        cursor: what an earlier page gave; empty for the first page.

    Raises:
        BadRequest: the cursor was not made by an earlier page.
    """
    ordered = queryset.order_by(*keys)
    if cursor:
        ordered = ordered.filter(_beyond(keys, parse_cursor(cursor, len(keys))))
    found = list(ordered[: size + 1])
    shown = found[:size]
    return Page(shown, make_cursor(shown[-1], keys) if len(found) > size else "")


def make_cursor(row: Model, keys: Sequence[str]) -> str:
    """A row's place, for the address of the next page."""
    return "-".join(_text(getattr(row, key.lstrip("-"))) for key in keys)


def parse_cursor(cursor: str, length: int) -> list[Value]:
    """The inverse of `make_cursor`.

    Raises:
        BadRequest: it is none.
    """
    words = cursor.split("-")
    if len(words) == length and all(WORD.fullmatch(word) for word in words):
        with suppress(ValueError):  # digits that are no text
            return [_value(word) for word in words]
    raise BadRequest("The address names a page that does not exist.")


def capped_count(queryset: QuerySet[Row], cap: int = COUNT_CAP) -> int:
    """How many rows there are; one more than the cap stands for any number above it."""
    return queryset.order_by()[: cap + 1].count()


def _value(word: str) -> Value:
    if word.startswith(TEXT):
        return opened(bytes.fromhex(word[1:]).decode())
    return from_micros(int(word[1:])) if word.startswith(MOMENT) else int(word)


def _text(value: Value) -> str:
    if isinstance(value, str):  # sealed, since it may name somebody; in digits, since it may have what separates words
        return f"{TEXT}{sealed(value).encode().hex()}"
    return f"{MOMENT}{to_micros(value)}" if isinstance(value, datetime) else str(value)


def _beyond(keys: Sequence[str], values: Sequence[Value]) -> Q:
    """Strictly after these values: greater in the first key, or equal there and after in the rest."""
    key, value = keys[0], values[0]
    name = key.lstrip("-")
    further = Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
    return further | Q(**{name: value}) & _beyond(keys[1:], values[1:]) if keys[1:] else further
