"""What a person wants to hire, and the quotes and amounts that follow from it."""

from dataclasses import dataclass
from random import Random
from typing import Any

from leadline.demo.archetypes import bounded
from leadline.demo.catalogue import EXCHANGE, ROLES, Role
from leadline.demo.people import Person

LARGEST_TEAM = 24


@dataclass(frozen=True, slots=True)
class Need:
    """The team wanted: `monthly` is its price a month in `currency`; 0 seats means that the person is undecided."""

    roles: tuple[Role, ...]
    seats: int
    start_in_days: int
    currency: str

    @property
    def monthly(self) -> int:
        """Seats are dealt to the roles in turn; the price is rounded to whole units of money."""
        total = sum(self.roles[seat % len(self.roles)].monthly for seat in range(self.seats))
        return round(total * EXCHANGE[self.currency])

    @property
    def yearly(self) -> int:
        """Twelve months of `monthly`."""
        return 12 * self.monthly

    @property
    def timeline(self) -> str:
        """How the person states the start in their profile."""
        if self.start_in_days <= 30:
            return "this-month"
        return "this-quarter" if self.start_in_days <= 90 else "exploring"

    def properties(self, quote_id: str) -> dict[str, Any]:
        """The properties of a quote event."""
        return {
            "quote_id": quote_id,
            "seats": self.seats,
            "roles": [role.role_id for role in self.roles],
            "monthly_amount": self.monthly,
            "currency": self.currency,
            "start_in_days": self.start_in_days,
        }


def draw_need(rng: Random, person: Person) -> Need:
    """Larger companies want more seats; higher intent wants them sooner."""
    scale = (person.company.employees / 25) ** 0.35
    seats = round(scale * rng.lognormvariate(0.7, 0.6))
    start = rng.lognormvariate(3.9 - 0.3 * bounded(person.intent), 0.5)
    seats = min(max(seats, 1), LARGEST_TEAM)
    roles = tuple(rng.sample(ROLES, k=min(seats, rng.choice((1, 1, 1, 2, 2, 3)))))
    return Need(roles, seats, min(max(round(start), 3), 240), person.country.currency)


def explored(rng: Random, need: Need) -> Need:
    """The team someone tries in the calculator before they settle: one or two seats off, another start."""
    seats = min(max(need.seats + rng.choice((-1, 0, 0, 1, 2)), 1), LARGEST_TEAM)
    return Need(need.roles, seats, need.start_in_days + rng.choice((0, 7, 14, 30)), need.currency)


def undecided(need: Need) -> Need:
    """A request that leaves the number of seats open."""
    return Need(need.roles, 0, need.start_in_days, need.currency)
