"""What people can be chosen by: the fields of a segment, each a column of the people table or a question about it.
Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadline.qualification.stages import Stage


class FieldKind(StrEnum):
    """What a field's values are."""

    TEXT = "text"  # compared without regard to case; an empty value stands for none
    CHOICE = "choice"  # one of few words
    COUNTRY = "country"  # however it is written
    WHOLE = "whole"
    POINTS = "points"  # decimal points of a score; millionths in the store
    MONEY = "money"
    MOMENT = "moment"  # a day, or how long ago
    FLAG = "flag"  # yes or no


class FlagTest(StrEnum):
    """What makes a flag yes."""

    TRUE = "true"
    SET = "set"
    AHEAD = "ahead"  # a moment that is still to come


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that people can be chosen by.

    Attributes:
        column: of memory.main.people.
        label: for a page's control: "Country".
        help: a line for the reference.
        choices: (value, words) of a CHOICE.
        test: of a FLAG.
    """

    name: str
    kind: FieldKind
    column: str
    label: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    test: FlagTest | None = None


STAGES = tuple((stage.value, stage.value.replace("_", " ").capitalize()) for stage in Stage)


def _text(name: str, label: str, said: str, column: str = "") -> Field:
    return Field(name, FieldKind.TEXT, column or name, label, said)


def _points(name: str, label: str, said: str) -> Field:
    return Field(name, FieldKind.POINTS, name, label, said)


def _moment(name: str, label: str, said: str, column: str = "") -> Field:
    return Field(name, FieldKind.MOMENT, column or name, label, said)


def _flag(name: str, label: str, said: str, column: str, test: FlagTest = FlagTest.SET) -> Field:
    return Field(name, FieldKind.FLAG, column, label, said, test=test)


ALL = (
    Field("lead", FieldKind.WHOLE, "lead", "Lead", "The person's own number, as their page's address has it."),
    Field("stage", FieldKind.CHOICE, "stage", "Stage", "Where they stand.", STAGES),
    _text("grade", "Grade", "A band of the total, such as A."),
    Field("fit", FieldKind.WHOLE, "fit", "Fit", "1 (best) to 3; 0 without fit rules."),
    _points("total", "Total", "The total score in points."),
    _points("engagement", "Engagement", "The engagement score in points."),
    _points("readiness", "Readiness", "The readiness score in points."),
    _points("conversion", "Conversion signals", "The score of conversion signals in points."),
    _points("gain_week", "Gain this week", "How many points the total rose in seven days; negative when it fell."),
    _text("channel", "Channel", "The channel of their first visit, such as Paid search."),
    _text("source", "Source", "utm_source or the referring domain of their first visit."),
    _text("campaign", "Campaign", "utm_campaign of their first visit."),
    _text("landing", "Landing page", "The path their first visit began on."),
    _text("event_source", "Event source", "The event source of their first event, by name."),
    _text("company", "Company", "Their company's name."),
    Field("account", FieldKind.WHOLE, "account", "Account", "Their company's number, as its page's address has it."),
    _text("industry", "Industry", "What they said, else their company's."),
    Field("country", FieldKind.COUNTRY, "country", "Country", "What they said, else their company's: DE or Germany."),
    Field("employees", FieldKind.WHOLE, "employees", "Employees", "How many people their company has."),
    _text("owner", "Owner", "Who owns the lead; an empty value is nobody."),
    _text("rejection", "Rejection", "The reason that sales turned them down for, as the ruleset names it."),
    Field("seats", FieldKind.WHOLE, "seats", "Seats", "How many seats they asked a quote for."),
    Field("monthly_value", FieldKind.MONEY, "monthly_value", "Monthly value", "What they asked a quote for, a month."),
    _text("currency", "Currency", "The currency of that quote."),
    _text(
        "crm_status",
        "CRM status",
        "What the CRM says of them; Sent when it says nothing yet; empty when it was not told of them.",
    ),
    _flag("known", "Known", "Whether it is known who they are; visitors are not.", "known", FlagTest.TRUE),
    _flag("reachable", "Reachable", "Whether sales can write or call.", "reachable", FlagTest.TRUE),
    _flag("contacted", "Contacted", "Whether sales has spoken to them.", "contacted_at"),
    _flag("accepted", "Accepted", "Whether sales took the lead.", "accepted_at"),
    _flag("rejected", "Rejected", "Whether sales turned it down.", "rejected_at"),
    _flag("snoozed", "Snoozed", "Whether it is left out of Call next for now.", "snoozed_until", FlagTest.AHEAD),
    _flag("overdue", "Overdue", "Whether the promise of a first contact was broken.", "breached_at"),
    _moment("first_seen", "First seen", "Their first event.", "first_seen_at"),
    _moment("last_seen", "Last seen", "Their latest event.", "last_seen_at"),
    _moment("known_at", "Known since", "When it became known who they are."),
    _moment("stage_since", "In the stage since", "When they entered the stage that they are in."),
    _moment("qualified_at", "Qualified", "When they first entered the stage qualified."),
    _moment("customer_at", "Customer", "When they first entered the stage customer."),
)
FIELDS: Mapping[str, Field] = {field.name: field for field in ALL}
"""By name, in the order that pages and the reference show them in."""
