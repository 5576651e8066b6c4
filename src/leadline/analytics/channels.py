"""Channels: by which way a visit came, told by ordered rules over its campaign, referrer and landing page. Pure.

The same rules run as SQL over all visits (`eventstore/channel_sql.py`) and as `channel_of` over one; a property test
holds them equal. Texts are compared without regard to the case of the letters A to Z and to spaces around them.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FIELDS = ("source", "medium", "campaign", "referrer", "landing")
LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""Unicode's other letters have no lower case that two programs agree on: they are compared as they are."""
REST = "Other"
DIRECT = "Direct"


class Test(StrEnum):
    """How a field is compared with the values; one that fits is enough."""

    __test__ = False  # for pytest: it is none

    IS = "is"
    CONTAINS = "contains"
    BEGINS = "begins"
    DOMAIN = "domain"  # the domain itself or a subdomain of it
    EMPTY = "empty"  # takes no values


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field of a visit must be; `negated`: must not be. A field without a value is empty text."""

    field: str
    test: Test
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Visits that meet every condition came by this channel. Without conditions it takes every visit."""

    channel: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """The first rule that fits counts; what fits none is the rest.

    Attributes:
        own: the platform's own domains. A referrer on one of them, or on a subdomain, counts as no referrer.
    """

    rules: tuple[ChannelRule, ...]
    rest: str = REST
    own: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that a visit can have, each once, in the order of the rules."""
        return tuple(dict.fromkeys((*(rule.channel for rule in self.rules), self.rest)))

    @property
    def direct(self) -> str:
        """The channel of a visit that nothing brought: no campaign, no referrer. Whatever the rules call it."""
        return channel_of(self, Visit())


@dataclass(frozen=True, slots=True)
class Visit:
    """What rules read of a visit; `referrer` is a host name, `landing` a path."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    referrer: str | None = None
    landing: str | None = None


def channel_of(rules: ChannelRules, visit: Visit) -> str:
    """The channel of the first rule that fits."""
    place = place_of(rules, visit)
    return rules.rest if place is None else rules.rules[place].channel


def place_of(rules: ChannelRules, visit: Visit) -> int | None:
    """The place of the first rule that fits; None when none does."""
    texts = _texts(rules.own, visit)
    fitting = (place for place, rule in enumerate(rules.rules) if _fits(rule, texts))
    return next(fitting, None)


def folded(text: str | None) -> str:
    """As texts are compared: lower case, without spaces around; nothing is empty text."""
    return (text or "").strip(" ").translate(LOWER)


def _texts(own: Sequence[str], visit: Visit) -> dict[str, str]:
    texts = {field: folded(getattr(visit, field)) for field in FIELDS}
    if any(_in_domain(texts["referrer"], folded(domain)) for domain in own):
        texts["referrer"] = ""
    return texts


def _fits(rule: ChannelRule, texts: dict[str, str]) -> bool:
    return all(_meets(condition, texts[condition.field]) for condition in rule.conditions)


def _meets(condition: Condition, text: str) -> bool:
    return _compare(condition.test, text, [folded(value) for value in condition.values]) != condition.negated


def _compare(test: Test, text: str, values: Sequence[str]) -> bool:
    match test:
        case Test.IS:
            return text in values
        case Test.CONTAINS:
            return any(value in text for value in values)
        case Test.BEGINS:
            return any(text.startswith(value) for value in values)
        case Test.DOMAIN:
            return any(_in_domain(text, value) for value in values)
        case Test.EMPTY:
            return text == ""


def _in_domain(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
