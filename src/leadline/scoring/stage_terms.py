"""What decides a stage: conversions, thresholds, what entering and leaving takes, what silence does."""

from dataclasses import dataclass

from leadline.engagement.metrics import Condition


@dataclass(frozen=True, slots=True)
class ConversionRule:
    """An event that counts as a conversion, once per key.

    Attributes:
        key: the property that tells one conversion from another; without one, each message is one.
        unless: events that cancel a conversion when they carry the same key.
        triggers: the stages that it fast-tracks to.
        trigger_where: conditions for that, beyond `where`.
        facts: the properties that are kept with it for the sentence on the page.
        sentence: for pages; placeholders are facts.
    """

    name: str
    event: str
    where: tuple[Condition, ...] = ()
    key: str = ""
    amount: str = ""
    currency: str = "currency"
    unless: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    trigger_where: tuple[Condition, ...] = ()
    facts: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """So many of these factors at or above these points (thousandths)."""

    count: int
    factors: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StageRule:
    """When a stage is entered and left. Thresholds are in thousandths of a point.

    Attributes:
        enter: factor thresholds; on top of those of the stage below it.
        stay: the same with the exit values; below it the stage is left.
        enter_total, enter_total_hours: or the total has been this high for so long.
        stay_total: left when the total is below it.
        trigger_days: a conversion trigger for this stage counts for so long.
        dwell_days: not left before.
        needs: "known" (e-mail or user id), "reachable" (e-mail or telephone), "permitted" (profiling).
    """

    name: str
    enter: Threshold | None = None
    stay: Threshold | None = None
    enter_total: int | None = None
    enter_total_hours: int = 0
    stay_total: int | None = None
    trigger_days: int = 30
    dwell_days: int = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recycling:
    """Stages that silence turns into `recycled`."""

    after_silent_days: int = 60
    stages: tuple[str, ...] = ()
