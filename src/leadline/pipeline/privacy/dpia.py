"""The template of a data protection impact assessment (GDPR art. 35): filled in as far as the software knows. Pure."""

from collections.abc import Iterable
from datetime import date

from leadline.privacy.document_parts import Bullets, Document, Grid, Heading, Paragraph
from leadline.privacy.kinds import DataKind, Whose

FILL = "[fill in]"
RISKS = {
    "Somebody steals the disk or a backup": (
        "Personal fields, the event store and the spool are encrypted; keys lie in another file or in the environment. "
        "Company names, domains, stages, scores and moments stand in clear in the record store."
    ),
    "Somebody steals disk and keys": (
        "Nothing protects then. Keep LEADLINE_SECRET_KEYS_FILE on another medium than the data folder."
    ),
    "Somebody guesses names by their keyed digests": (
        "Digests are HMAC-SHA256 under a key of the installation, kept wrapped beside the data (lookup.key): without "
        "it they can't be tried. With it, e-mail addresses can be."
    ),
    "Search by parts of names": (
        "Lists are searched by words of names: of each word keyed digests of its beginnings of three to eight letters "
        "are kept. Whoever steals the database sees whose names begin alike, and how often; with the frequencies of "
        "names in the population about 30 % of the beginnings of 1,000 people were guessed without the key "
        "(tests/benchmarks/name_search.py). With the key for look-ups any guess can be tested; that key is not "
        "rotated. Whoever may not see who people are finds nobody by name."
    ),
    "A colleague looks at people without a reason": (
        "Roles with least rights; analysts see no names; every look at a person is in an append-only, chained trail."
    ),
    "People are judged wrongly": (
        "Every point of a score is explained; rules are tested on the past; people may object, and a person decides."
    ),
    "People are profiled without wanting it": (
        "Consent for each purpose with its proof; Global Privacy Control counts; who refuses is neither scored nor "
        "sent on."
    ),
    "Erased people come back": (
        "A ledger of keyed digests refuses imports. It is applied to a backup that is restored, before anybody "
        "works with it."
    ),
    "Erased bytes stay on the disk": (
        "The event store is copied into a new file under a new key and the old one unlinked; an erasure is done only "
        "after that. Backups are encrypted and keep what they hold until they are deleted, as the retention table says."
    ),
    "Free text holds more than it should": (
        "URLs, referrers and texts are stripped of what looks personal before they reach the event store; notes of "
        "sales and quarantined messages are not."
    ),
}
"""What may go wrong for the people concerned, and what is done about it."""


def assessment(kinds: Iterable[DataKind], controller: str, officer: str, day: date) -> Document:
    """The template, with the processing, the known risks and the measures written in."""
    about = [kind for kind in kinds if kind.whose is Whose.LEADS]
    purposes = tuple(dict.fromkeys(kind.purpose for kind in about))
    bases = tuple(dict.fromkeys(kind.basis for kind in about))
    risks = tuple((risk, answer, FILL, FILL, FILL) for risk, answer in RISKS.items())
    return Document(
        "dpia",
        "Data protection impact assessment",
        "A template, filled in as far as the software knows (GDPR art. 35).",
        (
            Paragraph(f"Controller: {controller}. Data protection officer: {officer}. Generated {day.isoformat()}."),
            Heading("1. Whether one is needed"),
            Paragraph(
                "People are evaluated and ranked by their behaviour (profiling), possibly very many of them: two of "
                f"the criteria of WP 248. Assess: {FILL}."
            ),
            Heading("2. The processing"),
            Paragraph(
                "Events of a product platform are collected, tied to pseudonymous numbers, measured, and turned into "
                "three scores and a stage. Qualified people are sent to a CRM, where sales contacts them."
            ),
            Grid(("Kind of data", "What is in it"), tuple((kind.title, kind.holds) for kind in about)),
            Paragraph(f"How many people, which groups (children?), from which countries: {FILL}."),
            Heading("3. Necessity and proportion"),
            Paragraph("Purposes:"),
            Bullets(purposes),
            Paragraph("Legal bases:"),
            Bullets(bases),
            Paragraph(f"Balancing test for legitimate interests: {FILL}."),
            Heading("4. Risks and measures"),
            Grid(("Risk", "What is done about it", "Likelihood", "Severity", "What remains"), risks),
            Heading("5. Views of the people concerned"),
            Paragraph(FILL),
            Heading("6. Decision"),
            Grid(("Point", "Answer"), (("Advice of the officer", FILL), ("Decision", FILL), ("Date, signature", FILL))),
        ),
    )
