"""Conversions are recognised as the ruleset declares them, once per key, and cancelled by the event that does so.

The earliest event of a key says when it was; the latest says what it is worth, and whether it stands.

The rules come from the ruleset, two stages later; the pipeline hands them over as `ConversionRecipe`s.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.models import Conversion
from leadline.tracking.normalise import Draft
from leadline.tracking.recognition import ConversionRecipe as ConversionRecipe
from leadline.tracking.recognition import Worth, fact_rank, key_of, makes, stands, supersedes, worth_of


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
        """Write them. Returns the identities concerned."""
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
        row.unmade_at = max(row.unmade_at or moment, moment)
    else:
        row.said_at = max(row.said_at or moment, moment)
        _make(row, sighting, moment)
    row.cancelled_at = None if stands(row.said_at, row.unmade_at) else row.unmade_at


def _make(row: Conversion, sighting: Sighting, moment: datetime) -> None:
    worth = worth_of(sighting.recipe, sighting.properties)
    if supersedes(moment, worth, row.priced_at, Worth(row.amount, row.currency)):
        row.amount, row.currency, row.priced_at = worth.amount, worth.currency, moment
    rank = (moment, *fact_rank(worth.facts, sighting.identity))
    if row.occurred_at is None or rank < (row.occurred_at, *fact_rank(row.facts, row.identity_id or 0)):
        row.identity_id, row.occurred_at, row.facts = sighting.identity, moment, dict(worth.facts)


def _write(rows: list[Conversion]) -> None:
    Conversion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name", "digest"],
        update_fields=[
            *("identity", "occurred_at", "cancelled_at", "said_at", "unmade_at", "priced_at"),
            *("amount", "currency", "facts"),
        ],
        batch_size=CHUNK,
    )
