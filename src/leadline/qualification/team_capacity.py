"""How many leads a day qualify, and how many a day the sales team has room for. Pure.

Both rest on what was seen: a team's places turn over as fast as its open leads did, and rules that let twice as many
leads qualify bring twice as many a day. Little's law: places / stay = leads a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.qualification.assignment import Candidate


@dataclass(frozen=True, slots=True)
class TeamRoom:
    """The sales team.

    Attributes:
        sellers: who is available.
        places: how many open leads they may have together; None where somebody may have any number, or nobody is there.
        open: how many they have.
    """

    sellers: int
    places: int | None
    open: int


@dataclass(frozen=True, slots=True)
class QualifiedFlow:
    """Qualified leads a day.

    Attributes:
        days: so many past days were looked at.
        entered: leads that qualified in them, under whatever rules were in force.
        now, then: how many of the leads looked at qualify by the rules in force, and by the rules that are tried.
    """

    days: int
    entered: int
    now: int
    then: int
    room: TeamRoom

    @property
    def observed(self) -> float:
        """Leads a day, as it was."""
        return self.entered / self.days if self.days else 0.0

    @property
    def expected(self) -> float | None:
        """Leads a day under the rules that are tried; None where nobody qualifies now to compare with."""
        return self.observed * self.then / self.now if self.now else None

    @property
    def bearable(self) -> float | None:
        """Leads a day that the team has room for; None where its places have no end, or none was seen to come free."""
        if self.room.places is None or not self.room.open or not self.entered:
            return None
        return self.room.places * self.observed / self.room.open

    @property
    def is_too_much(self) -> bool:
        """Whether more would come than there is room for."""
        return self.expected is not None and self.bearable is not None and self.expected > self.bearable


def team_room(sellers: Sequence[Candidate]) -> TeamRoom:
    """What the sellers who are available can take on together."""
    there = [each for each in sellers if each.available]
    limits = [each.capacity for each in there]
    known = [limit for limit in limits if limit is not None]
    return TeamRoom(len(there), sum(known) if known and len(known) == len(limits) else None, sum(e.open for e in there))
