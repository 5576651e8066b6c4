"""What is true of a person so far, while their life is being written."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from leadline.demo.lives import Moment, Sitting, Visit
from leadline.demo.needs import Need, draw_need
from leadline.demo.people import Person, person, stable_uuid
from leadline.demo.sales_team import Answer
from leadline.demo.streams import stream


@dataclass(slots=True)
class Call:
    """A booked strategy call."""

    call_id: str
    booked_at: datetime
    starts_at: datetime
    cancelled: bool


@dataclass(slots=True)
class Story:
    """A life while it is being written."""

    seed: int
    rng: Random
    person: Person
    need: Need
    signed_up_at: datetime | None = None
    asked_at: datetime | None = None
    revealed: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    course: str = ""
    courses_done: int = 0
    role_progress: int = 0
    issued: int = 0

    @property
    def known(self) -> bool:
        """Whether the person has signed up."""
        return self.signed_up_at is not None

    def issue(self, prefix: str) -> str:
        """A new identifier, such as `quo_5f0c2a9b81de`, the same in every run."""
        self.issued += 1
        return f"{prefix}_" + stable_uuid(self.seed, self.person.number, self.issued).replace("-", "")[:12]

    def ask(self, sitting: Sitting) -> None:
        """Remember when sales was first asked for something."""
        if self.asked_at is None:
            self.asked_at = sitting.now()

    def add_moment(self, at: datetime, source: str, event: str, **values: Any) -> None:
        """Something a server reports."""
        self.moments.append(Moment(at, source, event, values))


def begin(seed: int, number: int) -> Story:
    """The story of the n-th person, with nothing written yet."""
    rng = stream(seed, number)
    who = person(seed, number)
    return Story(seed, rng, who, draw_need(rng, who))
