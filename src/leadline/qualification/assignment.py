"""Who gets a lead that nobody owns: territory by country, then round robin among those with room. Pure.

Deterministic: the same leads, territories and sellers give the same owners. Assigning several at once is assigning them
one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadline.kernel.clock import EPOCH
from leadline.qualification.countries import country_code, country_name


@dataclass(frozen=True, slots=True)
class Candidate:
    """One seller.

    Attributes:
        number: the user's number; the last tie is decided by it.
        capacity: how many open leads at most; None: any number.
        open: how many are open now.
    """

    number: int
    name: str
    capacity: int | None
    available: bool
    open: int
    last_assigned_at: datetime | None

    @property
    def has_room(self) -> bool:
        """Whether this seller takes one more."""
        return self.available and (self.capacity is None or self.open < self.capacity)


@dataclass(frozen=True, slots=True)
class Region:
    """A territory: its countries as codes (none: all of them), and its sellers' numbers."""

    name: str
    countries: frozenset[str]
    sellers: frozenset[int]

    def has(self, country: str) -> bool:
        """Whether a country, as a code, is sold to here. An unknown country only where all of them are."""
        return not self.countries or country in self.countries


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lead that waits for an owner. `country` as somebody wrote it."""

    lead: int
    country: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who gets a lead, or why nobody does. `at`: when, to be remembered of the seller; no two are equal."""

    lead: int
    seller: int | None
    why: str
    at: datetime | None = None


def assign(
    waiting: Iterable[Waiting], regions: Sequence[Region], sellers: Iterable[Candidate], at: datetime
) -> list[Assignment]:
    """An owner for each lead, in their order; each assignment counts for the next.

    Args:
        regions: by position: the first that has a lead's country decides. Without any, all sellers sell everywhere.
        at: each assignment is remembered with a moment of its own, later than all before it: were those of one tick
            equal, the lower number would begin every tick's round.
    """
    by_number = {seller.number: seller for seller in sellers}
    latest = max((seller.last_assigned_at or EPOCH for seller in by_number.values()), default=EPOCH)
    made = []
    for each in waiting:
        chosen = _choose(each, regions, by_number)
        if chosen.seller is not None:
            latest = max(at, latest + timedelta(microseconds=1))
            seller = by_number[chosen.seller]
            chosen = replace(chosen, at=latest)
            by_number[seller.number] = replace(seller, open=seller.open + 1, last_assigned_at=latest)
        made.append(chosen)
    return made


def _choose(waiting: Waiting, regions: Sequence[Region], sellers: Mapping[int, Candidate]) -> Assignment:
    region = _region_of(waiting.country, regions)
    if regions and region is None:
        return Assignment(waiting.lead, None, _no_region(waiting.country))
    team = [seller for seller in sellers.values() if region is None or seller.number in region.sellers]
    where = f" in {region.name}" if region else ""
    eligible = [seller for seller in team if seller.has_room]
    if not eligible:
        return Assignment(waiting.lead, None, _nobody(team, where))
    longest = min(eligible, key=lambda seller: (seller.last_assigned_at or EPOCH, seller.number))
    return Assignment(waiting.lead, longest.number, f"Round robin{where}")


def _region_of(country: str, regions: Sequence[Region]) -> Region | None:
    code = country_code(country)
    return next((region for region in regions if region.has(code)), None)


def _no_region(country: str) -> str:
    return f"No territory has {country_name(country)}" if country else "Its country is not known"


def _nobody(team: Sequence[Candidate], where: str) -> str:
    if not team:
        return f"Nobody sells{where}"
    return f"Everybody{where} is away" if not any(each.available for each in team) else f"Everybody{where} is full"
