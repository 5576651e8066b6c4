"""The columns that the list of leads can show, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeadColumn:
    """One column.

    Attributes:
        name: as the address has it.
        cell: the class of its cells: how they look and what becomes of them on a small screen.
        fact: the column of the people table that it shows; empty when the record store has it.
    """

    name: str
    label: str
    cell: str = "wide"
    fact: str = ""

    @property
    def template(self) -> str:
        """What draws a cell."""
        return f"web/leads/cells/{'fact' if self.fact else self.name}.html"


ALL = (
    LeadColumn("stage", "Stage", "stage-cell"),
    LeadColumn("score", "Score", "score"),
    LeadColumn("grade", "Grade", "grade-cell"),
    LeadColumn("dimensions", "Engagement, readiness, conversion signals", "num wide"),
    LeadColumn("reason", "Strongest reason", "why"),
    LeadColumn("gain", "Gain this week", "num wide"),
    LeadColumn("since", "In the stage since", "wide"),
    LeadColumn("owner", "Owner", "wide"),
    LeadColumn("value", "Monthly value", "num wide"),
    LeadColumn("contacted", "Contacted", "wide"),
    LeadColumn("channel", "Channel", fact="channel"),
    LeadColumn("campaign", "Campaign", fact="campaign"),
    LeadColumn("source", "Source", fact="source"),
    LeadColumn("landing", "Landing page", fact="landing"),
    LeadColumn("country", "Country", fact="country"),
    LeadColumn("industry", "Industry", fact="industry"),
    LeadColumn("event_source", "Event source", fact="event_source"),
    LeadColumn("crm_status", "CRM status", fact="crm_status"),
    LeadColumn("seen", "Last seen", "seen"),
)
COLUMNS: Mapping[str, LeadColumn] = {column.name: column for column in ALL}
DEFAULT = ("stage", "score", "grade", "dimensions", "reason", "seen")
