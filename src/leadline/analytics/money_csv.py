"""Spend and exchange rates as CSV: read whole, every fault told by its line. Pure.

The first line names the columns, in any order; commas or semicolons separate. Days are 2026-05-31, amounts 1234.50.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from leadline.analytics.money import Rate
from leadline.kernel.errors import DocumentError

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"\d{1,12}(\.\d{1,8})?")
CURRENCY = re.compile(r"[A-Z]{3}")
SPEND_COLUMNS = ("day", "channel", "campaign", "amount", "currency")
RATE_COLUMNS = ("currency", "day", "rate")
OPTIONAL = frozenset({"campaign"})
MOST_FAULTS = 20
MOST_LINES = 200_000
LONGEST = {"channel": 60, "campaign": 160}
CENTS = 2

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SpendRow:
    """What a channel, or one campaign of it, cost on a day."""

    day: date
    channel: str
    campaign: str
    amount: Decimal
    currency: str


def read_spend(text: str, reporting: str) -> list[SpendRow]:
    """Spend: day, channel, campaign (may be left out), amount, currency (the reporting one when the column is missing).

    Raises:
        DocumentError: there is a fault; each is told with its line, up to MOST_FAULTS.
    """
    optional = OPTIONAL | {"currency"}
    rows = _read(text, SPEND_COLUMNS, optional, lambda entry, faults: _spend(entry, faults, reporting))
    return _once(rows, lambda row: (row.day, row.channel, row.campaign.lower(), row.currency), "day, channel, campaign")


def read_rates(text: str, reporting: str) -> list[Rate]:
    """Rates: currency, day (it holds from then on), rate (what one unit is worth in the reporting currency).

    Raises:
        DocumentError: as `read_spend`.
    """
    rows = _read(text, RATE_COLUMNS, frozenset(), lambda entry, faults: _rate(entry, faults, reporting))
    return _once(rows, lambda row: (row.currency, row.from_day), "currency and day")


def _read(
    text: str,
    columns: Sequence[str],
    optional: frozenset[str],
    read: Callable[[Mapping[str, str], list[str]], Row | None],
) -> list[tuple[int, Row]]:
    lines = _lines(text)
    names = _names(next(lines, (1, []))[1], columns, optional)
    rows: list[tuple[int, Row]] = []
    faults: list[str] = []
    for number, cells in lines:
        own: list[str] = []
        row = read(dict(zip(names, cells, strict=False)), own) if len(cells) == len(names) else None
        if len(cells) != len(names):
            own = [f"it has {len(cells)} cells where the first line has {len(names)}"]
        faults += [f"Line {number}: {fault}." for fault in own]
        if row is not None and not own:
            rows.append((number, row))
    _raise(faults)
    if not rows:
        raise DocumentError("The file has no lines after its first.", advice=_advice(columns))
    return rows


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty, with their numbers."""
    first = text.removeprefix("\ufeff").lstrip("\r\n").partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=separator)
    try:
        for cells in reader:
            if reader.line_num > MOST_LINES:
                raise DocumentError(f"The file has more than {MOST_LINES:,} lines.", advice="Split it by days.")
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise DocumentError(f"Line {reader.line_num}: {error}.") from error


def _names(cells: Sequence[str], columns: Sequence[str], optional: frozenset[str]) -> list[str]:
    names = [cell.lower() for cell in cells]
    missing = [name for name in columns if name not in names and name not in optional]
    unknown = [name for name in names if name not in columns]
    if missing or unknown or len(set(names)) < len(names):
        told = f"{missing[0]} is missing" if missing else f"{(unknown or names)[0]!r} is unknown or there twice"
        raise DocumentError(f"Line 1 must name the columns: {told}.", advice=_advice(columns))
    return names


def _advice(columns: Sequence[str]) -> str:
    return f"The first line is: {','.join(columns)}"


def _spend(entry: Mapping[str, str], faults: list[str], reporting: str) -> SpendRow | None:
    texts = {name: _text(entry, name, faults) for name in LONGEST}
    if not texts["channel"]:
        faults.append("the channel is missing")
    day, amount = _day(entry["day"], faults), _number(entry["amount"], "amount", CENTS, faults)
    currency = _currency(entry.get("currency", reporting), faults)
    if faults or day is None or amount is None:
        return None
    return SpendRow(day, texts["channel"], texts["campaign"], amount, currency)


def _rate(entry: Mapping[str, str], faults: list[str], reporting: str) -> Rate | None:
    currency, day = _currency(entry["currency"], faults), _day(entry["day"], faults)
    rate = _number(entry["rate"], "rate", 8, faults)
    if currency == reporting:
        faults.append(f"{reporting} is the reporting currency and is always worth 1")
    if rate is not None and not 0 < rate < 10**9:
        faults.append(f"the rate {entry['rate']!r} must be above 0")
    return None if faults or day is None or rate is None else Rate(currency, day, rate)


def _text(entry: Mapping[str, str], name: str, faults: list[str]) -> str:
    text = entry.get(name, "")
    if len(text) > LONGEST[name] or not text.isprintable():
        faults.append(f"the {name} is longer than {LONGEST[name]} letters or has control characters")
    return text


def _day(text: str, faults: list[str]) -> date | None:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    faults.append(f"{text[:40]!r} is no day such as 2026-05-31")
    return None


def _number(text: str, what: str, places: int, faults: list[str]) -> Decimal | None:
    if NUMBER.fullmatch(text) and len(text.partition(".")[2]) <= places:
        return Decimal(text)
    faults.append(f"the {what} {text[:40]!r} is no number such as 1234.50, with at most {places} decimals")
    return None


def _currency(text: str, faults: list[str]) -> str:
    if not CURRENCY.fullmatch(text.upper()):
        faults.append(f"the currency {text[:20]!r} is no code such as EUR")
    return text.upper()


def _once(rows: Sequence[tuple[int, Row]], key: Callable[[Row], object], what: str) -> list[Row]:
    seen: dict[object, int] = {}
    faults = [
        f"Line {number}: the same {what} as line {seen[key(row)]}."
        for number, row in rows
        if seen.setdefault(key(row), number) != number
    ]
    _raise(faults)
    return [row for _, row in rows]


def _raise(faults: Sequence[str]) -> None:
    if faults:
        more = [f"And {len(faults) - MOST_FAULTS:,} more."] if len(faults) > MOST_FAULTS else []
        raise DocumentError("\n".join([*faults[:MOST_FAULTS], *more]), advice="\nNothing was written.")
