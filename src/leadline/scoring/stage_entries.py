"""The shape of what later stages read in a ruleset document: conversions, stages, recycling."""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from leadline.scoring.entries import Days, Entry, Points, Section, Where

LadderStage = Literal["profile_development", "conversion_signals", "qualified"]
RecycledStage = Literal["profile_development", "conversion_signals", "qualified", "customer"]
Need = Literal["known", "reachable", "permitted"]
LADDER: tuple[str, ...] = get_args(LadderStage)
"""The stages a ruleset has rules for, lowest first. Everyone is in the stage below; the others have no thresholds."""
RECYCLED_FROM: tuple[str, ...] = get_args(RecycledStage)
NEEDS: tuple[str, ...] = get_args(Need)


class ConversionEntry(Entry, frozen=True, kw_only=True):
    """One conversion: an event that counts once per key.

    Attributes:
        event: the event's name.
        where: filters by property; all must hold.
        key: the property that tells one from another; without one, each message is one.
        amount: the property with the money.
        currency: the property with the currency.
        unless: events that cancel it when they carry the same key.
        triggers: the stages it fast-tracks to.
        trigger_where: filters on its facts for that.
        facts: properties kept with it, in clear, for the sentence.
        sentence: for pages; placeholders are facts.
    """

    event: str
    where: Where = {}
    key: str = ""
    amount: str = ""
    currency: str = "currency"
    unless: list[str] = []
    triggers: list[Annotated[LadderStage, Meta(title="stage")]] = []
    trigger_where: Where = {}
    facts: list[str] = []
    sentence: str


class ThresholdEntry(Entry, frozen=True, kw_only=True):
    """So many of these factors.

    Attributes:
        at_least: how many.
        of: factor to points.
    """

    at_least: Annotated[int, Meta(ge=1)]
    of: dict[str, Points]


class EnterTotalEntry(Entry, frozen=True, kw_only=True):
    """A total held for some hours.

    Attributes:
        points: of the total.
        for_hours: for so long without a break.
    """

    points: Points
    for_hours: Annotated[int, Meta(ge=0, le=24 * 365)] = 0


class StageEntry(Entry, frozen=True, kw_only=True):
    """When a stage is entered and left.

    Attributes:
        needs: what must be known of a person, or permitted.
        enter: so many of these factors at these points or above.
        stay: the same for staying; no value may be above the one to enter.
        enter_total: or the total has been this high for so long.
        stay_total: left below it.
        trigger_days: how long a trigger counts.
        dwell_days: not left before.
    """

    needs: list[Annotated[Need, Meta(title="need")]] = []
    enter: ThresholdEntry | None = None
    stay: ThresholdEntry | None = None
    enter_total: EnterTotalEntry | None = None
    stay_total: Points | None = None
    trigger_days: Days = 30
    dwell_days: Annotated[int, Meta(ge=0, le=36_500)] = 0


class StagesEntry(Section, frozen=True, kw_only=True):
    """The stages that have rules.

    Attributes:
        profile_development: known, and interested.
        conversion_signals: prepares a decision.
        qualified: sales should call.
    """

    profile_development: StageEntry | None = None
    conversion_signals: StageEntry | None = None
    qualified: StageEntry | None = None


class RecyclingEntry(Entry, frozen=True, kw_only=True):
    """What silence does.

    Attributes:
        after_silent_days: after so many days without an event.
        stages: the stages that it turns into recycled.
    """

    after_silent_days: Days = 60
    stages: list[Annotated[RecycledStage, Meta(title="stage")]] = []
