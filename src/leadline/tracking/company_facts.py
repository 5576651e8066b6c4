"""What is known of a company, read from traits: nothing personal may pass for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.tracking.models import Account
from leadline.tracking.normalise import Draft
from leadline.tracking.scrub import host_of, looks_personal, without_nul

COUNT = re.compile(r"\s*[<>~]?\s*(\d{1,3}(?:,\d{3})+|\d+)")
LARGEST_COUNT = 10_000_000
Fact = str | int
Stamp = tuple[int, int]
"""(occurred_micros, message_hash): which of two facts is the later one."""


@dataclass
class CompanyFacts:
    """The facts that a segment gives of one company, each at its latest."""

    values: dict[str, Fact] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def note(self, facts: Mapping[str, Fact], draft: Draft) -> None:
        """Add what one message says."""
        stamp = (draft.occurred_micros, draft.message_hash)
        for name, value in facts.items():
            if stamp > self.stamps.get(name, (0, 0)):
                self.values[name], self.stamps[name] = value, stamp

    def apply(self, account: Account) -> None:
        """Put on an account what is later than what it has."""
        for name, value in self.values.items():
            if self.stamps[name] > tuple(account.stamps.get(name, (0, 0))):
                setattr(account, name, value)
                account.stamps[name] = list(self.stamps[name])


def facts_of(traits: Mapping[str, object]) -> dict[str, Fact]:
    """The facts of a company in somebody's traits, by the names that `Account` has for them; empty ones left out."""
    facts: dict[str, Fact | None] = {
        "name": text_fact(traits.get("company_name"), 200),
        "domain": domain_fact(traits.get("company_domain") or traits.get("domain") or traits.get("website")),
        "employees": headcount(traits.get("employees")),
        "industry": text_fact(traits.get("industry"), 120),
        "country": text_fact(traits.get("country"), 80),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def text_fact(value: object, length: int) -> str:
    """A company's facts are not secret, so that nothing personal may pass for one."""
    text = without_nul(value).strip() if isinstance(value, str) else ""
    return "" if looks_personal(text) else text[:length]


def domain_fact(value: object) -> str:
    """The host of an address or a domain, without www."""
    text = text_fact(value, 200).lower()
    return ((host_of(text) if "://" in text else text.split("/")[0]) or "").removeprefix("www.")


def headcount(value: object) -> int | None:
    """A headcount; "11-50" counts as its lower end."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = COUNT.match(str(value)[:40])
    return min(int(found[1].replace(",", "")), LARGEST_COUNT) if found else None
