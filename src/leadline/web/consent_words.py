"""Consent in words, for a lead's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadline.tracking.consent import Purpose
from leadline.web.words import by_words

MEANINGS: Mapping[Purpose, tuple[str, str]] = {
    Purpose.PROFILING: ("Profiling", "scores, stages, and what follows from them"),
    Purpose.MARKETING: ("Marketing", "being written to"),
    Purpose.SHARING: ("Sale or sharing", "advertising tools of others"),
}
HOW: Mapping[str, str] = {
    "banner": "in the consent banner",
    "choice": "in the consent banner",
    "gpc": "by Global Privacy Control",
    "trait": "by unsubscribing",
    "hand": "to one of us",
}


@dataclass(frozen=True, slots=True)
class ShownPurpose:
    """One purpose: its name, what it is about, whether it is allowed, and in words since what."""

    name: str
    title: str
    about: str
    allowed: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """One line of proof."""

    said: str
    at: datetime
    details: tuple[str, ...]
    because: str


def shown_purposes(told: Mapping[str, Any]) -> list[ShownPurpose]:
    """What is allowed, of what `pipeline.consents` tells."""
    rows = []
    for purpose, (title, about) in MEANINGS.items():
        each = told["consent"][purpose.value]
        verdict = {"given": "Given", "refused": "Refused", "": "Nothing said"}[each["said"]]
        by_hand = ", by hand" if each["by_hand"] else ""
        rows.append(ShownPurpose(purpose.value, title, about, each["allowed"], f"{verdict}{by_hand}"))
    return rows


def shown_statements(told: Mapping[str, Any]) -> list[ShownStatement]:
    """The proof, the latest first."""
    return [_statement(row) for row in told["statements"]]


def _statement(row: Mapping[str, Any]) -> ShownStatement:
    title = MEANINGS[Purpose(row["purpose"])][0]
    text = f"text {row['version']}" if row["version"] else ""
    by = f"written down by {by_words(row['by'])}" if row["by"] else ""
    details = tuple(filter(None, (HOW[row["how"]], text, row["path"], row["source"], by)))
    return ShownStatement(f"{title} {row['said']}", datetime.fromisoformat(row["said_at"]), details, row["because"])
