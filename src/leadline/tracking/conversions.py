"""Conversions are recognised as the ruleset declares them, once per key, and cancelled by the event that does so.

The rules come from the ruleset, two stages later; the pipeline hands them over as `ConversionRecipe`s.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.models import Conversion
from leadline.tracking.normalise import Draft
from leadline.tracking.recognition import ConversionRecipe as ConversionRecipe
from leadline.tracking.recognition import Worth, key_of, makes, worth_of


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
            if cancels or makes(recipe, draft.name, draft.properties):
                key = key_of(recipe, draft.source, draft.message_key, draft.properties)
                digest = self.hasher.digest(f"conversion:{recipe.name}", key)
                self.sightings.append(
                    Sighting(recipe, digest, identity, draft.occurred_micros, draft.properties, cancels)
                )

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
    worth = worth_of(sighting.recipe, sighting.properties)
    if row.occurred_at is None or (moment, *worth.rank) < (row.occurred_at, *_worth(row).rank):
        row.identity_id, row.occurred_at = sighting.identity, moment
        row.amount, row.currency, row.facts = worth.amount, worth.currency, dict(worth.facts)


def _worth(row: Conversion) -> Worth:
    return Worth(row.amount, row.currency, row.facts)


def _write(rows: list[Conversion]) -> None:
    Conversion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name", "digest"],
        update_fields=["identity", "occurred_at", "cancelled_at", "amount", "currency", "facts"],
        batch_size=CHUNK,
    )
