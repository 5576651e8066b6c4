"""How long each kind of personal data is kept. Pure; kinds name their rule.

Each rule has a period of its own until somebody sets another, for everything or for what came in by one event source.
Somebody who was seen by several sources is kept for the longest of their periods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.kernel.errors import ConfigurationError

LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One rule.

    Attributes:
        days: after how many days it goes, as long as nobody sets another period.
        since: counted from what.
        by_source: whether what came in by an event source may have a period of its own.
    """

    name: str
    title: str
    days: int
    since: str
    by_source: bool = True


RULES: Mapping[str, RetentionRule] = {
    rule.name: rule
    for rule in (
        RetentionRule("visitors", "Visitors who never said who they are", 180, "their last visit"),
        RetentionRule("known", "Known people", 730, "the last thing that was heard of them"),
        RetentionRule("quarantine", "Messages that were put aside", 30, "their arrival"),
        RetentionRule("requests", "Answered requests of persons", 1095, "their end", by_source=False),
        RetentionRule("audit", "The audit trail", 1095, "the entry", by_source=False),
    )
}
WITH_THE_PERSON = "as long as the person is held"
FOREVER_WORDS = "kept until somebody takes it away"


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods in force: days by (rule, number of an event source; None for all others). None days: for ever."""

    set: Mapping[tuple[str, int | None], int | None] = field(default_factory=dict)

    def days(self, rule: str, source: int | None = None) -> int | None:
        """After how many days what came in by a source goes; None for never."""
        if (rule, source) in self.set:
            return self.set[rule, source]
        return self.set[rule, None] if (rule, None) in self.set else RULES[rule].days

    def own(self, rule: str) -> dict[int, int | None]:
        """The sources with a period of their own."""
        return {source: days for (name, source), days in self.set.items() if name == rule and source is not None}

    def shortest(self, rule: str) -> int | None:
        """The shortest of a rule's periods; None when nothing of it ever goes."""
        found = [days for days in (self.days(rule), *self.own(rule).values()) if days is not None]
        return min(found, default=None)

    def longest(self, rule: str) -> int | None:
        """The longest of a rule's periods; None when something of it never goes."""
        found = [self.days(rule), *self.own(rule).values()]
        return None if None in found else max(days for days in found if days is not None)


DEFAULTS = Periods()


def check_period(rule: str, days: int | None, source: str = "") -> None:
    """Refuse what is no period.

    Raises:
        ConfigurationError: there is no such rule, it can't be by source, or the days are out of bounds.
    """
    if rule not in RULES:
        raise ConfigurationError(f"There is no retention rule {rule[:40]!r}.", advice=f"There are: {', '.join(RULES)}.")
    if source and not RULES[rule].by_source:
        raise ConfigurationError(f"{RULES[rule].title} has no event source.", advice="Set one period for all of it.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise ConfigurationError(
            f"{days} days are no period.", advice=f"Give 1 to {LONGEST_DAYS}, or 'forever' to keep it."
        )


def kept(name: str, periods: Periods = DEFAULTS) -> str:
    """A rule's period in words; what has none goes with the person."""
    rule = RULES.get(name)
    return period_words(name, periods.days(name)) if rule else WITH_THE_PERSON


def period_words(rule: str, days: int | None) -> str:
    """ "180 days after their last visit"."""
    return FOREVER_WORDS if days is None else f"{days} days after {RULES[rule].since}"
