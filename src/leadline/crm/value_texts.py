"""Values as a person reads them, and as numbers and moments. Pure, and never raises: what can't be read is nothing.

Texts come out such that JSON, XML and PostgreSQL take them: no control characters, no halves of characters.
"""

import unicodedata
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, DecimalException, localcontext

from leadline.crm.records import Value

DIGITS = 60
"""Decimal arithmetic is exact within so many; a number that needs more is none of a CRM's."""
LONGEST = 100_000
"""Characters of a text: more than any CRM takes."""
YES, NO = "yes", "no"


def cleaned(text: str) -> str:
    """Without what JSON or a database refuses, and without blanks around it."""
    if text.isprintable() and len(text) <= LONGEST:
        return text.strip()
    kept = "".join(each for each in text[:LONGEST] if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))
    return kept.strip()


def text_of(value: object) -> str:
    """A value as a person reads it: 12.5, 2026-11-22, "2026-11-22 14:03 UTC"; empty for nothing."""
    if value is None or isinstance(value, str):
        return cleaned(value or "")
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        moment = in_zone(value, UTC)
        return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else ""
    if isinstance(value, int | Decimal | float):
        number = number_of(value)
        return "" if number is None else _digits(number)
    return value.isoformat() if isinstance(value, date) else cleaned(str(value))


def number_of(value: object) -> Decimal | None:
    """A value as a number; None when it is none, or not a finite one."""
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | float):
        return None
    try:
        with localcontext(prec=DIGITS):
            number = Decimal(str(value)) if isinstance(value, float) else +Decimal(value)
    except (DecimalException, ValueError, OverflowError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= DIGITS else None


def sound(value: object) -> Value:
    """A value such that every CRM can be told it: texts cleaned, moments aware, numbers finite; else nothing."""
    if isinstance(value, datetime):
        return in_zone(value, UTC)
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, int | Decimal | float):
        number = number_of(value)
        return None if number is None else whole_if_so(number)
    return text_of(value) or None


def in_zone(value: datetime, zone: tzinfo) -> datetime | None:
    """A moment there; one without a zone is UTC. None at the ends of time, where another zone's day does not exist."""
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def whole_if_so(number: Decimal) -> int | Decimal:
    """An int where there are no decimals."""
    return int(number) if number == number.to_integral_value() else number


def _digits(number: Decimal) -> str:
    """Without an exponent, and without noughts behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
