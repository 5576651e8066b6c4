"""How long each kind of personal data is to be kept. Pure; kinds name their rule."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One rule.

    Attributes:
        days: after how many days it is to go.
        since: counted from what.
    """

    name: str
    title: str
    days: int
    since: str


RULES: Mapping[str, RetentionRule] = {
    rule.name: rule
    for rule in (
        RetentionRule("visitors", "Visitors who never said who they are", 180, "their last visit"),
        RetentionRule("known", "Known people", 730, "the last thing that was heard of them"),
        RetentionRule("quarantine", "Messages that were put aside", 30, "their arrival"),
        RetentionRule("audit", "The audit trail", 1095, "the entry"),
    )
}
BY_HAND = (
    "Leadline does not delete by these periods by itself yet: whoever runs it keeps to them, with leadline privacy "
    "erase for a person and leadline audit trim for the trail."
)
"""What stands beside the periods as long as nothing enforces them."""
WITH_THE_PERSON = "as long as the person is held"


def kept(name: str) -> str:
    """A rule in words; what has none goes with the person."""
    rule = RULES.get(name)
    return f"{rule.days} days after {rule.since}" if rule else WITH_THE_PERSON
