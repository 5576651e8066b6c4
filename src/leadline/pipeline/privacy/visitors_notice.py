"""The privacy page for the visitors of the platform: what they are told (GDPR art. 13). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from leadline.privacy.document_parts import Bullets, Document, Grid, Heading, Paragraph, Part
from leadline.privacy.kinds import DataKind, Whose
from leadline.privacy.retention_rules import RULES, Periods, kept, period_words

RIGHTS = (
    "to see everything we hold about you, and to whom it was sent",
    "to have it corrected, erased, or kept without being used",
    "to take what you gave us with you, as files that programs read",
    "to object to being scored, and to have a person look at it",
    "to opt out of the sale and sharing of your data; a browser's Global Privacy Control counts as that",
    "to withdraw a consent at any time",
    "to complain to the data protection authority where you live or work",
)


def notice(
    kinds: Iterable[DataKind],
    controller: str,
    contact: str,
    others: Sequence[str],
    periods: Periods,
    day: date,
    form: str = "",
) -> Document:
    """The page. It says nothing that no registered kind stands behind.

    Args:
        form: the address of the form for requests.
    """
    about = [kind for kind in kinds if kind.whose is Whose.LEADS]
    return Document(
        "privacy-notice",
        "Privacy: how we use what you do here",
        "A page for the platform's visitors (GDPR art. 13).",
        (
            Paragraph(f"Who is responsible: {controller}. Write to: {contact}. As of {day.isoformat()}."),
            Heading("What we keep, and why"),
            Grid(("What", "What for", "Legal basis", "Kept for"), tuple(_told(kind, periods) for kind in about)),
            *_profiling(),
            *_recipients(others),
            *_how_long(periods),
            Heading("Your rights"),
            Paragraph("You have the right"),
            Bullets(RIGHTS),
            Paragraph(_how_to_ask(contact, form)),
        ),
    )


def _how_to_ask(contact: str, form: str) -> str:
    where = f"Ask on {form} or write to {contact}." if form else f"Write to {contact}."
    return f"{where} We answer within one month and ask for a proof that you are who you say."


def _told(kind: DataKind, periods: Periods) -> tuple[str, ...]:
    held = period_words(kind.retention, periods.longest(kind.retention)) if kind.retention else kept("")
    return f"{kind.title}: {kind.holds}", kind.purpose, kind.basis, held


def _profiling() -> tuple[Part, ...]:
    return (
        Heading("Scores"),
        Paragraph(
            "From what you do here we compute a score of how likely you want what we offer: what you look at, for how "
            "long, how often, and what you ask for. It decides in which order our sales team contacts people. No "
            "contract is made, refused or priced by it alone. Without your consent, where we ask for it, you are not "
            "scored."
        ),
    )


def _recipients(others: Sequence[str]) -> tuple[Part, ...]:
    heading = Heading("Who else gets it")
    if not others:
        return heading, Paragraph("Nobody outside of us.")
    return heading, Paragraph("Systems that our sales team works with:"), Bullets(tuple(others))


def _how_long(periods: Periods) -> tuple[Part, ...]:
    """Whoever reads it does not know which event source saw them: the longest period is told."""
    rows = tuple((rule.title, period_words(rule.name, periods.longest(rule.name))) for rule in RULES.values())
    return Heading("How long"), Grid(("What", "At most"), rows)
