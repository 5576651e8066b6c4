"""Spend and exchange rates at work: taking them in, and what is there. The commands of `leadline spend` and `rates`."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min

from leadline.analytics.channel_rules import read_rules
from leadline.analytics.currencies import keep_rates
from leadline.analytics.models import ExchangeRate, Spend
from leadline.analytics.money_csv import read_rates, read_spend
from leadline.analytics.spending import keep_spend
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine


def spend_import(engine: Engine, text: str) -> dict[str, Any]:
    """Take a CSV of spend in; it replaces everything on the days it covers.

    Raises:
        DocumentError: a line is wrong; nothing is written.
    """
    rows = read_spend(text, settings.CURRENCY)
    channels = read_rules().channels
    kept = keep_spend(rows, channels)
    engine.reports.clear()
    unknown = sorted({row.channel for row in Spend.objects.exclude(channel__in=channels)})
    return {"rows": kept.rows, "days": kept.days, "replaced": kept.replaced, "unknown_channels": unknown}


def rates_import(engine: Engine, text: str) -> dict[str, Any]:
    """Take a CSV of exchange rates in; one of the same currency and day is replaced. Deals of the past are told at the
    new rates from then on.

    Raises:
        DocumentError: a line is wrong; nothing is written.
    """
    rates = read_rates(text, settings.CURRENCY)
    replaced = keep_rates(rates)
    engine.reports.clear()
    return {"rates": len(rates), "replaced": replaced}


def spend_show(engine: Engine) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """What spend there is: by channel and currency, the days it covers and its sum."""
    found = Spend.objects.aggregate(first=Min("day"), last=Max("day"), rows=Count("pk"))
    return {
        key: value if isinstance(value, int) or value is None else value.isoformat() for key, value in found.items()
    }


def rates_show(engine: Engine) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """All rates, and the reporting currency."""
    rows = ExchangeRate.objects.order_by("currency", "-from_day")
    rates = [
        {"currency": row.currency, "day": row.from_day.isoformat(), "rate": str(row.rate.normalize())} for row in rows
    ]
    return {"currency": settings.CURRENCY, "rates": rates}


def rates_remove(engine: Engine, currency: str, day: str) -> dict[str, Any]:
    """Remove one rate.

    Raises:
        NotFoundError: there is none.
    """
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise NotFoundError(f"{day[:40]!r} is no day.") from error
    if not ExchangeRate.objects.filter(currency=currency, from_day=wanted).delete()[0]:
        raise NotFoundError(f"There is no rate of {currency[:10]} from {day}.")
    engine.reports.clear()
    return rates_show(engine)
