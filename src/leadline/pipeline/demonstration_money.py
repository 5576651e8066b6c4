"""The demonstration's money: exchange rates that drift, and what each campaign costs a day.

The cheap campaign is cheap by the visit; it brings people who never buy, so that it is the dearest by the deal.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.conf import settings
from django.db.models import Max

from leadline.analytics.currencies import keep_rates
from leadline.analytics.models import Spend
from leadline.analytics.money import CENT, Rate

DOLLARS = {"USD": 1.0, "AUD": 0.66, "CAD": 0.73, "EUR": 1.09, "GBP": 1.27, "NZD": 0.61, "SGD": 0.75}
"""About what a unit of each was worth in the years that are simulated."""
DRIFT = 0.015
DAY = timedelta(days=1)
STEP = 30  # days between two rates
WEEKEND = 0.6
SATURDAY = 5
SPEND_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that costs money: visits for each person who arrives, and what one costs in dollars."""

    channel: str
    name: str
    visits_each: float
    price: float


CAMPAIGNS = (
    Campaign("Paid other", "cheap-staff-now", 0.16, 6.5),
    Campaign("Paid search", "brand", 0.30, 19.0),
    Campaign("Paid search", "offshore-bookkeeping", 0.12, 48.0),
    Campaign("Paid social", "ops-leaders", 0.09, 82.0),
    Campaign("Partner", "accountant-partners", 0.07, 70.0),
)


def keep_money(seed: int, origin: datetime, now: datetime, arrivals: float) -> None:
    """Bring rates and spend up to the day of `now`; what is there stays.

    Args:
        arrivals: how many people arrive a day.
    """
    keep_rates(_rates(seed, origin.date(), now.date()))
    last = Spend.objects.aggregate(last=Max("day"))["last"]
    day = origin.date() if last is None else last + DAY
    rows: list[Spend] = []
    while day < now.date():
        rows += [_spend(seed, day, campaign, arrivals) for campaign in CAMPAIGNS]
        day += DAY
    Spend.objects.bulk_create(rows, batch_size=1000)


def _spend(seed: int, day: date, campaign: Campaign, arrivals: float) -> Spend:
    noise = Random(f"{seed}-{day}-{campaign.name}").uniform(0.75, 1.25)  # noqa: S311  # a simulation
    rhythm = WEEKEND if day.weekday() >= SATURDAY else 1.0
    amount = Decimal(str(arrivals * campaign.visits_each * campaign.price * noise * rhythm)).quantize(CENT)
    return Spend(day=day, channel=campaign.channel, campaign=campaign.name, amount=amount, currency=SPEND_CURRENCY)


def _rates(seed: int, first: date, last: date) -> list[Rate]:
    """Into the reporting currency; none when the dollar's worth of it is not known."""
    if (unit := DOLLARS.get(settings.CURRENCY)) is None:
        return []
    steps = range((last - first).days // STEP + 1)
    return [
        Rate(currency, first + step * STEP * DAY, _drifted(seed, currency, step, dollars / unit))
        for currency, dollars in DOLLARS.items()
        if currency != settings.CURRENCY
        for step in steps
    ]


def _drifted(seed: int, currency: str, step: int, rate: float) -> Decimal:
    drift = Random(f"{seed}-{currency}-{step}").uniform(-DRIFT, DRIFT)  # noqa: S311  # a simulation
    return Decimal(str(round(rate * (1 + drift), 4)))
