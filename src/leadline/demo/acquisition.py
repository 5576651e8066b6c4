"""How people come: referrers and campaigns."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from leadline.demo.archetypes import BROWSER, JOB_SEEKER, Archetype
from leadline.demo.catalogue import BROWSE, CAREERS, HOME, PRICING, READINGS, Page


@dataclass(frozen=True, slots=True)
class Touch:
    """One arrival: where from, onto which page, and the campaign in the address, if any."""

    name: str
    referrer: str
    landing: Page
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""


_BOOKKEEPING = READINGS[1].page
_COMPARISON = BROWSE[5]

DIRECT = Touch("direct", "", HOME)
BARGAIN = Touch("bargain", "https://deals.bargain-clicks.example/", HOME, "bargain-clicks", "cpc", "cheap-staff-now")
CAREERS_SEARCH = Touch("careers-search", "https://www.google.com/", CAREERS)
ORGANIC = Touch("organic", "https://www.google.com/", READINGS[0].page)
CPC_BOOKKEEPING = Touch(
    "cpc-bookkeeping", "https://www.google.com/", _BOOKKEEPING, "google", "cpc", "offshore-bookkeeping", "text-ad-b"
)
CPC_BRAND = Touch("cpc-brand", "https://www.google.com/", PRICING, "google", "cpc", "brand", "text-ad-a")
LINKEDIN = Touch(
    "linkedin-paid", "https://www.linkedin.com/", HOME, "linkedin", "paid-social", "ops-leaders", "carousel-1"
)
LINKEDIN_ORGANIC = Touch("linkedin", "https://www.linkedin.com/", READINGS[8].page)
PARTNER = Touch(
    "partner", "https://partners.ledgerlane.example/", PRICING, "ledgerlane", "referral", "accountant-partners"
)
COMPARISON_SITE = Touch("comparison", "https://www.comparestaffing.example/best-offshore-teams", _COMPARISON)

# (touch, weight for browsers, weight for everyone else): good channels bring fewer people who only look.
FIRST_TOUCHES: tuple[tuple[Touch, float, float], ...] = (
    (BARGAIN, 0.36, 0.0),
    (ORGANIC, 0.24, 0.27),
    (DIRECT, 0.12, 0.14),
    (CPC_BOOKKEEPING, 0.09, 0.16),
    (CPC_BRAND, 0.03, 0.06),
    (LINKEDIN, 0.07, 0.12),
    (LINKEDIN_ORGANIC, 0.05, 0.06),
    (PARTNER, 0.01, 0.10),
    (COMPARISON_SITE, 0.03, 0.09),
)
# Those a cheap click brings who sign up all the same: they look around and never buy.
_BARGAIN_HUNTERS = 0.12
BARGAIN_INTENT = -2.5
_RETURN_TOUCHES: tuple[tuple[Touch | None, float], ...] = (
    (DIRECT, 0.52),
    (ORGANIC, 0.16),
    (CPC_BRAND, 0.09),
    (LINKEDIN_ORGANIC, 0.05),
    (COMPARISON_SITE, 0.03),
    (None, 0.15),  # the newsletter of the month
)


def first_touch(rng: Random, archetype: Archetype) -> Touch:
    """What brought someone here for the first time."""
    if archetype is JOB_SEEKER:
        return rng.choices((CAREERS_SEARCH, LINKEDIN_ORGANIC, DIRECT, BARGAIN), (60, 15, 15, 10))[0]
    if archetype.name == "learner" and rng.random() < _BARGAIN_HUNTERS:
        return BARGAIN
    weights = [browsers if archetype is BROWSER else others for _, browsers, others in FIRST_TOUCHES]
    return rng.choices([row[0] for row in FIRST_TOUCHES], weights)[0]


def newsletter(at: datetime) -> Touch:
    """The monthly mailing, as it links to the hiring guide."""
    campaign = f"{at:%B}".lower() + "-hiring-guide"
    return Touch("newsletter", "", READINGS[6].page, "newsletter", "email", campaign, "button-top")


def return_touch(rng: Random, at: datetime, known: bool) -> Touch:
    """What brings someone back; only the known get the newsletter."""
    touch = rng.choices([row[0] for row in _RETURN_TOUCHES], [row[1] for row in _RETURN_TOUCHES])[0]
    if touch is None:
        return newsletter(at) if known else DIRECT
    return touch
