"""A life on the platform before it becomes messages: visits of page views with facts, and moments without a browser."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import Any

from leadline.demo.acquisition import Touch
from leadline.demo.catalogue import Page
from leadline.demo.people import Person
from leadline.demo.sales_team import Answer

WEBSITE, PLATFORM, CRM = "website", "platform", "crm"
LONGEST_LIFE = timedelta(days=150)  # from arrival to the last thing that anyone does
LONGEST_PAGE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Fact:
    """One message other than a page view. `kind` is track, identify or group; `after` is seconds into the visit."""

    source: str
    kind: str
    name: str
    values: dict[str, Any]
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One page view, `after` seconds into the visit, with `engaged` seconds of attention."""

    page: Page
    after: float
    engaged: float
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One sitting at a browser; `known` says that the person was signed in when it began."""

    at: datetime
    touch: Touch
    known: bool
    second_device: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something a server reports about a signed-up person."""

    at: datetime
    source: str
    event: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """Everything one person does and everything that is done about them, each in order of time. `answers` are no
    messages: salespeople give them in Leadline itself."""

    person: Person
    visits: tuple[Visit, ...]
    moments: tuple[Moment, ...]
    answers: tuple[Answer, ...] = ()


@dataclass(slots=True)
class Sitting:
    """A visit while it is being written; `clock` is seconds since it began; `pace` multiplies the time a page takes."""

    rng: Random
    at: datetime
    pace: float = 1.0
    clock: float = 0.0
    steps: list[Step] = field(default_factory=list)

    def view(self, page: Page, typical_seconds: float, *facts: Fact) -> None:
        """Look at a page; its facts fall evenly into the time of attention."""
        drawn = self.rng.lognormvariate(log(typical_seconds * self.pace), 0.6)
        engaged = min(max(drawn, 2.0), LONGEST_PAGE_SECONDS)
        share = engaged / (len(facts) + 1)
        placed = tuple(
            Fact(fact.source, fact.kind, fact.name, fact.values, self.clock + share * (place + 1))
            for place, fact in enumerate(facts)
        )
        self.steps.append(Step(page, self.clock, engaged, placed))
        self.clock += engaged + self.rng.uniform(2, 15)

    def now(self) -> datetime:
        """The moment the sitting has reached."""
        return self.at + timedelta(seconds=self.clock)


def wire_time(moment: datetime) -> str:
    """A UTC moment as clients write it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def track(source: str, event: str, **properties: object) -> Fact:
    """A fact of kind track."""
    return Fact(source, "track", event, properties)
