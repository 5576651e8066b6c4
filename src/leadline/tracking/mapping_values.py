"""Cells of tables as values of messages: numbers, booleans, lists, e-mail addresses, times.

A cell that is not what it should be stays as it came: the tracking plan then says what is wrong with it, and the
message waits whole in quarantine. Nothing is guessed.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

import msgspec

from leadline.kernel.clock import EPOCH

KINDS = ("string", "number", "integer", "boolean", "list", "json", "email")
PLANNED_KINDS: Mapping[str, str] = {
    "string": "string",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "list": "list",
    "object": "json",
}
"""The kind that a property of this type in a tracking plan needs."""
EPOCHS: Mapping[str, int] = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Microseconds in one unit of a number since 1970."""
ISO = "iso"
BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "1.0"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "0.0"), False),
}
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:[, '\u2019\u00a0\u202f]\d{3})+(?:\.\d*)?"),
    ",": re.compile(r"[+-]?\d{1,3}(?:[. '\u2019\u00a0\u202f]\d{3})+(?:,\d*)?"),
}
GROUP_SIGNS = {mark: str.maketrans("", "", " '\u2019\u00a0\u202f" + other) for mark, other in ((".", ","), (",", "."))}
CURRENCY = re.compile(r"^([+-]?)\s*(?:[A-Z]{3}|[^\w\s.,+-]{1,3})\s*(?=\d)|(?<=\d)\s*(?:[A-Z]{3}|[^\w\s.,+-]{1,3})$")
"""A sign or a code of a currency before or behind a number."""
LONGEST_NUMBER = 40
WHOLE = range(-(2**63), 2**63)
"""A larger number stays text: JSON's readers would round it."""
AS_THEY_ARE = frozenset((str, int, bool, type(None)))
"""Types that need no look: most cells are text."""
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\s@<>()\[\],;:\"'.]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How a column is written: what separates the items of a list, and which sign is a number's decimal one."""

    separator: str = ";"
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """How a column of times is written.

    Attributes:
        formats: tried in turn: "iso", one of `EPOCHS`, or one of strptime.
        zone: of times that name none.
    """

    formats: tuple[str, ...] = (ISO,)
    zone: tzinfo = UTC


PLAIN_STYLE = Style()


def is_empty(cell: object) -> bool:
    """Whether a cell says nothing: missing, or blank text."""
    return cell is None or cell == "" or (type(cell) is str and cell.isspace())


def typed(cell: object, kind: str, style: Style = PLAIN_STYLE) -> object:
    """A cell that is not empty as a value of a kind, or as it came when it is none; "" leaves it as it is."""
    convert = _CONVERSIONS.get(kind)
    return plain(cell) if convert is None else convert(cell, style)


def plain(cell: object) -> object:
    """A value that JSON takes: times as ISO 8601, decimals as numbers, bytes as text."""
    if type(cell) in AS_THEY_ARE:
        return cell
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=UTC)).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return _number(str(cell), PLAIN_STYLE)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, Mapping):
        return {str(key): plain(value) for key, value in cell.items()}
    return [plain(item) for item in cell] if isinstance(cell, list | tuple) else cell


def timestamp(cell: object, style: TimeStyle) -> object:
    """A cell as an ISO 8601 timestamp with a zone, or as it came when no format fits."""
    if isinstance(cell, datetime):
        return _zoned(cell, style.zone).isoformat()
    if isinstance(cell, date):
        return _zoned(datetime(cell.year, cell.month, cell.day), style.zone).isoformat()  # noqa: DTZ001  # zoned here
    text = str(plain(cell)).strip()
    for each in style.formats:
        try:
            return _moment(text, each, style.zone)
        except (ValueError, OverflowError):
            continue
    return text


def _moment(text: str, form: str, zone: tzinfo) -> str:
    if form == ISO:
        moment = datetime.fromisoformat(text)
        return text if moment.tzinfo else _zoned(moment, zone).isoformat()
    if form in EPOCHS:
        return (EPOCH + timedelta(microseconds=int(Decimal(_digits(text)) * EPOCHS[form]))).isoformat()
    return _zoned(datetime.strptime(text, form), zone).isoformat()  # noqa: DTZ007  # zoned here


def _digits(text: str) -> str:
    if not PLAIN.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(text)
    return text


def _zoned(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _string(cell: object, style: Style) -> object:  # noqa: ARG001  # the signature of a conversion
    value = plain(cell)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # numbers of a column with gaps become floats on their way through many tools
    return value if value is None else msgspec.json.encode(value).decode()


def _number(cell: object, style: Style) -> object:
    value = cell if isinstance(cell, str) else plain(cell)
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        return value
    text = _bare(value.strip(), style.decimal)
    if not PLAIN.fullmatch(text):
        return value
    if text.lstrip("+-").isdecimal():
        return number if (number := int(text)) in WHOLE else value
    real = float(text)
    return real if math.isfinite(real) else value


def _bare(text: str, decimal: str) -> str:
    """A number's text without currency and grouping, its decimal sign a point."""
    bare = CURRENCY.sub(r"\1", text).strip()
    if GROUPED[decimal].fullmatch(bare):
        bare = bare.translate(GROUP_SIGNS[decimal])
    return bare.replace(",", ".") if decimal == "," and "." not in bare else bare


def _integer(cell: object, style: Style) -> object:
    number = _number(cell, style)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _boolean(cell: object, style: Style) -> object:  # noqa: ARG001  # the signature of a conversion
    value = plain(cell)
    return value if isinstance(value, bool) else BOOLEANS.get(str(value).strip().lower(), value)


def _list(cell: object, style: Style) -> object:
    value = plain(cell)
    if not isinstance(value, str):
        return value if isinstance(value, list) else [value]
    if value.lstrip().startswith("[") and isinstance(found := _json(value, style), list):
        return found
    return [part for item in value.split(style.separator) if (part := item.strip())]


def _json(cell: object, style: Style) -> object:  # noqa: ARG001  # the signature of a conversion
    if not isinstance(cell, str):
        return plain(cell)
    try:
        return msgspec.json.decode(cell)
    except (msgspec.MsgspecError, RecursionError):
        return cell


def _email(cell: object, style: Style) -> object:  # noqa: ARG001  # the signature of a conversion
    """The first address in a text such as "Jane Doe (jane@acme.example); John"."""
    found = ADDRESS.search(str(plain(cell)))
    return found[0].lower() if found else None


_CONVERSIONS: Mapping[str, Callable[[object, Style], object]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "list": _list,
    "json": _json,
    "email": _email,
}
