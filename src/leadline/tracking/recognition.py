"""How an event is recognised as a conversion: pure, so that the door and a replay say the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from leadline.tracking.conditions import Condition

LARGEST_AMOUNT = Decimal(10) ** 13
CENT = Decimal("0.01")
Moment = TypeVar("Moment", int, datetime)
"""Microseconds of an event, or a row's datetime."""


@dataclass(frozen=True, slots=True)
class ConversionRecipe:
    """How one conversion is recognised. See `leadline.scoring.stage_terms.ConversionRule`."""

    name: str
    event: str
    where: tuple[Condition, ...]
    key: str
    amount: str
    currency: str
    unless: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What one event says about the conversion that it makes. `currency` is empty without an amount."""

    amount: Decimal | None
    currency: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def price(self) -> tuple[Decimal, str]:
        """What two amounts of one instant are compared by: the smaller counts, so that the order of arrival never
        matters."""
        return self.amount or Decimal(0), self.currency


def fact_rank(facts: Mapping[str, object], identity: int) -> tuple[str, int]:
    """The same of two events of one instant that might be the earliest."""
    return json.dumps(facts, sort_keys=True), identity


def supersedes(moment: Moment, worth: Worth, at: Moment | None, known: Worth) -> bool:
    """Whether an event's amount counts and not the one that was known, said at `at`: the latest amount does. An event
    without one says nothing about it."""
    if worth.amount is None or at is None:
        return worth.amount is not None
    return moment > at or (moment == at and worth.price < known.price)


def stands(said: Moment | None, unmade: Moment | None) -> bool:
    """Whether what was last said of a conversion is that it happened, and not that it is cancelled."""
    return said is not None and (unmade is None or said > unmade)


def makes(recipe: ConversionRecipe, name: str, properties: Mapping[str, object]) -> bool:
    """Whether a track event of this name makes the conversion."""
    return name == recipe.event and all(condition.holds(properties) for condition in recipe.where)


def key_of(recipe: ConversionRecipe, source: int, message: object, properties: Mapping[str, object]) -> str:
    """What tells one conversion of a recipe from another: the source and the key, or the message without a key."""
    key = properties.get(recipe.key) if recipe.key else None
    return f"{source}:{key}" if key is not None else f"message:{message}"


def worth_of(recipe: ConversionRecipe, properties: Mapping[str, object]) -> Worth:
    """Amount, currency and kept facts of the event that makes a conversion."""
    amount = money(properties.get(recipe.amount)) if recipe.amount else None
    currency = str(properties.get(recipe.currency) or "")[:3].upper() if amount is not None else ""
    return Worth(amount, currency, {name: properties[name] for name in recipe.facts if name in properties})


def money(value: object) -> Decimal | None:
    """A finite amount to the cent; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        return None
    return amount.quantize(CENT)
