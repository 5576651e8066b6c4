"""The shape of what sales reads in a ruleset document: fit, accounts, contact, rejections; and of its examples."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from leadline.scoring.arithmetic import Curve
from leadline.scoring.entries import CurveName, Entry, Number, Points, Positive, Section

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WORKING_DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
Day = Annotated[Weekday, Meta(title="day of the week")]
MOST_DAYS_AGO = 730
"""An example is walked from midnight to midnight."""
Minutes = Annotated[int, Meta(ge=1, le=366 * 24 * 60)]
Clock = Annotated[int, Meta(ge=0, le=24 * 60)]
"""YAML reads 17:00 as sixty times seventeen: minutes after midnight."""


class FitFactorEntry(Entry, frozen=True, kw_only=True):
    """One trait that says how well a person or company fits.

    Attributes:
        metric: the name of a metric over traits.
        weight: relative to the other factors of the fit.
        full_at: what gives 100, in the metric's unit.
        curve: how the points rise to 100.
        label: its name on pages.
        reason: its sentence on pages; the label without one.
        unit: of the measure, for pages.
    """

    metric: str
    weight: Positive
    full_at: Positive = 1
    curve: CurveName = Curve.LINEAR
    label: str
    reason: str = ""
    unit: str = ""


class FitBandsEntry(Entry, frozen=True, kw_only=True, rename={"best": "1", "middle": "2"}):
    """The fit from so many fit points on.

    Attributes:
        best: fit 1 from so many points.
        middle: fit 2 from so many points.
        otherwise: the fit below all bands.
    """

    best: Points
    middle: Points | None = None
    otherwise: Literal[2, 3] = 3


class FitEntry(Section, frozen=True, kw_only=True):
    """Who a person and their company are, beside what they do; outside the total.

    Attributes:
        factors: name to factor over traits.
        bands: which points give which fit; 1 is best.
        matrix: what to do for a grade and a fit, such as A1.
    """

    factors: Annotated[dict[str, FitFactorEntry], Meta(min_length=1)]
    bands: FitBandsEntry
    matrix: dict[str, str] = {}


class AccountsEntry(Entry, frozen=True, kw_only=True):
    """How the people of a company make its score.

    Attributes:
        people: how many count, the best first.
        further_share: the share of its total that each person after the best adds, 0 to 1.
    """

    people: Annotated[int, Meta(ge=1, le=100)] = 3
    further_share: Annotated[float, Meta(ge=0, le=1)] = 0.25


class WithinEntry(Entry, frozen=True, kw_only=True):
    """How soon a qualified lead is contacted, in working time: minutes, or such as "90 minutes", "2 hours", "1 day".

    Attributes:
        trigger: after a conversion that triggers.
        other: otherwise.
    """

    trigger: Minutes | str = 60
    other: Minutes | str = 8 * 60


class WorkingHoursEntry(Entry, frozen=True, kw_only=True):
    """When sales works.

    Attributes:
        days: days of the week.
        opens: such as "09:00".
        closes: such as "17:30"; after opens.
        zone: an IANA time zone, such as Europe/Berlin.
    """

    days: Annotated[list[Day], Meta(min_length=1)] = msgspec.field(default_factory=lambda: list(WORKING_DAYS))
    opens: Clock | str = "09:00"
    closes: Clock | str = "17:00"
    zone: str = "UTC"


class ContactEntry(Section, frozen=True, kw_only=True):
    """The promise of how soon somebody calls.

    Attributes:
        within: how soon.
        working_hours: which hours count.
    """

    within: WithinEntry = WithinEntry()
    working_hours: WorkingHoursEntry = WorkingHoursEntry()


class RejectionEntry(Entry, frozen=True, kw_only=True):
    """A reason for which sales rejects a lead.

    Attributes:
        label: the reason in words.
        to: where it puts the lead; from recycled it comes back when it is active again.
    """

    label: Annotated[str, Meta(min_length=1)]
    to: Annotated[Literal["recycled", "disqualified"], Meta(title="stage for rejected leads")]


class ExampleEventEntry(Entry, frozen=True, kw_only=True):
    """A message of an example's person, as Segment writes it, with days_ago or a timestamp.

    Attributes:
        type: of the message; track without one.
        event: the name of a track message.
        name: the name of a page or screen message.
        days_ago: so many days before the example's day, at noon UTC; a fraction is a part of a day.
        timestamp: instead of days_ago: such as 2026-03-01T09:30:00Z.
        properties: of the event.
        traits: of an identify or group message.
        messageId: messages with the same one count once.
        userId: makes the person known.
        context: such as a userAgent.
    """

    type: Annotated[Literal["track", "page", "screen", "identify", "group"], Meta(title="type of message")] = "track"
    event: str = ""
    name: str = ""
    days_ago: Annotated[float, Meta(ge=0, le=MOST_DAYS_AGO)] | None = None
    timestamp: str = ""
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    messageId: str = ""  # noqa: N815  # Segment's name
    userId: str = ""  # noqa: N815  # Segment's name
    context: dict[str, Any] = {}


class BoundsEntry(Entry, frozen=True, kw_only=True):
    """A number within bounds.

    Attributes:
        at_least: this or more.
        at_most: this or less.
    """

    at_least: Number | None = None
    at_most: Number | None = None


class ExampleEntry(Entry, frozen=True, kw_only=True):
    """A named person, and what must come out. A failing example blocks publishing.

    Attributes:
        as_of: the day it is scored, such as 2026-03-01; needed when an event has a timestamp.
        events: what the person did.
        traits: what is known of the person.
        expect: any of total, grade, fit, stage, disqualified, a dimension, a factor.
    """

    as_of: str = ""
    events: list[ExampleEventEntry] = []
    traits: dict[str, Any] = {}
    expect: Annotated[dict[str, bool | int | float | str | BoundsEntry], Meta(min_length=1)]
