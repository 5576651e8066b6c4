"""Channel rules in words, for lists. Pure."""

from collections.abc import Mapping
from typing import Any

from leadline.analytics.channels import Test

LABELS = {
    "source": "source",
    "medium": "medium",
    "campaign": "campaign",
    "referrer": "referring site",
    "landing": "landing page",
}
VERBS = {
    Test.IS: ("is", "is not"),
    Test.CONTAINS: ("contains", "does not contain"),
    Test.BEGINS: ("begins with", "does not begin with"),
    Test.DOMAIN: ("is on", "is not on"),
    Test.EMPTY: ("is empty", "is there"),
}
SHOWN = 4


def entry_words(rule: Mapping[str, Any]) -> str:
    """A rule of a document: "medium is cpc or ppc, and source contains google"."""
    return ", and ".join(_condition(entry) for entry in rule["conditions"]) or "every visit"


def _condition(entry: Mapping[str, Any]) -> str:
    test = next(each for each in Test if each.value in entry)
    verb = VERBS[test][1 if entry.get("not") else 0]
    field = LABELS[entry["field"]]
    return f"{field} {verb}" if test is Test.EMPTY else f"{field} {verb} {_values(entry[test.value])}"


def _values(values: list[str]) -> str:
    shown = [value or "empty" for value in values[:SHOWN]]
    more = [f"{len(values) - SHOWN} more"] if len(values) > SHOWN else []
    parts = [*shown, *more]
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
