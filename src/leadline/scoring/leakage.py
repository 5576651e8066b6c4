"""The leakage guard: a ruleset that reads what happens because of the outcome foretells nothing.

Such a metric can only look good: it is refused before anything is computed. What it can't see, a single factor that
tells the outcome too well, is named afterwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.engagement.metrics import Metric
from leadline.kernel.errors import LeakError
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import ConversionRule

SUSPECT_AUC = 0.85
"""Published studies of whole models lie between .80 and .84: one factor above this is probably no foretelling."""
SALES_CONTACT = "Lead Contacted"
"""The reserved event of somebody from sales having spoken to a person: made by the outcome's own process."""
AFTER: Mapping[str, tuple[str, ...]] = {"opportunity": ("won_deal",)}
"""By the name of a conversion, those that only come after it."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A metric that must not foretell an outcome.

    Attributes:
        event: what it reads; empty when the metric itself says that it is because of the outcome.
        why: the rest of a sentence about it.
    """

    metric: str
    event: str
    why: str

    @property
    def sentence(self) -> str:
        """For people."""
        reads = f" reads {self.event!r}," if self.event else ""
        return f"Metric {self.metric!r}{reads} {self.why}."


def conversion_named(ruleset: Ruleset, name: str) -> ConversionRule | None:
    """The ruleset's conversion of this name."""
    return next((rule for rule in ruleset.conversions if rule.name == name), None)


def leaks(ruleset: Ruleset, outcome: ConversionRule) -> list[Leak]:
    """The metrics that some measure of the ruleset reads although the outcome makes them.

    Args:
        outcome: as it is judged, whichever ruleset declares it.
    """
    later = dict(_later_events(ruleset, outcome))
    return [leak for metric in ruleset.metrics_read if (leak := _leak(metric, outcome.name, later)) is not None]


def refuse_leaks(ruleset: Ruleset, outcome: ConversionRule, called: str) -> None:
    """Refuse a ruleset that can't be judged by this outcome.

    Args:
        called: how people know the ruleset.

    Raises:
        LeakError: it names every metric, the event it reads, and why.
    """
    found = leaks(ruleset, outcome)
    if found:
        raise LeakError(
            f"{called} can't be judged by {outcome.name!r}: {' '.join(leak.sentence for leak in found)}",
            advice="Judge it by another outcome, or leave these metrics out in a draft.",
        )


def _leak(metric: Metric, outcome: str, later: Mapping[str, str]) -> Leak | None:
    if outcome in metric.because_of:
        return Leak(metric.name, "", f"is because of {outcome!r}, as it says itself")
    read = next((event for event in (*metric.events, *metric.unless) if event in later), None)
    return None if read is None else Leak(metric.name, read, later[read])


def _later_events(ruleset: Ruleset, outcome: ConversionRule) -> Iterator[tuple[str, str]]:
    """Events that are the outcome or only exist because of it, and why."""
    yield SALES_CONTACT, "which sales makes while it works a lead"
    for name in AFTER.get(outcome.name, ()):
        rule = conversion_named(ruleset, name)
        for event in (rule.event, *rule.unless) if rule else ():
            yield event, f"which only comes after {outcome.name!r}"
    for event in outcome.unless:
        yield event, f"which only exists once there is {outcome.name!r}"
    yield outcome.event, "which is the outcome itself"
