"""The shape of a whole ruleset document."""

from leadline.scoring.entries import (
    DimensionsEntry,
    DomainsEntry,
    GateEntry,
    MetricEntry,
    Number,
    PenaltyEntry,
    Section,
)
from leadline.scoring.sales_entries import AccountsEntry, ContactEntry, ExampleEntry, FitEntry, RejectionEntry
from leadline.scoring.stage_entries import ConversionEntry, RecyclingEntry, StagesEntry


class DocumentEntry(Section, frozen=True, kw_only=True):
    """A ruleset: everything that decides a score and a stage.

    Attributes:
        name: the ruleset's name.
        metrics: name to metric: what is measured.
        dimensions: what it is worth.
        grades: grade to the points of the total it starts from, going downward, and otherwise, the grade below all.
        fit: how well a person and their company fit, beside what they do.
        penalties: name to penalty.
        conversions: name to conversion.
        stages: when a stage is entered and left.
        recycling: what silence does.
        disqualifications: name to gate: who is no lead.
        domains: e-mail domains with a meaning.
        accounts: how the people of a company make its score.
        contact: how soon sales promises to call.
        rejections: name to reason for which sales rejects a lead; in place of the built-in ones.
        examples: name to person: what must come out; a failing one blocks publishing.
    """

    name: str
    metrics: dict[str, MetricEntry]
    dimensions: DimensionsEntry
    grades: dict[str, Number | str]
    fit: FitEntry | None = None
    penalties: dict[str, PenaltyEntry] = {}
    conversions: dict[str, ConversionEntry] = {}
    stages: StagesEntry = StagesEntry()
    recycling: RecyclingEntry | None = None
    disqualifications: dict[str, GateEntry] = {}
    domains: DomainsEntry = DomainsEntry()
    accounts: AccountsEntry = AccountsEntry()
    contact: ContactEntry = ContactEntry()
    rejections: dict[str, RejectionEntry] = {}
    examples: dict[str, ExampleEntry] = {}
