"""What the stage machine must know of a lead, from plain events, traits and words of sales: no rows, no clock.

`conversions_of` and `records.records_of` tell the same of the same events; a test holds them to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from leadline.kernel.clock import from_micros
from leadline.qualification.sales_words import SalesWord, sales_state
from leadline.qualification.stages import LeadFacts, Trigger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.sentences import conversion_sentence
from leadline.scoring.stage_terms import ConversionRule
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.identity import IdentityKind
from leadline.tracking.recognition import (
    ConversionRecipe,
    Worth,
    fact_rank,
    key_of,
    makes,
    stands,
    supersedes,
    worth_of,
)
from leadline.tracking.traits import CONTACT_TRAITS, NOISE_MARK

OPPORTUNITY = "opportunity"
WON_DEAL = "won_deal"
KNOWN_KINDS = frozenset({IdentityKind.USER_ID, IdentityKind.EMAIL})
NOTHING = Worth(None, "")


@dataclass(frozen=True, slots=True)
class Converted:
    """One conversion, once per key.

    Attributes:
        key: what tells it from others of its name.
        identity: whose it is: of the earliest event with the key, as `facts` are. The amount is the latest one's.
        cancelled: an `unless` event is the latest of all with the key.
    """

    name: str
    key: str
    identity: int
    occurred_micros: int
    cancelled: bool
    amount: Decimal | None = None
    currency: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""
        return from_micros(self.occurred_micros)


@dataclass
class Recognised:
    """What is known of one key so far: a cancellation may come before what it cancels. `number` is their order.

    Attributes:
        said, unmade, priced: the latest event that makes it, that cancels it, and that says an amount.
    """

    number: int
    identity: int = 0
    occurred_micros: int | None = None
    worth: Worth = NOTHING
    said: int | None = None
    unmade: int | None = None
    priced: int | None = None

    def make(self, at: int, identity: int, worth: Worth) -> None:
        """An event makes it."""
        self.said = at if self.said is None else max(at, self.said)
        if supersedes(at, worth, self.priced, self.worth):
            self.priced, self.worth = at, replace(self.worth, amount=worth.amount, currency=worth.currency)
        rank = (at, *fact_rank(worth.facts, identity))
        if self.occurred_micros is None or rank < (self.occurred_micros, *fact_rank(self.worth.facts, self.identity)):
            self.identity, self.occurred_micros = identity, at
            self.worth = replace(self.worth, facts=worth.facts)

    def unmake(self, at: int) -> None:
        """An event cancels it."""
        self.unmade = at if self.unmade is None else max(at, self.unmade)

    @property
    def cancelled(self) -> bool:
        """Whether it does not stand."""
        return not stands(self.said, self.unmade)


@dataclass
class ConversionLog:
    """Recognises conversions load by load, each under the recipes of its time, as the record store does."""

    found: dict[tuple[str, str], Recognised] = field(default_factory=dict)

    def add(self, recipes: Sequence[ConversionRecipe], events: Iterable[Event]) -> set[tuple[str, str]]:
        """Add the events of one load. Returns the (name, key) of what they make or cancel."""
        touched: set[tuple[str, str]] = set()
        for event in sorted(events, key=lambda event: (event.occurred_micros, event.identity)):
            if event.kind == "track" and not event.noise:
                touched |= {self._add(recipe, event, cancels) for recipe, cancels in _meant(recipes, event)}
        return touched

    def _add(self, recipe: ConversionRecipe, event: Event, cancels: bool) -> tuple[str, str]:
        place = recipe.name, key_of(recipe, event.source, f"{event.source}:{event.message_hash}", event.properties)
        known = self.found.setdefault(place, Recognised(len(self.found)))
        if cancels:
            known.unmake(event.occurred_micros)
        else:
            known.make(event.occurred_micros, event.identity, worth_of(recipe, event.properties))
        return place

    def conversions(self, places: Iterable[tuple[str, str]] | None = None) -> list[Converted]:
        """What has occurred, of these places or of all, the latest first."""
        wanted = self.found if places is None else set(places)
        ordered = sorted(wanted, key=lambda place: self.found[place].number, reverse=True)
        made = (_converted(name, key, self.found[name, key]) for name, key in ordered)
        return sorted(filter(None, made), key=lambda conversion: -conversion.occurred_micros)


def recipes_of(ruleset: Ruleset) -> list[ConversionRecipe]:
    """How the ruleset's conversions are recognised."""
    return [
        ConversionRecipe(r.name, r.event, r.where, r.key, r.amount, r.currency, r.unless, r.facts)
        for r in ruleset.conversions
    ]


def conversions_of(ruleset: Ruleset, events: Iterable[Event]) -> list[Converted]:
    """The conversions of these events, cancelled ones too, the latest first. Noise makes and cancels none."""
    log = ConversionLog()
    log.add(recipes_of(ruleset), events)
    return log.conversions()


def facts_of(
    ruleset: Ruleset,
    score: LeadScore,
    events: Sequence[Event],
    traits: Iterable[TraitChange],
    kinds: Collection[str],
    at: datetime,
    actions: Sequence[SalesWord] = (),
) -> LeadFacts:
    """All that a decision at `at` needs, of a lead whose whole known history this is.

    Args:
        score: of the same history, under the same ruleset.
        kinds: of the identities that are known ("user_id", "email", "anonymous_id").
        actions: what sales said, and the machine's own words of recycling. Words after `at` are not heard.
    """
    seen = max((event.occurred_micros for event in events), default=None)
    return facts_from(
        ruleset,
        {each.name: each.score_micro for d in score.dimensions.values() for each in d.factors.values()},
        score.total_micro,
        score.disqualifications,
        conversions_of(ruleset, events),
        Person(is_known(kinds), is_reachable(traits), None if seen is None else from_micros(seen)),
        at,
        actions,
    )


@dataclass(frozen=True, slots=True)
class Person:
    """What identities and traits say. `permitted`: nobody has forbidden profiling."""

    known: bool
    reachable: bool
    last_seen_at: datetime | None
    permitted: bool = True


def facts_from(
    ruleset: Ruleset,
    factors: Mapping[str, int],
    total_micro: int,
    disqualifications: tuple[str, ...],
    conversions: Iterable[Converted],
    person: Person,
    at: datetime,
    actions: Sequence[SalesWord] = (),
    heard_until: datetime | None = None,
) -> LeadFacts:
    """The facts from their parts; conversions that are cancelled or come later than `at` do not count.

    Args:
        heard_until: until when words of sales count, when that is not `at`.
    """
    past = [each for each in conversions if not each.cancelled and each.occurred_at <= at]
    won = [each.occurred_at for each in past if each.name == WON_DEAL]
    sales = sales_state(actions, heard_until or at, ruleset)
    return LeadFacts(
        factors=factors,
        total_micro=total_micro,
        known=person.known,
        reachable=person.reachable,
        permitted=person.permitted,
        disqualifications=disqualifications,
        triggers=tuple(triggers_of(ruleset, past)),
        won_at=max(won, default=None),
        last_seen_at=person.last_seen_at,
        accepted=sales.accepted_at is not None,
        accepted_at=sales.accepted_at,
        open_opportunity=_open_opportunity(past, won),
        rejection=sales.rejection,
        rejected_at=sales.rejected_at,
        override_stage=sales.override_stage,
        override_until=sales.override_until,
    )


def triggers_of(ruleset: Ruleset, conversions: Iterable[Converted]) -> Iterable[Trigger]:
    """The conversions that fast-track."""
    rules = {rule.name: rule for rule in ruleset.conversions if rule.triggers}
    for each in conversions:
        rule = rules.get(each.name)
        if rule and all(condition.holds(each.facts) for condition in rule.trigger_where):
            yield _trigger(rule, each)


def is_known(kinds: Iterable[str]) -> bool:
    """Whether somebody with such identities is more than a visitor."""
    return not KNOWN_KINDS.isdisjoint(kinds)


def is_reachable(traits: Iterable[TraitChange]) -> bool:
    """Whether an e-mail address or telephone number is there, by the latest word about each."""
    latest: dict[str, tuple[int, int, bool]] = {}
    for change in traits:
        name = change.key.removeprefix(NOISE_MARK)
        if name in CONTACT_TRAITS:
            said = change.occurred_micros, change.message_hash, change.present
            latest[name] = max(latest.get(name, said), said)
    return any(present for _, _, present in latest.values())


def _meant(recipes: Iterable[ConversionRecipe], event: Event) -> Iterable[tuple[ConversionRecipe, bool]]:
    for recipe in recipes:
        if event.name == recipe.event and makes(recipe, event.name, event.properties):
            yield recipe, False
        if event.name in recipe.unless:
            yield recipe, True


def _converted(name: str, key: str, known: Recognised) -> Converted | None:
    if known.occurred_micros is None:
        return None
    worth = known.worth
    return Converted(
        name, key, known.identity, known.occurred_micros, known.cancelled, worth.amount, worth.currency, worth.facts
    )


def _trigger(rule: ConversionRule, each: Converted) -> Trigger:
    return Trigger(rule.name, each.occurred_at, rule.triggers, conversion_sentence(rule, each.facts))


def _open_opportunity(conversions: Iterable[Converted], won: Sequence[datetime]) -> bool:
    """Whether one was opened after the latest deal; a lost one counts as cancelled."""
    opened = max((each.occurred_at for each in conversions if each.name == OPPORTUNITY), default=None)
    return opened is not None and all(deal < opened for deal in won)
