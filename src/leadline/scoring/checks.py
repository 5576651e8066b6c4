"""What is wrong with a valid ruleset for one installation: what it keeps too short, and what it never saw."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from leadline.engagement.metrics import TRAIT_KINDS
from leadline.scoring.faults import Fault
from leadline.scoring.ruleset import Measure, Ruleset


@dataclass(frozen=True, slots=True)
class Warned:
    """What is probably a mistake, and yet no fault. `path` is that of the entry in the document."""

    path: str
    message: str

    def __str__(self) -> str:
        return self.message

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"path": self.path, "message": self.message}


def retention_faults(ruleset: Ruleset, keep_days: int | None) -> list[Fault]:
    """Windows that reach further back than events are kept: their scores would change by themselves.

    Args:
        keep_days: for how many days events are kept; None is for ever.
    """
    if keep_days is None:
        return []
    return [
        Fault(
            None,
            f"{path}.window_days",
            f"a window of {measure.window_days} days reads events that are kept for {keep_days} days only.",
            f"Write {keep_days} or less, or keep events longer (LEADLINE_KEEP_EVENTS_DAYS).",
        )
        for path, measure in _measures(ruleset)
        if measure.metric.kind not in TRAIT_KINDS and measure.window_days > keep_days
    ]


def unseen_events(ruleset: Ruleset, seen: Collection[str]) -> list[Warned]:
    """Events that rules read and nobody ever sent. Nothing while nothing was seen at all."""
    return [Warned(path, _unseen(path, event, seen)) for path, event in _events(ruleset) if seen and event not in seen]


def unread_traits(ruleset: Ruleset, readable: Collection[str]) -> list[Warned]:
    """Traits whose values rules ask for, and which the event store only knows to be there or not.

    Args:
        readable: the traits whose values it has.
    """
    return [
        Warned(
            f"metrics.{name}.trait", f"metric {name} asks for the value of {trait!r}, which is kept as there or not."
        )
        for name, metric in ruleset.metrics.items()
        if metric.kind in TRAIT_KINDS and metric.kind != "completeness"
        for trait in metric.traits
        if trait not in readable
    ]


def _measures(ruleset: Ruleset) -> Iterator[tuple[str, Measure]]:
    for factor in ruleset.factors:
        yield f"dimensions.{factor.dimension}.factors.{factor.name}", factor.measure
    for penalty in ruleset.penalties:
        yield f"penalties.{penalty.gate.name}", penalty.gate.measure
    for gate in ruleset.disqualifications:
        yield f"disqualifications.{gate.name}", gate.measure


def _events(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    for name, metric in ruleset.metrics.items():
        yield from ((f"metrics.{name}", event) for event in (*metric.events, *metric.unless))
    for rule in ruleset.conversions:
        yield from ((f"conversions.{rule.name}", event) for event in (rule.event, *rule.unless))


def _unseen(path: str, event: str, seen: Collection[str]) -> str:
    section, _, name = path.partition(".")
    close = _nearest(event, seen)
    hint = f"; seen was {close!r}" if close else ""
    return f"{section.removesuffix('s')} {name} reads {event!r}, never seen{hint}."


def _nearest(event: str, seen: Collection[str]) -> str:
    """The seen name that was probably meant; case does not count."""
    by_folded = {each.casefold(): each for each in sorted(seen)}
    return next((by_folded[each] for each in get_close_matches(event.casefold(), by_folded, n=1, cutoff=0.75)), "")
