"""Values of fields compared, whichever side and shape they come from: as JSON that can be kept, and as one hash. Pure.

CRMs give back what they were sent in other clothes: 3 as 3.0 or "3", an empty text as nothing, a moment without its
fraction of a second. Two values are alike when they would look the same to a person.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from leadline.crm.records import Value

Plain = str | int | bool | None
"""A value as JSON keeps it: decimals and moments as text, whole numbers as whole numbers."""
HASH_BYTES = 16
NUMBERS = (Decimal, float)


def plain(values: Mapping[str, Value]) -> dict[str, Plain]:
    """Fields as `Link.sent` and `Link.seen` keep them; plain ones stay as they are."""
    return {field: plain_value(value) for field, value in values.items()}


def plain_value(value: Value) -> Plain:
    """One value as JSON keeps it; an empty text is None, as CRMs have it."""
    if isinstance(value, str):
        return _text(value) or None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, NUMBERS):
        return _plain_number(value)
    if isinstance(value, datetime):
        return _moment(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def token(value: Value) -> str:
    """What two values that are alike have in common."""
    kept = plain_value(value)
    if kept is None:
        return ""
    return str(kept).lower() if isinstance(kept, bool) else str(kept)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are the same to a person: 3 and "3", nothing and ""."""
    return (type(one) is type(other) and one == other) or token(one) == token(other)


def is_empty(value: Value) -> bool:
    """Whether there is nothing to see."""
    return token(value) == ""


def hash_of(values: Mapping[str, Value]) -> str:
    """32 hexadecimal digits, the same for fields whose values are alike, in whatever order."""
    tokens = {field: token(value) for field, value in values.items()}
    text = json.dumps(tokens, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=HASH_BYTES).hexdigest()


def _text(value: str) -> str:
    """Without blanks around it, and with line ends of one kind."""
    return value.strip().replace("\r\n", "\n").replace("\r", "\n")


def _plain_number(value: Decimal | float) -> Plain:
    """A whole number when it is one, else its digits without an exponent; what is no number is nothing."""
    if not math.isfinite(value):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = format(exact, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if "." in text else int(text)


def _moment(value: datetime) -> str:
    """UTC, whole seconds: no CRM keeps more of it reliably."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
