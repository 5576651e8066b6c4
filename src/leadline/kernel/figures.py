"""Numbers with the signs of a reader's locale. Everything is written as English does, and told at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands before the decimals and between groups of three digits."""

    decimal: str = "."
    group: str = ","


ENGLISH = Signs()
_signs: ContextVar[Signs] = ContextVar("signs", default=ENGLISH)


def localised(number: str) -> str:
    """A number as English writes it ("1,234.5"), with the signs that hold here. Words stay as they are only if they
    have no comma and no full stop: give numbers alone."""
    signs = _signs.get()
    if signs == ENGLISH:
        return number
    return number.translate({ord(","): signs.group, ord("."): signs.decimal})


def grouped(number: float | Decimal, places: int = 0) -> str:
    """A number with separators and so many decimals."""
    return localised(f"{number:,.{places}f}")


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 seat", "4 seats", "3 people"."""
    return f"{grouped(count)} {noun if count == 1 else plural or noun + 's'}"


@contextmanager
def written_with(signs: Signs) -> Iterator[None]:
    """Numbers are written with these signs inside."""
    token = _signs.set(signs)
    try:
        yield
    finally:
        _signs.reset(token)
