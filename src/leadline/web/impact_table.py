"""Who would move, as tables: from each grade and stage to each. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.pipeline.impact import Impact, Moved
from leadline.web.words import MICRO, stage_name

LADDER = (
    *("initial_engagement", "profile_development", "conversion_signals", "qualified"),
    *("customer", "recycled", "disqualified"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """So many leads go from one grade or stage to another. `way`: "up", "down" or "" where neither is meant."""

    before: str
    after: str
    leads: int
    way: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Everything that the page says of it."""

    leads: int
    moved: int
    share: float
    grades: Sequence[Change]
    stages: Sequence[Change]
    examples: Sequence[Moved]

    @property
    def percent(self) -> str:
        """Of all leads, in words."""
        return f"{self.share:.1%}" if 0 < self.share < 0.1 else f"{self.share:.0%}"


def shown(impact: Impact, most: int) -> Moves:
    """The tables of an impact, with at most so many leads."""
    return Moves(
        leads=impact.leads,
        moved=impact.moved,
        share=impact.share,
        grades=_changes(impact.grade_changes, _grade_way, str),
        stages=_changes(impact.stage_changes, _stage_way, stage_name),
        examples=impact.examples[:most],
    )


def from_result(found: Mapping[str, Any], most: int) -> Moves:
    """The same of an impact that was kept as JSON."""
    counts = {
        name: {(each["from"], each["to"]): each["leads"] for each in found[f"{name}_changes"]}
        for name in ("grade", "stage")
    }
    examples = [
        Moved(**{**each, "total": _micro(each["total"]), "new_total": _micro(each["new_total"])})
        for each in found["examples"]
    ]
    return shown(
        Impact(found["leads"], counts["grade"], counts["stage"], found["moved"], found["share"], examples), most
    )


def _micro(points: float) -> int:
    return round(points * MICRO)


def _changes(
    counts: Mapping[tuple[str, str], int], way: Callable[[str, str], str], named: Callable[[str], str]
) -> list[Change]:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [Change(named(before), named(after), count, way(before, after)) for (before, after), count in ordered]


def _grade_way(before: str, after: str) -> str:
    """Grades are letters: A is the best."""
    return "up" if after < before else "down"


def _stage_way(before: str, after: str) -> str:
    if before not in LADDER or after not in LADDER:
        return ""
    beside = LADDER.index("customer")
    places = LADDER.index(before), LADDER.index(after)
    return "" if max(places) >= beside else "up" if places[1] > places[0] else "down"
