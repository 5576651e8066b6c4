"""Three weeks of a small platform for the tests of the analytics pages: a campaign that costs little and never wins,
one that costs more and does, and people who came by themselves."""

import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))

from pipeline_cast import Installation, Message, identify, track, user

from leadline.analytics.models import Spend
from leadline.kernel.clock import utc_now

GIVEAWAY = {"source": "facebook", "medium": "paid-social", "name": "giveaway"}
BRAND = {"source": "google", "medium": "cpc", "name": "brand"}
GIVEAWAY_PEOPLE, BRAND_PEOPLE, OWN_PEOPLE = 12, 8, 6
DEAL = 9_600


def three_weeks(installation: Installation, now: datetime | None = None) -> None:
    """Let it happen, up to an hour ago."""
    end = (now or utc_now()) - timedelta(hours=1)
    for number in range(GIVEAWAY_PEOPLE):
        began = end - timedelta(days=20 - number, hours=number)
        installation.send(end, *_looked(f"giveaway-{number}", began, GIVEAWAY))
    for number in range(BRAND_PEOPLE):
        began = end - timedelta(days=18 - number, hours=number)
        installation.send(end, *_bought(f"brand-{number}", began, BRAND, deal=number % 2 == 0))
    for number in range(OWN_PEOPLE):
        installation.send(end, *_bought(f"own-{number}", end - timedelta(days=9 - number), {}, deal=False))
    installation.tick(end + timedelta(minutes=5))
    _spent(end)


def _spent(end: datetime) -> None:
    for channel, campaign, amount in (("Paid social", "giveaway", 120), ("Paid search", "brand", 900)):
        day = (end - timedelta(days=10)).date()
        Spend.objects.create(day=day, channel=channel, campaign=campaign, amount=Decimal(amount), currency="USD")


def _looked(name: str, at: datetime, campaign: dict[str, str]) -> list[Message]:
    who = user(name, name)
    return [
        _page(who, at, "/", campaign),
        _page(who, at + timedelta(minutes=2), "/pricing", {}),
        identify(who, at + timedelta(minutes=3), email=f"{name}@example.com", firstName=name.capitalize()),
        track(who, "Tool Used", at + timedelta(minutes=4), tool="quote-calculator", completed=False),
    ]


def _bought(name: str, at: datetime, campaign: dict[str, str], *, deal: bool) -> list[Message]:
    who = user(name, name)
    quote = {"quote_id": name, "seats": 4, "roles": ["bookkeeper"], "monthly_amount": 2_400, "currency": "USD"}
    told = [
        *_looked(name, at, campaign),
        track(who, "Tool Used", at + timedelta(minutes=9), tool="quote-calculator", completed=True),
        track(who, "Quote Requested", at + timedelta(minutes=12), **quote),
    ]
    won = track(who, "Deal Won", at + timedelta(days=4), deal_id=name, amount=DEAL, currency="USD")
    return [*told, won] if deal else told


def _page(who: dict[str, str], at: datetime, path: str, campaign: dict[str, str]) -> Message:
    context = {"page": {"path": path, "url": f"https://platform.example{path}"}, "campaign": campaign}
    told = {"type": "page", "timestamp": at.isoformat(), "context": context, **who}
    return {**told, "messageId": f"{who}-{path}-{at.isoformat()}"}
