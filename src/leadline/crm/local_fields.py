"""What Leadline can tell a CRM of a lead: the names that a mapping may use. Pure.

Scores are whole points, so that fading alone sends little; moments are aware UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.crm.records import FieldType
from leadline.qualification.stages import Stage

CHANNELS = "The channel, such as Paid search, that attribution gives to"
REASONS = 3
"""So many are fields of their own."""


@dataclass(frozen=True, slots=True)
class LocalField:
    """One thing that is known of a lead.

    Attributes:
        label: what a field made for it in the CRM is called.
        definition: a line for the reference and the editor.
        choices: (value, label) of a CHOICE.
    """

    name: str
    label: str
    type: FieldType
    definition: str
    choices: tuple[tuple[str, str], ...] = ()


STAGES = tuple((stage.value, stage.value.replace("_", " ").capitalize()) for stage in Stage)
STATUSES = tuple((name, name.capitalize()) for name in ("contacted", "accepted", "rejected", "requalified"))


def _text(name: str, label: str, definition: str) -> LocalField:
    return LocalField(name, label, FieldType.TEXT, definition)


def _whole(name: str, label: str, definition: str) -> LocalField:
    return LocalField(name, label, FieldType.INTEGER, definition)


def _moment(name: str, label: str, definition: str) -> LocalField:
    return LocalField(name, label, FieldType.MOMENT, definition)


def _money(name: str, label: str, definition: str) -> LocalField:
    return LocalField(name, label, FieldType.DECIMAL, definition)


PERSON = (
    _text("external_id", "Leadline ID", "Names the lead for good: ll- and 32 hexadecimal digits."),
    _text("user_id", "User ID", "The platform's own id of the person."),
    _text("name", "Name", "The person's name."),
    _text("first_name", "First name", "As it was given, else the first word of a name of two or more."),
    _text("last_name", "Last name", "As it was given, else the last word of the name."),
    _text("email", "E-mail", "The e-mail address."),
    _text("phone", "Phone", "The phone number, as it was given."),
    _text("title", "Job title", "What the person does at the company."),
    _text("company", "Company", "The company's name."),
    _text("domain", "Company domain", "The company's e-mail domain."),
    _text("website", "Website", "The company's website, as it was given."),
    _whole("employees", "Employees", "How many people the company has."),
    _text("industry", "Industry", "What the person said, else the company's."),
    _text("city", "City", "The city, as it was given."),
    _text("postal_code", "Postal code", "The postal code, as it was given."),
    _text("country", "Country", "The country's English name, however it was given."),
    LocalField(
        "unsubscribed",
        "Unsubscribed",
        FieldType.BOOLEAN,
        "True when the person refused marketing; else nothing, so that a refusal that is only known there stays.",
    ),
    _text("country_code", "Country code", "The country's two letters: DE."),
)

SCORES = (
    _whole("score", "Leadline score", "The total, 0 to 100."),
    _whole("engagement", "Leadline engagement", "The engagement score, 0 to 100."),
    _whole("readiness", "Leadline readiness", "The readiness score, 0 to 100."),
    _whole("conversion", "Leadline conversion signals", "The score of conversion signals, 0 to 100."),
    _text("grade", "Leadline grade", "A band of the score, such as A."),
    _whole("fit", "Leadline fit", "1 (best) to 3; nothing without fit rules."),
    LocalField("stage", "Leadline stage", FieldType.CHOICE, "Where the lead stands.", STAGES),
    _moment("stage_since", "Leadline stage since", "When the lead entered its stage."),
    _moment("qualified_at", "Qualified", "When the lead was first qualified."),
    *(
        _text(f"reason_{place}", f"Leadline reason {place}", f"Number {place} of what the score comes from, in words.")
        for place in range(1, REASONS + 1)
    ),
    LocalField("reasons", "Leadline reasons", FieldType.LONG_TEXT, "The three reasons, one a line."),
    _text("next_step", "Leadline next step", "What to do about the lead now, in words."),
    LocalField("lead_url", "Leadline page", FieldType.LINK, "The address of the lead's page in Leadline."),
)


def _touch(name: str, which: str) -> Iterator[LocalField]:
    said = f"the {which} visit"
    yield _moment(f"{name}_touch_at", f"{which.capitalize()} visit", f"When {said} began.")
    yield _text(f"{name}_touch_channel", f"{which.capitalize()} channel", f"{CHANNELS} {said}.")
    source = f"utm_source or the referring domain of {said}."
    yield _text(f"{name}_touch_source", f"{which.capitalize()} source", source)
    yield _text(f"{name}_touch_campaign", f"{which.capitalize()} campaign", f"utm_campaign of {said}.")
    yield _text(f"{name}_touch_landing", f"{which.capitalize()} landing page", f"The path that {said} began on.")


SALES = (
    _text("owner", "Owner", "Who owns the lead here: their e-mail address, else their name."),
    LocalField(
        "status",
        "Leadline status",
        FieldType.CHOICE,
        "What sales last said of the lead; nothing before it did. Without `values` it is sent in the CRM's own words, "
        "as `status` of the document has them.",
        STATUSES,
    ),
    _text("rejection", "Rejection", "The reason that sales turned the lead down for, as the ruleset names it."),
    _moment("accepted_at", "Accepted", "When sales took the lead."),
    _moment("contacted_at", "Contacted", "When sales last spoke to the person."),
    _moment("rejected_at", "Rejected", "When sales turned the lead down."),
    _moment("contact_due_at", "Contact due", "By when sales promised to call."),
)

VALUE = (
    _whole("seats", "Seats", "How many seats they asked a quote for."),
    _money("monthly_value", "Monthly value", "What they asked a quote for, a month."),
    _money("yearly_value", "Yearly value", "Twelve times the monthly value."),
    _text("currency", "Currency", "The currency of that quote, three letters."),
    _moment("first_seen_at", "First seen", "Their first event."),
    _moment("last_seen_at", "Last seen", "Their latest event, by the day: midnight UTC."),
)

ALL = (*PERSON, *SCORES, *_touch("first", "first"), *_touch("last", "last"), *SALES, *VALUE)
FIELDS: Mapping[str, LocalField] = {field.name: field for field in ALL}
"""By name, in the order that the editor and the reference show them in."""

CONVERSION = "conversions."
"""Before the name of a conversion of the ruleset: `conversions.quote_requested` is when it last happened."""


def local_field(name: str) -> LocalField | None:
    """The field of a name, conversions included; None when there is none."""
    conversion = name.removeprefix(CONVERSION)
    if conversion != name and conversion.replace("_", "").isalnum():
        label = conversion.replace("_", " ").capitalize()
        return _moment(name, label, f"When the conversion {conversion} last happened and was not cancelled.")
    return FIELDS.get(name)
