"""What the sandbox CRM calls things, and what somebody who sells can do with a record. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from leadline.crm.records import FieldType, RemoteField

NEW, ACCEPTED, CONTACTED, DEAL, WON, LOST = "New", "Accepted", "Contacted", "Deal open", "Won", "Lost"
STATUSES = (NEW, ACCEPTED, CONTACTED, DEAL, WON, LOST)
"""In the order of the pipeline."""
WITH_A_DEAL = frozenset({DEAL, WON})
CLOSED = frozenset({WON, LOST})
LOST_REASONS = ("Price", "Timing", "Hired locally", "Chose a competitor", "No reply", "No budget")


class Act(StrEnum):
    """What a button does."""

    ACCEPT = "accept"
    CONTACT = "contact"
    OPEN = "open"
    WIN = "win"
    LOSE = "lose"


@dataclass(frozen=True, slots=True)
class Effect:
    """Attributes:
    status: what the record says then. priced: an amount is needed. reasoned: a reason is needed.
    """

    status: str
    priced: bool = False
    reasoned: bool = False


EFFECTS = {
    Act.ACCEPT: Effect(ACCEPTED),
    Act.CONTACT: Effect(CONTACTED),
    Act.OPEN: Effect(DEAL, priced=True),
    Act.WIN: Effect(WON, priced=True),
    Act.LOSE: Effect(LOST, reasoned=True),
}


def _text(name: str, label: str, length: int = 200, *, required: bool = False) -> RemoteField:
    return RemoteField(name, label, FieldType.TEXT, length=length, required=required)


FIELDS = (
    _text("name", "Name", required=True),
    _text("company", "Company"),
    _text("email", "E-mail", 254),
    _text("phone", "Phone", 60),
    _text("job_title", "Job title"),
    _text("country", "Country", 80),
    RemoteField("score", "Score", FieldType.INTEGER),
    _text("grade", "Grade", 4),
    _text("stage", "Stage", 40),
    RemoteField("engagement", "Engagement", FieldType.INTEGER),
    RemoteField("readiness", "Readiness", FieldType.INTEGER),
    RemoteField("conversion", "Conversion signals", FieldType.INTEGER),
    RemoteField("reasons", "Reasons", FieldType.LONG_TEXT),
    _text("next_step", "Next step", 400),
    RemoteField("qualified_at", "Qualified", FieldType.MOMENT),
    RemoteField("expected_amount", "Expected amount", FieldType.DECIMAL),
    _text("currency", "Currency", 3),
    _text("first_touch", "First visit by", 120),
    _text("last_touch", "Last visit by", 120),
    RemoteField("leadline_page", "Leadline page", FieldType.LINK),
    RemoteField("remark", "Remark of sales", FieldType.LONG_TEXT),
)
