"""Exchange rates as they are kept."""

import hashlib
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from leadline.analytics.models import ExchangeRate
from leadline.analytics.money import Rate, Rates, rates_of


def current_rates() -> Rates:
    """All rates, into the reporting currency."""
    rows = ExchangeRate.objects.values_list("currency", "from_day", "rate")
    return rates_of(settings.CURRENCY, (Rate(*row) for row in rows))


@transaction.atomic
def keep_rates(rates: Sequence[Rate]) -> int:
    """Keep rates; one of the same currency and day is replaced. Returns how many were."""
    replaced = 0
    for each in rates:
        _, made = ExchangeRate.objects.update_or_create(
            currency=each.currency, from_day=each.from_day, defaults={"rate": each.rate}
        )
        replaced += not made
    return replaced


def rates_digest() -> str:
    """Equal digests, equal rates: for what is made with them."""
    rows = ExchangeRate.objects.order_by("currency", "from_day").values_list("currency", "from_day", "rate")
    text = repr((settings.CURRENCY, [(currency, day, str(rate)) for currency, day, rate in rows]))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
