"""The shape of a mapping document: one struct for each kind of entry, which is all that its JSON Schema knows."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leadline.crm.mapping_terms import Owner
from leadline.crm.records import FieldType
from leadline.qualification.stages import Stage
from leadline.scoring.entries import Entry, Scalar, Section

StageName = Annotated[Stage, Meta(title="stage")]
Meaning = Annotated[Literal["none", "accepted", "contacted", "requalified"], Meta(title="meaning of a status")]
QUALIFIED = (Stage.QUALIFIED, Stage.CUSTOMER)
"""Who is synced unless a mapping says otherwise."""
Text = Annotated[str, Meta(min_length=1)]


class WhoEntry(Entry, frozen=True, kw_only=True):
    """Who is synced.

    Attributes:
        stages: a lead in one of these stages.
        grades: and of one of these grades; any without it.
        countries: and from one of these countries, as people write them; from anywhere without it.
    """

    stages: Annotated[list[StageName], Meta(min_length=1)] = msgspec.field(default_factory=lambda: [*QUALIFIED])
    grades: list[str] = []
    countries: list[str] = []


class NumberEntry(Entry, frozen=True, kw_only=True):
    """A number made to measure.

    Attributes:
        scale: what the number is multiplied by.
        round: so many decimals, half up; as many as there are without it.
    """

    scale: float = 1
    round: Annotated[int, Meta(ge=0, le=12)] | None = None


class FieldEntry(Entry, frozen=True, kw_only=True, rename={"from_": "from", "with_": "with"}):
    """What a field of the CRM gets: one of from, template, join and constant, and what is done to it, in this order:
    values, number, date, type, truncate, default.

    Attributes:
        from_: a local field.
        template: words with local fields in braces; what stands in brackets is left out when a name in it is empty.
        join: local fields, written one after the other.
        with_: what stands between joined ones.
        constant: the same for every lead.
        values: our word to the CRM's; a word that is not here stays as it is, unless otherwise says what it becomes.
        otherwise: what a word becomes that values has no row for; null for nothing.
        number: scale and round a number.
        date: a moment in words, by strftime, such as %Y-%m-%d.
        zone: the IANA time zone of date; UTC without it.
        truncate: so many characters at most.
        default: what stands for nothing.
        owner: whose value stands when both sides have one.
        order: the field's values from low to high, as here or as there; it never goes back.
        regress: true, it may go back all the same.
        label: makes the field Leadline's own, made in the CRM when it is missing, under this label.
        type: what it holds there.
        choices: value to label of a choice of Leadline's own; those of the local field or of values without it.
    """

    from_: Text = ""
    template: Text = ""
    join: Annotated[list[str], Meta(min_length=1)] | None = None
    with_: str | None = None
    constant: Scalar | None = None
    values: dict[str, Scalar | None] = {}
    otherwise: Scalar | UnsetType | None = UNSET
    number: NumberEntry | None = None
    date: Text = ""
    zone: Text = ""
    truncate: Annotated[int, Meta(ge=1)] | None = None
    default: Scalar | None = None
    owner: Annotated[Owner, Meta(title="owner")] | None = None
    order: Annotated[list[str], Meta(min_length=2)] | None = None
    regress: bool = False
    label: Text = ""
    type: Annotated[FieldType, Meta(title="type of field")] | None = None
    choices: dict[str, str] = {}


class RejectedEntry(Entry, frozen=True, kw_only=True):
    """A status that turns the lead down.

    Attributes:
        rejected: the reason, as the ruleset names it.
    """

    rejected: Text


class BackEntry(Entry, frozen=True, kw_only=True):
    """What comes back beside the status.

    Attributes:
        owner: whose lead it is in the CRM.
        deals: opened, won and lost deals with their amounts, as opportunities and revenue.
    """

    owner: bool = True
    deals: bool = True


class MappingEntry(Section, frozen=True, kw_only=True):
    """What one connection writes into a CRM, and what it makes of what comes back.

    Attributes:
        object: what leads are written to there; what the connector says without it.
        who: who is synced.
        fields: the CRM's field to what it gets: a local field's name, or an entry that says more.
        status: the CRM's word for where a lead stands to what it means here.
        back: what comes back beside the status.
        events: which conversions the CRM is told of: all, none, or a list of the ruleset's.
    """

    object: str = ""
    who: WhoEntry = WhoEntry()
    fields: Annotated[dict[str, FieldEntry], Meta(min_length=1)]
    status: dict[str, Meaning | RejectedEntry | None] = {}
    back: BackEntry = BackEntry()
    events: Literal["all", "none"] | list[str] = "all"
