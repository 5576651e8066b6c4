"""Which leads a run looks at: those whose stamp is another one than when they were last looked at, and those due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leadline.crm import links
from leadline.crm.models import Connection

MASK = 2**63 - 1
ODD = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: spreads a version over all bits (Knuth, TAOCP 3, 6.4)."""
PLACES = ("lead_id", "stamp", "tombstone", "parked", "next_attempt_at")
Standing = tuple[int, int, str, bool, datetime | None]


def mixed(stamp: int, mapping_version: int) -> int:
    """A stamp of what is known of a lead and of the mapping; never 0, which stands for "look again"."""
    return (stamp ^ (mapping_version * ODD)) & MASK or 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Attributes:
    leads: to be looked at, in order. linked: leads with a link about whom something changed here.
    resting: those of them whose link is a tombstone.
    stamps: of every lead that there is to know of, mixed with the mapping's version.
    """

    leads: list[int]
    linked: list[int]
    resting: list[int]
    stamps: Mapping[int, int] = field(repr=False)

    def stamp(self, lead: int) -> int:
        """What a lead's link notes when it has been looked at."""
        return self.stamps.get(lead, 1)


def standings(connection: Connection) -> dict[int, Standing]:
    """How every link of a connection stands."""
    return {row[0]: row for row in links.of(connection).values_list(*PLACES)}


def choose(
    standing: Mapping[int, Standing],
    stamps: Mapping[int, int],
    now: datetime,
    only: Collection[int] | None = None,
    everybody: bool = False,
) -> Choice:
    """Whom a run looks at.

    Args:
        stamps: mixed ones.
        only: these and nobody else, whatever their stamps say. everybody: whatever all stamps say.
    """
    asked = None if only is None else set(only)
    force = everybody or asked is not None

    def mine(leads: Iterable[int]) -> Iterable[int]:
        return leads if asked is None else (lead for lead in leads if lead in asked)

    new = [lead for lead in mine(stamps) if lead not in standing]
    changed = [lead for lead in mine(standing) if force or standing[lead][1] != stamps.get(lead, 1)]
    due = [lead for lead in mine(standing) if _is_due(standing[lead], stamps.get(lead, 1), now, force)]
    return Choice(sorted(new + due), sorted(changed), [lead for lead in changed if standing[lead][2]], stamps)


def _is_due(row: Standing, stamp: int, now: datetime, force: bool) -> bool:
    _, seen_stamp, tombstone, _, next_attempt_at = row
    if tombstone:
        return False
    if next_attempt_at is not None:
        return next_attempt_at <= now
    return force or seen_stamp != stamp
