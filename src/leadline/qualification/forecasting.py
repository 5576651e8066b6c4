"""What becomes of a lead if nothing happens: the days on which decay and silence move its grade or its stage.

A forecast is the pipeline run ahead of time: the same evaluation at each UTC midnight to come, and when an override
ends, from what the stage machine remembers now, with scores of that day. So the first change is exactly what that
moment will do, as long as no event comes in, sales says nothing and the ruleset stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from leadline.kernel.clock import utc_day
from leadline.qualification.evaluation import evaluate
from leadline.qualification.stages import LADDER, RUNG, LeadFacts, Stage, StageState
from leadline.scoring.ruleset import Ruleset

HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Ahead:
    """A lead at a midnight, or another moment, to come. `facts` hold the scores of that day and what is known now."""

    at: datetime
    grade: str
    facts: LeadFacts


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which grade or stage change by silence alone.

    Attributes:
        on: the UTC day, which begins with the change.
        total_micro: of that day.
        brief: "Falls below grade B on 14 May".
    """

    on: date
    from_grade: str
    to_grade: str
    from_stage: Stage
    to_stage: Stage
    total_micro: int
    brief: str

    @property
    def sentence(self) -> str:
        """ "Falls below grade B on 14 May if nothing happens." """
        return f"{self.brief} if nothing happens."

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "on": self.on.isoformat(),
            "from_grade": self.from_grade,
            "to_grade": self.to_grade,
            "from_stage": self.from_stage.value,
            "to_stage": self.to_stage.value,
            "total": self.total_micro / 1_000_000,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """The changes of the next days, the first one first."""

    made_at: datetime
    days: int
    changes: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """The first change; or that there is none."""
        return self.changes[0].sentence if self.changes else f"Stays as it is for {self.days} days if nothing happens."


def changes_ahead(
    ruleset: Ruleset, state: StageState, grade: str, moments: Iterable[Ahead], made_at: datetime
) -> Iterator[Change]:
    """The changes, one day after the other: lazily, so that who wants the first reads no further.

    Args:
        state: what the stage machine remembers now.
        grade: as it is now.
        moments: those to come, in order.
    """
    released = False
    for ahead in moments:
        facts = replace(ahead.facts, accepted=False) if released else ahead.facts
        before, decision = state, evaluate(ruleset, state, facts, ahead.at)
        state = decision.state
        released = released or _lets_go(before, state)
        if (grade, before.stage) != (ahead.grade, state.stage):
            on = utc_day(ahead.at)
            brief = _brief(ruleset, (grade, ahead.grade), (before.stage, state.stage), on, made_at)
            yield Change(on, grade, ahead.grade, before.stage, state.stage, facts.total_micro, brief)
        grade = ahead.grade


def forecast(
    ruleset: Ruleset,
    state: StageState,
    grade: str,
    moments: Iterable[Ahead],
    made_at: datetime,
    *,
    most: int | None = None,
) -> Forecast:
    """The first `most` changes, or all of them. See `changes_ahead`."""
    found = islice(changes_ahead(ruleset, state, grade, moments, made_at), most)
    return Forecast(made_at, HORIZON_DAYS, tuple(found))


def _lets_go(before: StageState, after: StageState) -> bool:
    """A recycled lead has to be accepted anew."""
    return after.stage is Stage.RECYCLED and before.stage is not Stage.RECYCLED


def _brief(ruleset: Ruleset, grades: tuple[str, str], stages: tuple[Stage, Stage], on: date, made_at: datetime) -> str:
    told = [_grade_words(ruleset, *grades), _stage_words(*stages)]
    words = " and ".join(part for part in told if part)
    return f"{words[:1].upper()}{words[1:]} on {day_words(on, utc_day(made_at))}"


def _grade_words(ruleset: Ruleset, old: str, new: str) -> str:
    order = [band.grade for band in ruleset.grades] + [ruleset.lowest_grade]
    if old == new:
        return ""
    if old not in order or new not in order:
        return f"moves from grade {old} to {new}"
    step = order.index(new) - order.index(old)
    if step == 1:
        return f"falls below grade {old}"
    return f"falls from grade {old} to {new}" if step > 0 else f"rises to grade {new}"


def _stage_words(old: Stage, new: Stage) -> str:
    if old is new:
        return ""
    if new is Stage.RECYCLED:
        return "is recycled"
    if new is Stage.DISQUALIFIED:
        return "is disqualified"
    if old in RUNG and new in RUNG:
        verb = "rises" if RUNG[new] > RUNG[old] else "falls back"
        return f"{verb} to {stage_words(new)}"
    return f"moves to {stage_words(new)}"


def stage_words(stage: Stage) -> str:
    """ "profile development"."""
    return stage.value.replace("_", " ")


def day_words(day: date, today: date) -> str:
    """ "14 May", with the year when it is another one than today's."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b} {day.year}"


FORECAST_STAGES = LADDER[RUNG[Stage.PROFILE_DEVELOPMENT] + 1 :]
"""Forecasts are kept for those past profile_development."""
