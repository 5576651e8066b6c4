"""What a rule asks for: its conditions, read and checked, and the rule as a sentence. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from leadline.kernel.errors import TerminalError
from leadline.qualification.stages import Stage

GRADES = ("A", "B", "C", "D")
STAGES = tuple(stage.value for stage in Stage)
MOST_DAYS = 30
MOST_POINTS = 100
MOST_FAILURES = 100


class Trigger(StrEnum):
    """What happens; the values of `models.Rule.Trigger`."""

    STAGE = "stage"
    JUMP = "jump"
    DROP = "drop"
    BREACH = "breach"
    ASSIGNED = "assigned"
    SYNC = "sync"
    ALERT = "alert"


OF_LEADS = frozenset({Trigger.STAGE, Trigger.JUMP, Trigger.DROP, Trigger.BREACH, Trigger.ASSIGNED})
OF_SCORES = frozenset({Trigger.JUMP, Trigger.DROP})
FEED_KINDS = {Trigger.STAGE: "stage_changed", Trigger.BREACH: "sla_breached", Trigger.ASSIGNED: "assigned"}
"""The events of the qualification feed that a rule of a trigger reads."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What narrows a trigger down; an empty one asks for nothing.

    Attributes:
        stages: the stage entered; of other triggers about leads, the one they stand in.
        grades: the lead's.
        points, days: a score that is so much higher, or lower, than it was so many days before.
        connections: CRM connections by name. failures: failed runs in a row before it is trouble.
        alerts: alerts on metrics by number.
    """

    stages: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    points: int = 20
    days: int = 7
    connections: tuple[str, ...] = ()
    failures: int = 3
    alerts: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it, without what says nothing."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def meets(self, stage: str, grade: str) -> bool:
        """Whether a lead in this stage with this grade is meant."""
        return (not self.stages or stage in self.stages) and (not self.grades or grade in self.grades)


USED: Mapping[Trigger, tuple[str, ...]] = {
    Trigger.STAGE: ("stages", "grades"),
    Trigger.JUMP: ("points", "days", "stages", "grades"),
    Trigger.DROP: ("points", "days", "stages", "grades"),
    Trigger.BREACH: ("grades",),
    Trigger.ASSIGNED: ("stages", "grades"),
    Trigger.SYNC: ("connections", "failures"),
    Trigger.ALERT: ("alerts",),
}
"""The conditions that mean something for a trigger."""


def read_conditions(trigger: Trigger, given: Mapping[str, Any]) -> Conditions:
    """The conditions of a rule, as they are given.

    Raises:
        TerminalError: one is not known, makes no sense for the trigger, or has no such value.
    """
    for name in given:
        if name not in USED[trigger]:
            advice = f"There are: {', '.join(USED[trigger])}."
            raise TerminalError(f"A rule on {trigger.value!r} has no condition {name[:40]!r}.", advice=advice)
    return Conditions(**{name: READING[name](value) for name, value in given.items()})


def kept(trigger: Trigger, conditions: Conditions) -> dict[str, Any]:
    """What is kept of conditions: those that mean something for the trigger."""
    told = conditions.as_dict()
    return {name: told[name] for name in USED[trigger]}


def read_trigger(text: str) -> Trigger:
    """Raises:
    TerminalError: there is no such trigger.
    """
    try:
        return Trigger(text)
    except ValueError as error:
        advice = f"There are: {', '.join(Trigger)}."
        raise TerminalError(f"{text[:40]!r} is no trigger.", advice=advice) from error


def quiet_time(trigger: Trigger, conditions: Conditions, quiet_hours: int) -> timedelta:
    """How long the same about the same lead is not told again. A score is told once in the days it is compared over."""
    least = timedelta(days=conditions.days) if trigger in OF_SCORES else timedelta()
    return max(timedelta(hours=quiet_hours), least)


def rule_sentence(trigger: Trigger, conditions: Conditions, *, mine: bool = False) -> str:
    """What a rule tells of, such as "A lead enters Qualified, with grade A or B"."""
    whose = " of mine" if mine else ""
    return SENTENCES[trigger](conditions, whose)


def _stage(asked: Conditions, whose: str) -> str:
    entered = _or(stage_label(each) for each in asked.stages) or "another stage"
    return f"A lead{whose} enters {entered}{_graded(asked)}"


def _score(asked: Conditions, whose: str, verb: str) -> str:
    days = "the day" if asked.days == 1 else f"{asked.days} days"
    by = "1 point" if asked.points == 1 else f"{asked.points} points"
    compared = f"{verb} by {by} or more against the UTC midnight {days} before"
    return f"The score of a lead{whose} {compared}{_standing(asked)}{_graded(asked)}"


def _assigned(asked: Conditions, whose: str) -> str:
    given = "is given to me" if whose else "is given to somebody"
    return f"A lead {given}{_standing(asked)}{_graded(asked)}"


def _sync(asked: Conditions, _: str) -> str:
    named = _or(asked.connections) or "a CRM connection"
    runs = "a run fails" if asked.failures == 1 else f"{asked.failures} runs in a row fail"
    return f"{named[0].upper()}{named[1:]} stops until somebody acts, {runs}, or leads can't be sent"


def _alert(asked: Conditions, _: str) -> str:
    if not asked.alerts:
        return "An alert on a metric fires"
    return f"Alert {_or(map(str, asked.alerts))} fires"


SENTENCES: Mapping[Trigger, Callable[[Conditions, str], str]] = {
    Trigger.STAGE: _stage,
    Trigger.JUMP: lambda asked, whose: _score(asked, whose, "rises"),
    Trigger.DROP: lambda asked, whose: _score(asked, whose, "falls"),
    Trigger.BREACH: lambda asked, whose: f"The first contact of a lead{whose} is late{_graded(asked)}",
    Trigger.ASSIGNED: _assigned,
    Trigger.SYNC: _sync,
    Trigger.ALERT: _alert,
}


def stage_label(stage: str) -> str:
    """A stage in words, such as "Conversion signals"."""
    return stage.replace("_", " ").capitalize()


def _standing(asked: Conditions) -> str:
    return f", and it stands in {_or(stage_label(each) for each in asked.stages)}" if asked.stages else ""


def _graded(asked: Conditions) -> str:
    return f", with grade {_or(asked.grades)}" if asked.grades else ""


def _or(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _texts(allowed: Collection[str] | None) -> Callable[[Any], tuple[str, ...]]:
    def read(given: Any) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(str(each).strip() for each in given))
        for each in found:
            if allowed is not None and each not in allowed:
                raise TerminalError(f"{each[:40]!r} is not known.", advice=f"There are: {', '.join(allowed)}.")
        return found

    return read


def _number(name: str, most: int) -> Callable[[Any], int]:
    def read(given: Any) -> int:
        text = str(given).strip()
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
            raise TerminalError(f"The {name} are {text[:20]!r}.", advice=f"Give a whole number from 1 to {most}.")
        return int(text)

    return read


def _numbers(given: Any) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_number("numbers of alerts", 10**9)(each) for each in given))


READING: Mapping[str, Callable[[Any], Any]] = {
    "stages": _texts(STAGES),
    "grades": _texts(GRADES),
    "points": _number("points", MOST_POINTS),
    "days": _number("days", MOST_DAYS),
    "connections": _texts(None),
    "failures": _number("failures", MOST_FAILURES),
    "alerts": _numbers,
}
if set(READING) != {field.name for field in fields(Conditions)}:  # a condition that nobody can give
    raise AssertionError("every condition needs a reader")
