"""A person's journey as one drawn line and a list of stops: visits by one channel and campaign that follow each other
are one stop. Pure: now is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leadline.pipeline.lead_journey import JourneyStep, StepKind

WIDTH, HEIGHT = 360, 36
MARGIN = 6
SHOWN = 14


@dataclass(frozen=True, slots=True)
class Stop:
    """One or more steps alike. `until`: when the last of them was."""

    step: JourneyStep
    visits: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One step on the line, in the drawing's units."""

    x: str
    step: JourneyStep


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """The drawing and the list. `first` and `last` stops are shown, what is between them on demand."""

    points: tuple[Point, ...]
    stops: tuple[Stop, ...]
    visits: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self) -> tuple[Stop, ...]:
        """The beginning."""
        return self.stops if len(self.stops) <= SHOWN else self.stops[:1]

    @property
    def between(self) -> tuple[Stop, ...]:
        """What is shown on demand."""
        return () if len(self.stops) <= SHOWN else self.stops[1 : 1 - SHOWN]

    @property
    def last(self) -> tuple[Stop, ...]:
        """The latest."""
        return () if len(self.stops) <= SHOWN else self.stops[1 - SHOWN :]


def journey_line(steps: Sequence[JourneyStep], now: datetime) -> JourneyLine:
    """Draw steps, oldest first, from the first of them to now."""
    begun = steps[0].at if steps else now
    whole = max((now - begun).total_seconds(), 1.0)
    room = WIDTH - 2 * MARGIN
    points = tuple(Point(_svg(MARGIN + (step.at - begun).total_seconds() / whole * room), step) for step in steps)
    return JourneyLine(points, _folded(steps), sum(step.kind is StepKind.VISIT for step in steps))


def _folded(steps: Sequence[JourneyStep]) -> tuple[Stop, ...]:
    stops: list[Stop] = []
    for step in steps:
        if stops and _is_more_of(stops[-1].step, step):
            stops[-1] = replace(stops[-1], visits=stops[-1].visits + 1, until=step.at)
        else:
            stops.append(Stop(step, 1, step.at))
    return tuple(stops)


def _is_more_of(before: JourneyStep, step: JourneyStep) -> bool:
    same = (before.what, before.campaign) == (step.what, step.campaign)
    return same and before.kind is StepKind.VISIT and step.kind is StepKind.VISIT


def _svg(value: float) -> str:
    return f"{min(value, WIDTH):.1f}"
