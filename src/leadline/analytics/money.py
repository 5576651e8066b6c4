"""Money in one currency: what one unit of each is worth in the reporting currency from a day on. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` is worth `rate` units of the reporting currency from `from_day` on, until the next."""

    currency: str
    from_day: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates by currency, oldest first. The reporting currency needs none: it is worth 1.

    Attributes:
        reporting: the currency that everything is told in.
    """

    reporting: str
    days: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    rates: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """The rate that held on a day; None before the first, and of a currency without any."""
        if currency == self.reporting:
            return Decimal(1)
        place = bisect_right(self.days.get(currency, ()), day)
        return self.rates[currency][place - 1] if place else None

    def value(self, amount: Decimal | None, currency: str, day: date) -> Decimal | None:
        """An amount in the reporting currency, in whole cents, half to even; None without an amount or a rate."""
        rate = None if amount is None else self.rate(currency, day)
        if amount is None or rate is None:
            return None
        return (amount * rate).quantize(CENT, ROUND_HALF_EVEN)


def rates_of(reporting: str, rows: Iterable[Rate]) -> Rates:
    """Rates in any order."""
    by_currency: dict[str, dict[date, Decimal]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, {})[row.from_day] = row.rate
    ordered = {currency: sorted(found.items()) for currency, found in by_currency.items()}
    days = {currency: tuple(day for day, _ in found) for currency, found in ordered.items()}
    return Rates(reporting, days, {currency: tuple(rate for _, rate in found) for currency, found in ordered.items()})
