"""What was spent on channels, as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from leadline.analytics.channels import folded
from leadline.analytics.models import Spend
from leadline.analytics.money import Rates
from leadline.analytics.money_csv import SpendRow


@dataclass(frozen=True, slots=True)
class Kept:
    """What an upload did: rows written, days covered, rows of those days that were replaced."""

    rows: int
    days: int
    replaced: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Spend of some days in the reporting currency, by (channel, campaign in lower case); "" is no campaign.

    Attributes:
        without_rate: by currency, how many rows could not be told in it.
    """

    amounts: dict[tuple[str, str], Decimal]
    without_rate: dict[str, int]


@transaction.atomic
def keep_spend(rows: Sequence[SpendRow], channels: Sequence[str]) -> Kept:
    """Keep rows in place of all that was there for the days they cover.

    Args:
        channels: names that there are; the same name in other letters is written as here.
    """
    known = {folded(channel): channel for channel in channels}
    days = {row.day for row in rows}
    replaced = sum(Spend.objects.filter(day=day).delete()[0] for day in sorted(days))
    named = (replace(row, channel=known.get(folded(row.channel), row.channel)) for row in rows)
    Spend.objects.bulk_create((_spend(row) for row in named), batch_size=1000)
    return Kept(len(rows), len(days), replaced)


def spent(first: date, last: date, rates: Rates) -> Spent:
    """What was spent from the first to the last day, both included, each at the rate of its day."""
    amounts: dict[tuple[str, str], Decimal] = {}
    without: dict[str, int] = {}
    found = Spend.objects.filter(day__gte=first, day__lte=last)
    for day, channel, campaign, amount, currency in found.values_list(
        "day", "channel", "campaign", "amount", "currency"
    ):
        value = rates.value(amount, currency, day)
        if value is None:
            without[currency] = without.get(currency, 0) + 1
            continue
        key = (channel, folded(campaign))
        amounts[key] = amounts.get(key, Decimal(0)) + value
    return Spent(amounts, without)


def _spend(row: SpendRow) -> Spend:
    return Spend(day=row.day, channel=row.channel, campaign=row.campaign, amount=row.amount, currency=row.currency)
