"""A person's whole life: when they visit, what they do there, and when they sign up, ask and come back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from random import Random

from leadline.demo.acquisition import Touch, return_touch
from leadline.demo.activities import arrive, build_role, calculate, read, study, take_quiz, use_tool
from leadline.demo.archetypes import JOB_SEEKER, RETURNING_CUSTOMER, bounded, chance
from leadline.demo.lives import LONGEST_LIFE, Life, Sitting, Visit
from leadline.demo.milestones import apply_for_job, book_call, fill_profile, request_quote, sign_up, upgrade
from leadline.demo.needs import draw_need
from leadline.demo.outcomes import pursue
from leadline.demo.profiles import login
from leadline.demo.rhythm import settle
from leadline.demo.story import Story, begin

MOST_VISITS = 22
_SHORTEST_GAP_DAYS = 0.35


@dataclass(frozen=True, slots=True)
class Intentions:
    """On which visit (from 0) which milestone happens; None for never."""

    visits: int
    signs_up: int | None = None
    asks: int | None = None
    asks_for: str = ""  # quote, call or both
    upgrades: int | None = None
    applies: int | None = None


def live(seed: int, number: int, arrival: datetime) -> Life:
    """The life of the n-th person, who first comes at or soon after `arrival` (UTC)."""
    story = begin(seed, number)
    plan = _intend(story)
    at = arrival
    for index in range(plan.visits):
        at = settle(story.rng, at, story.person.country.utc_offset_hours)
        _visit(story, at, index, plan)
        at += timedelta(days=_gap(story.rng, story.person.archetype.gap_days))
    won = pursue(story)
    if won is not None:
        _come_back(story, won)
    return _finished(story, arrival + LONGEST_LIFE)


def _intend(story: Story) -> Intentions:
    rng, archetype = story.rng, story.person.archetype
    surplus = bounded(story.person.intent - archetype.intent)
    visits = round(archetype.visits * exp(0.3 * surplus + rng.gauss(-0.1, 0.5)))
    visits = min(max(visits, 1), MOST_VISITS)
    if not (story.person.signs_up_surely or rng.random() < archetype.signs_up):
        return Intentions(visits)
    joins = _soon(rng, 0, visits, 0.6)
    asks = _soon(rng, joins, visits, 0.5) if rng.random() < chance(archetype.asks + surplus) else None
    asks_for = rng.choices(("quote", "call", "both"), (48, 18, 34))[0]
    upgrades = rng.randrange(joins, visits) if rng.random() < 0.06 else None
    applies = _soon(rng, joins, visits, 0.7) if archetype is JOB_SEEKER and rng.random() < 0.85 else None
    return Intentions(visits, joins, asks, asks_for, upgrades, applies)


def _soon(rng: Random, first: int, visits: int, stops: float) -> int:
    """A visit from `first` on: each is the one with chance `stops`, at the latest the last."""
    while first < visits - 1 and rng.random() > stops:
        first += 1
    return first


def _gap(rng: Random, mean_days: float) -> float:
    return max(_SHORTEST_GAP_DAYS, rng.expovariate(1 / mean_days))


def _visit(story: Story, at: datetime, index: int, plan: Intentions) -> None:
    touch = story.person.touch if index == 0 else return_touch(story.rng, at, story.known)
    story.visits.append(_sit_down(story, at, touch, lambda sitting: _achieve(story, sitting, index, plan)))


def _sit_down(story: Story, at: datetime, touch: Touch, achieve: Callable[[Sitting], None]) -> Visit:
    """One visit: the landing page, some activities, then the milestones `achieve` writes."""
    known, sitting = story.known, Sitting(story.rng, at, story.person.pace)
    second = known and story.person.second_device is not None and story.rng.random() < 0.4
    arrive(story, sitting, touch)
    if second:
        sitting.view(touch.landing, 10, login(story))
    _do_things(story, sitting)
    achieve(sitting)
    return Visit(at, touch, known and not second, second, tuple(sitting.steps))


def _do_things(story: Story, sitting: Sitting) -> None:
    archetype, rng = story.person.archetype, story.rng
    curiosity = story.person.curiosity
    lively = 1.0 + 0.22 * bounded(story.person.intent - archetype.intent)
    tendencies = (
        (archetype.reads * curiosity, read),
        (archetype.tools * curiosity, use_tool),
        (archetype.calculates, calculate),
        (archetype.builds, build_role),
        (archetype.quizzes, take_quiz),
        (archetype.courses if story.known else 0.0, study),
    )
    for probability, activity in tendencies:
        if rng.random() < probability * lively:
            activity(story, sitting)


def _achieve(story: Story, sitting: Sitting, index: int, plan: Intentions) -> None:
    if index == plan.signs_up:
        sign_up(story, sitting)
    elif story.known and story.rng.random() < _openness(story):
        fill_profile(story, sitting, story.rng.choice((1, 1, 2, 3)))
    if index == plan.upgrades:
        upgrade(story, sitting)
    if index == plan.applies:
        apply_for_job(story, sitting)
    if index == plan.asks:
        _ask(story, sitting, plan.asks_for)


def _openness(story: Story) -> float:
    """The chance that a visit ends in the profile form: those who mean to hire say more about themselves."""
    return story.person.archetype.profile * (1.0 + 0.25 * bounded(story.person.intent))


def _ask(story: Story, sitting: Sitting, asks_for: str) -> None:
    if asks_for != "call":
        request_quote(story, sitting)
        fill_profile(story, sitting, story.rng.choice((0, 1, 2, 3, 4)))
    if asks_for != "quote":
        book_call(story, sitting)


def _come_back(story: Story, won: datetime) -> None:
    """Customers look in now and then; returning customers ask for another team, which sales pursues again."""
    at = won
    again = story.person.archetype is RETURNING_CUSTOMER
    for index in range(story.rng.randint(2, 4)):
        gap = timedelta(days=_gap(story.rng, 5))
        at = settle(story.rng, at + gap, story.person.country.utc_offset_hours)
        wants = again and index == 1
        story.visits.append(_return_visit(story, at, wants))
    if again:
        story.calls.clear()
        pursue(story)


def _return_visit(story: Story, at: datetime, wants: bool) -> Visit:
    touch = return_touch(story.rng, at, known=True)

    def achieve(sitting: Sitting) -> None:
        if wants:
            story.need, story.asked_at = draw_need(story.rng, story.person), None
            request_quote(story, sitting)

    return _sit_down(story, at, touch, achieve)


def _finished(story: Story, end: datetime) -> Life:
    """The life in order of time, ended at `end`."""
    visits = sorted((visit for visit in story.visits if visit.at < end), key=lambda visit: visit.at)
    moments = sorted((moment for moment in story.moments if moment.at < end), key=lambda moment: moment.at)
    answers = sorted((answer for answer in story.answers if answer.at < end), key=lambda answer: answer.at)
    return Life(story.person, tuple(visits), tuple(moments), tuple(answers))
