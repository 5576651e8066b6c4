"""How people tend to behave. A hidden intent scatters around an archetype's mean; behaviour and outcomes follow it."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp

from leadline.demo.streams import stream


@dataclass(frozen=True, slots=True)
class Archetype:
    """What a kind of person tends to do.

    `share` is per hundred people. `intent` is the mean of the hidden intent (standard deviation 1). `visits` is the
    mean number of sittings and `gap_days` the mean time between them; `signs_up` is a chance. `asks` is the logit of
    the chance of a quote or a call at the mean intent. The activities are chances per visit.
    """

    name: str
    share: int
    intent: float
    visits: float
    gap_days: float
    signs_up: float
    asks: float
    reads: float = 0.0
    tools: float = 0.0
    calculates: float = 0.0
    builds: float = 0.0
    quizzes: float = 0.0
    courses: float = 0.0
    profile: float = 0.3


# Each activity a column, each kind of person two lines.
# fmt: off
BROWSER = Archetype(
    name="browser", share=37, intent=-2.2, visits=2.2, gap_days=6, signs_up=0.02, asks=-3.4,
    reads=0.45, tools=0.12, calculates=0.05
)
LEARNER = Archetype(
    name="learner", share=25, intent=-0.9, visits=7.0, gap_days=5, signs_up=0.82, asks=-2.1,
    reads=0.55, tools=0.2, calculates=0.12, quizzes=0.22, courses=0.3, profile=0.35
)
COMPARER = Archetype(
    name="comparer", share=16, intent=-0.1, visits=5.5, gap_days=5, signs_up=0.8, asks=-1.4,
    reads=0.35, tools=0.4, calculates=0.5, builds=0.15, quizzes=0.1, profile=0.4
)
TEAM_BUILDER = Archetype(
    name="team_builder", share=9, intent=0.4, visits=7.0, gap_days=4, signs_up=0.95, asks=-0.7,
    reads=0.25, tools=0.4, calculates=0.35, builds=0.7, quizzes=0.2, profile=0.7
)
HURRIED_BUYER = Archetype(
    name="hurried_buyer", share=8, intent=0.9, visits=3.0, gap_days=3, signs_up=0.98, asks=0.8,
    reads=0.15, tools=0.4, calculates=0.6, builds=0.2, profile=0.5
)
JOB_SEEKER = Archetype(
    name="job_seeker", share=3, intent=-5.0, visits=3.5, gap_days=4, signs_up=1.0, asks=-9.0,
    reads=0.3, tools=0.15, quizzes=0.25, profile=0.3
)
RETURNING_CUSTOMER = Archetype(
    name="returning_customer", share=2, intent=2.4, visits=6.0, gap_days=4, signs_up=1.0, asks=3.0,
    reads=0.3, tools=0.5, calculates=0.6, builds=0.5, profile=0.8
)
# fmt: on

ARCHETYPES: tuple[Archetype, ...] = (
    BROWSER,
    LEARNER,
    COMPARER,
    TEAM_BUILDER,
    HURRIED_BUYER,
    JOB_SEEKER,
    RETURNING_CUSTOMER,
)


def chance(logit: float) -> float:
    """The logistic curve: a logit as a probability."""
    return 1.0 / (1.0 + exp(-logit))


def bounded(intent: float) -> float:
    """An intent, or a difference of intents, within -2 to 2, so that no one's behaviour runs away with it."""
    return max(-2.0, min(2.0, intent))


def archetype_of(seed: int, number: int) -> Archetype:
    """Every hundred arrivals in a row hold each archetype exactly `share` times, in an order of their own."""
    return _hundred(seed, number // 100)[number % 100]


@lru_cache(maxsize=64)
def _hundred(seed: int, block: int) -> tuple[Archetype, ...]:
    people = [archetype for archetype in ARCHETYPES for _ in range(archetype.share)]
    stream(seed, "hundred", block).shuffle(people)
    return tuple(people)
