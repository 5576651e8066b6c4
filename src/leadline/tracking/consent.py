"""Consent as messages say it: what was said about which purpose, and what counts of all that was said. Pure.

A person says it by a banner (Segment's `context.consent.categoryPreferences`), by their browser (Global Privacy
Control, the `Sec-GPC` header), by unsubscribing (the trait `unsubscribed`), or to somebody of us, who writes it down.
What was said by hand outweighs all of these until something else is said by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from leadline.kernel.errors import ConfigurationError
from leadline.tracking import scrub

GPC_HEADER = "sec-gpc"
UNSUBSCRIBED = "unsubscribed"
PREFERENCE_EVENT = "Segment Consent Preference Updated"
VERSION_LENGTH = 80
DEFAULT_CATEGORIES = "analytics=profiling,marketing=marketing,advertising=sharing"
NOTHING_SAID: tuple["Said", ...] = ()


class Purpose(StrEnum):
    """What a person may allow or refuse."""

    PROFILING = "profiling"  # scores, stages, forecasts, and everything that is done because of them
    MARKETING = "marketing"  # being written to
    SHARING = "sharing"  # sale or sharing for advertising (CCPA)


class How(StrEnum):
    """How it was said."""

    BANNER = "banner"  # context.consent of any message
    CHOICE = "choice"  # Segment's event that tells of a choice
    GPC = "gpc"
    TRAIT = "trait"
    HAND = "hand"


class Said(msgspec.Struct, frozen=True, gc=False):
    """One purpose, in one message. `version` is of the text that was agreed to or refused; empty when not said."""

    purpose: Purpose
    given: bool
    how: How
    version: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """How this installation reads signals.

    Attributes:
        categories: for each purpose the categories of consent banners that stand for it.
        gpc: the purposes that Global Privacy Control refuses.
    """

    categories: Mapping[Purpose, tuple[str, ...]]
    gpc: tuple[Purpose, ...] = (Purpose.SHARING,)


def consent_rules(categories: str, gpc: str) -> ConsentRules:
    """The rules that two settings make.

    Args:
        categories: "category=purpose", separated by commas; several categories may stand for one purpose.
        gpc: "sharing" or "all".

    Raises:
        ConfigurationError: either can't be.
    """
    found: dict[Purpose, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in categories.split(","))):
        name, _, purpose = (part.strip() for part in pair.rpartition("="))
        if not name or purpose not in list(Purpose):
            advice = f"Write category=purpose, with one of {', '.join(Purpose)}."
            raise ConfigurationError(f"LEADLINE_CONSENT_CATEGORIES has {pair!r}.", advice=advice)
        found[Purpose(purpose)] = (*found.get(Purpose(purpose), ()), name)
    if gpc not in ("sharing", "all"):
        raise ConfigurationError(f"LEADLINE_GPC is {gpc!r}.", advice="Give sharing or all.")
    return ConsentRules(found, tuple(Purpose) if gpc == "all" else (Purpose.SHARING,))


DEFAULT_RULES = consent_rules(DEFAULT_CATEGORIES, "sharing")


def said_in(
    rules: ConsentRules,
    name: str,
    context: Mapping[str, object],
    headers: Mapping[str, str],
    traits: Mapping[str, object],
) -> tuple[Said, ...]:
    """What one message says, each purpose at most once: where it says two things of one, the refusal counts.

    Args:
        name: of its event. context: with its batch's merged in. headers: of the request. traits: of the person, under
            their canonical names.
    """
    consent = context.get("consent")
    if consent is None and GPC_HEADER not in headers and UNSUBSCRIBED not in traits:
        return NOTHING_SAID
    how = How.CHOICE if name == PREFERENCE_EVENT else How.BANNER
    every = [*_by_header(rules, headers), *_by_trait(traits), *_by_banner(rules, consent, how)]
    found: dict[Purpose, Said] = {}
    for each in every:
        if each.purpose not in found or found[each.purpose].given > each.given:
            found[each.purpose] = each
    return tuple(found.values())


def _by_header(rules: ConsentRules, headers: Mapping[str, str]) -> Iterable[Said]:
    if headers.get(GPC_HEADER, "").strip() == "1":
        yield from (Said(purpose, False, How.GPC) for purpose in rules.gpc)


def _by_trait(traits: Mapping[str, object]) -> Iterable[Said]:
    """`false` takes an earlier `true` back."""
    value = traits.get(UNSUBSCRIBED)
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.strip().lower())
    if isinstance(value, bool):
        yield Said(Purpose.MARKETING, not value, How.TRAIT)


def _by_banner(rules: ConsentRules, consent: object, how: How) -> Iterable[Said]:
    """As Segment reads it: no preferences, nothing said; preferences without any category, everything refused; of
    several categories for one purpose all must be given. A category that is not named was not asked for."""
    preferences = consent.get("categoryPreferences") if isinstance(consent, Mapping) else None
    if not isinstance(consent, Mapping) or not isinstance(preferences, Mapping):
        return
    version = _version(consent)
    for purpose, categories in rules.categories.items():
        values = [preferences.get(category) for category in categories]
        if not preferences or False in [value for value in values if isinstance(value, bool)]:
            yield Said(purpose, False, how, version)
        elif all(value is True for value in values):
            yield Said(purpose, True, how, version)


def _version(consent: Mapping[object, object]) -> str:
    """Which text was shown, as the sender calls it."""
    given = next((consent[name] for name in ("version", "textVersion") if consent.get(name) is not None), "")
    text = str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    return scrub.without_nul(scrub.without_addresses(text)).strip()[:VERSION_LENGTH]


@dataclass(frozen=True, slots=True)
class Times:
    """When either was last said of one purpose, microseconds since 1970; None: never.

    Joining is the later of each, so that order, repeats, and whose identity it was said under make no difference.
    """

    given: int | None = None
    refused: int | None = None
    given_by_hand: int | None = None
    refused_by_hand: int | None = None

    @classmethod
    def of(cls, given: bool, micros: int, *, by_hand: bool = False) -> "Times":
        """One statement."""
        name = ("given" if given else "refused") + ("_by_hand" if by_hand else "")
        return cls(**{name: micros})

    def joined(self, other: "Times") -> "Times":
        """What is known with both."""
        return Times(
            _later(self.given, other.given),
            _later(self.refused, other.refused),
            _later(self.given_by_hand, other.given_by_hand),
            _later(self.refused_by_hand, other.refused_by_hand),
        )

    @property
    def verdict(self) -> bool | None:
        """Given, refused, or nothing said. What was said last counts, by hand before all else; at the same moment the
        refusal."""
        by_hand = _last(self.given_by_hand, self.refused_by_hand)
        return _last(self.given, self.refused) if by_hand is None else by_hand

    @property
    def is_by_hand(self) -> bool:
        """Whether what counts was said by hand."""
        return _last(self.given_by_hand, self.refused_by_hand) is not None

    @property
    def is_refused(self) -> bool:
        """Whether the purpose is refused."""
        return self.verdict is False


def _later(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)


def _last(given: int | None, refused: int | None) -> bool | None:
    if given is None and refused is None:
        return None
    return given is not None and (refused is None or given > refused)
