"""Conversions are recognised as the ruleset declares them, once per key, and cancelled by the event that does so.

The rules come from the ruleset, two stages later; the pipeline hands them over as `ConversionRecipe`s.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.conditions import Condition
from leadline.tracking.models import Conversion
from leadline.tracking.normalise import Draft

LARGEST_AMOUNT = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class ConversionRecipe:
    """How one conversion is recognised. See `leadline.scoring.ruleset.ConversionRule`."""

    name: str
    event: str
    where: tuple[Condition, ...]
    key: str
    amount: str
    currency: str
    unless: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event that makes or cancels a conversion."""

    recipe: ConversionRecipe
    digest: bytes
    identity: int
    occurred_micros: int
    properties: Mapping[str, object]
    cancels: bool


@dataclass
class ConversionBook:
    """The conversions that one segment makes and cancels."""

    hasher: LookupHasher
    recipes: Sequence[ConversionRecipe]
    sightings: list[Sighting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_event: dict[str, list[tuple[ConversionRecipe, bool]]] = {}
        for recipe in self.recipes:
            self._by_event.setdefault(recipe.event, []).append((recipe, False))
            for event in recipe.unless:
                self._by_event.setdefault(event, []).append((recipe, True))

    @property
    def events(self) -> Collection[str]:
        """The names of the events that matter here."""
        return self._by_event.keys()

    def note(self, identity: int, draft: Draft) -> None:
        """Recognise what a track event makes or cancels; noise does neither."""
        if draft.kind != "track" or draft.noise:
            return
        for recipe, cancels in self._by_event.get(draft.name, ()):
            if cancels or all(condition.holds(draft.properties) for condition in recipe.where):
                digest = self.hasher.digest(f"conversion:{recipe.name}", self._key(recipe, draft))
                self.sightings.append(
                    Sighting(recipe, digest, identity, draft.occurred_micros, draft.properties, cancels)
                )

    def _key(self, recipe: ConversionRecipe, draft: Draft) -> str:
        key = draft.properties.get(recipe.key) if recipe.key else None
        return f"{draft.source}:{key}" if key is not None else f"message:{draft.message_key}"

    def save(self) -> set[int]:
        """Write them; the earliest sighting of a key counts. Returns the identities concerned."""
        if not self.sightings:
            return set()
        rows = _stored({sighting.digest for sighting in self.sightings})
        for sighting in sorted(self.sightings, key=lambda s: (s.occurred_micros, s.identity)):
            place = (sighting.recipe.name, sighting.digest)
            row = rows.setdefault(place, Conversion(name=sighting.recipe.name, digest=sighting.digest))
            _apply(row, sighting)
        _write(list(rows.values()))
        return {row.identity_id for row in rows.values() if row.identity_id is not None}


def _stored(digests: set[bytes]) -> dict[tuple[str, bytes], Conversion]:
    found: dict[tuple[str, bytes], Conversion] = {}
    for some in chunks(digests):
        found |= {(row.name, bytes(row.digest)): row for row in Conversion.objects.filter(digest__in=some)}
    return found


def _apply(row: Conversion, sighting: Sighting) -> None:
    moment = from_micros(sighting.occurred_micros)
    if sighting.cancels:
        row.cancelled_at = min(row.cancelled_at or moment, moment)
        return
    recipe, properties = sighting.recipe, sighting.properties
    amount = _money(properties.get(recipe.amount)) if recipe.amount else None
    currency = str(properties.get(recipe.currency) or "")[:3].upper() if amount is not None else ""
    facts = {name: properties[name] for name in recipe.facts if name in properties}
    if row.occurred_at is None or _rank(moment, amount, currency, facts) < _rank(
        row.occurred_at, row.amount, row.currency, row.facts
    ):
        row.identity_id, row.occurred_at = sighting.identity, moment
        row.amount, row.currency, row.facts = amount, currency, facts


def _rank(moment: datetime, amount: Decimal | None, currency: str, facts: Mapping[str, object]) -> tuple[object, ...]:
    """The earliest counts; of the same instant the one that says less, so that the order of arrival never matters."""
    return moment, amount or Decimal(0), currency, json.dumps(facts, sort_keys=True)


def _money(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        return None
    return amount.quantize(Decimal("0.01"))


def _write(rows: list[Conversion]) -> None:
    Conversion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name", "digest"],
        update_fields=["identity", "occurred_at", "cancelled_at", "amount", "currency", "facts"],
        batch_size=CHUNK,
    )
