"""The shape of a ruleset document: one struct for each kind of entry.

What is here is all that the JSON Schema knows (`schema.py`): types, limits and, in each `Attributes:`, what the
fields mean. What needs a look at other entries is checked where they are read.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from leadline.engagement.metrics import MetricKind
from leadline.scoring.arithmetic import Curve
from leadline.scoring.ruleset import Across

Number = float
"""A whole number is one too."""
Positive = Annotated[float, Meta(gt=0)]
Points = Annotated[float, Meta(ge=0, le=100)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
Scalar = bool | int | float | str
Kind = Annotated[MetricKind, Meta(title="metric kind")]
AcrossName = Annotated[Across, Meta(title="way to combine days")]
CurveName = Annotated[Curve, Meta(title="curve")]
DimensionName = Annotated[Literal["engagement", "readiness", "conversion"], Meta(title="dimension")]
KnownAt = Annotated[Literal["occurred", "received"], Meta(title="time of an event")]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry with named fields; any other field is a fault."""


class Section(Entry, frozen=True, kw_only=True):
    """An entry whose parts are read apart: a fault in one does not hide the others."""


class FilterEntry(Entry, frozen=True, kw_only=True, rename={"not_": "not"}):
    """A filter that says more than equality. All that it states must hold.

    Attributes:
        at_least: a number, this or more.
        at_most: a number, this or less.
        above: a number, more than this.
        below: a number, less than this.
        not_: there, and none of these.
        exists: true: there with a value; false: missing or null.
    """

    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    not_: Scalar | list[Scalar] | None = None
    exists: bool | None = None


WhereEntry = bool | int | float | str | list[Scalar] | FilterEntry
Where = dict[str, WhereEntry]


class MetricEntry(Entry, frozen=True, kw_only=True):
    """One metric: what is measured over events or traits.

    Attributes:
        kind: what the value of one day says.
        events: the event names it reads.
        property: the property it reads.
        where: filters by property; all must hold.
        unless: events that cancel a key of a distinct metric when they carry the same one.
        traits: the traits that a completeness metric counts.
        trait: the trait that a metric of kind trait or trait_value looks at.
        values: the values that a metric of kind trait counts as 1.
        because_of: conversions that it is a consequence of; a backtest that predicts one of these refuses it.
        available_at: from when on a backtest may know its events: when they occurred, or when they were received.
    """

    kind: Kind
    events: list[str] = []
    property: str = ""
    where: Where = {}
    unless: list[str] = []
    traits: list[str] = []
    trait: str = ""
    values: list[str] = []
    because_of: list[str] = []
    available_at: KnownAt = "occurred"


class MeasureEntry(Entry, frozen=True, kw_only=True):
    """What factors, penalties and disqualifications share: a metric over a window.

    Attributes:
        metric: the metric's name.
        across: how the days of the window combine.
        window_days: so many days up to and including the as-of day; none with across: state.
        half_life_days: after so many days a day weighs half.
        daily_cap: what one day can count for at most.
    """

    metric: str
    across: AcrossName
    window_days: Days | None = None
    half_life_days: Positive | None = None
    daily_cap: Positive | None = None


class FactorEntry(MeasureEntry, frozen=True, kw_only=True):
    """One factor of a dimension: a measure turned into 0 to 100 points.

    Attributes:
        weight: relative to the other factors of its dimension.
        full_at: what gives 100, in the metric's unit.
        curve: how the points rise to 100.
        label: its name on pages.
        reason: its sentence on pages; {count}, {value} and {minutes} stand for the measure.
        unit: of the measure, for pages.
        action: what somebody would do to raise it ("a strategy call"); the label without one.
    """

    weight: Positive
    full_at: Positive
    curve: CurveName = Curve.LINEAR
    label: str
    reason: str
    unit: str = ""
    action: str = ""


class DimensionEntry(Section, frozen=True, kw_only=True):
    """One dimension of the total.

    Attributes:
        weight: relative to the other dimensions.
        factors: name to factor; a name is unique in the document.
    """

    weight: Positive
    factors: dict[str, FactorEntry]


class DimensionsEntry(Section, frozen=True, kw_only=True):
    """The three dimensions of the total.

    Attributes:
        engagement: how much a person does on the platform.
        readiness: how far a person has prepared a decision.
        conversion: how close a person is to buying.
    """

    engagement: DimensionEntry
    readiness: DimensionEntry
    conversion: DimensionEntry


class GateEntry(MeasureEntry, frozen=True, kw_only=True):
    """A disqualification: holds while the measure reaches a number.

    Attributes:
        at_least: the gate is open from here.
        sentence: for pages.
    """

    at_least: Positive = 1
    sentence: str


class PenaltyEntry(GateEntry, frozen=True, kw_only=True):
    """Points taken from a dimension while the gate is open.

    Attributes:
        dimension: where the points are taken from.
        points: how many.
    """

    dimension: DimensionName
    points: Annotated[float, Meta(gt=0, le=100)]


class DomainsEntry(Entry, frozen=True, kw_only=True):
    """E-mail domains with a meaning; a domain stands for its subdomains too.

    Attributes:
        own: the platform's own people.
        test: only used by tests.
        competitors: competitors and vendors.
    """

    own: list[str] = []
    test: list[str] = []
    competitors: list[str] = []
