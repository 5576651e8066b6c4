"""The sales team: who sells where, and what they answer about the people they spoke to.

An answer follows what becomes of somebody, as in life: it reads no score and no ruleset. The names of the rejections
are words that the platform's salespeople use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

ACCEPT, REJECT, SNOOZE = "accept", "reject", "snooze"
SMALL_COMPANY = 10  # employees


@dataclass(frozen=True, slots=True)
class Representative:
    """One of the team; `capacity` is how many open leads they take on."""

    name: str
    email: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Region:
    """Countries and who sells there, by e-mail address; no countries are all others."""

    name: str
    countries: tuple[str, ...]
    sellers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a representative says about somebody, at a moment. `reason` is of a rejection, `until` of a snooze."""

    at: datetime
    user_id: str
    by: str
    kind: str
    reason: str = ""
    until: datetime | None = None


SAM = Representative("Sam Sales", "sales@leadline.example", 35)
MARA = Representative("Mara Lindgren", "mara@leadline.example", 20)
TOMAS = Representative("Tomas Okoye", "tomas@leadline.example", 25)
BRIDIE = Representative("Bridie Callahan", "bridie@leadline.example", 25)
TEAM: tuple[Representative, ...] = (SAM, MARA, TOMAS, BRIDIE)
REGIONS: tuple[Region, ...] = (
    Region("Asia-Pacific", ("AU", "NZ", "SG"), (SAM.email, BRIDIE.email)),
    Region("North America", ("US", "CA"), (TOMAS.email,)),
    Region("Europe and elsewhere", (), (MARA.email, SAM.email)),
)
_WHY_NOT: tuple[tuple[str, int], ...] = (("not_hiring", 45), ("unreachable", 45), ("vendor", 3))
_REJECTED, _SNOOZED, _KEPT = 0.45, 0.25, 0.1  # of those contacted without an opportunity; nothing is said of the rest


def representative(country: str, number: int) -> str:
    """Who speaks to the person `number` of a country: always the same."""
    region = next(each for each in REGIONS if not each.countries or country in each.countries)
    by_email = {each.email: each.name for each in TEAM}
    names = [by_email[email] for email in region.sellers]
    return names[number % len(names)]


def after_contact(rng: Random, user_id: str, by: str, at: datetime, *, wanted: bool, employees: int) -> Answer | None:
    """What is said after the first contact; `wanted` says that an opportunity will follow."""
    draw = rng.random()
    if wanted or draw < _KEPT:
        return Answer(at + timedelta(minutes=rng.uniform(5, 90)), user_id, by, ACCEPT)
    said = at + timedelta(hours=rng.uniform(1, 30))
    if draw < _KEPT + _SNOOZED:
        return Answer(said, user_id, by, SNOOZE, until=said + timedelta(days=rng.randint(7, 45)))
    if draw < _KEPT + _SNOOZED + _REJECTED:
        return Answer(said + timedelta(days=rng.uniform(0, 8)), user_id, by, REJECT, _reason(rng, employees))
    return None


def after_loss(rng: Random, user_id: str, by: str, at: datetime) -> Answer:
    """A lost opportunity: nobody is hired now; whoever is active again comes back."""
    return Answer(at + timedelta(minutes=rng.uniform(10, 240)), user_id, by, REJECT, "not_hiring")


def _reason(rng: Random, employees: int) -> str:
    if employees < SMALL_COMPANY and rng.random() < 0.7:
        return "too_small"
    return rng.choices([row[0] for row in _WHY_NOT], [row[1] for row in _WHY_NOT])[0]
