"""What a segment says of identities that may be known already: seen earlier than thought, or heard beside the noise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from leadline.kernel.clock import from_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.leads import renew_cards, see_first
from leadline.tracking.models import Identity


@dataclass
class Sightings:
    """By identity, when it was first named, and what its messages were: "" as soon as one of them counts.

    Of two kinds of noise the first in the alphabet is told, so that the order of messages does not matter.
    """

    first: dict[int, int] = field(default_factory=dict)
    noise: dict[int, str] = field(default_factory=dict)

    def note_first(self, numbers: Mapping[str, int], first: Mapping[str, int]) -> None:
        """Add names with their numbers and the microsecond they were first seen at."""
        self.first.update({numbers[name]: micros for name, micros in first.items()})

    def note_noise(self, identity: int, noise: str) -> None:
        """Add what one message of an identity was."""
        self.noise[identity] = min(noise, self.noise.get(identity, noise))


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an identity."""

    number: int
    lead: int | None
    first_seen_at: datetime
    noise: str


def note_sightings(sightings: Sightings, created: Iterable[int]) -> None:
    """Bring the rows of identities, and the leads they belong to, in line with a segment.

    Args:
        created: identities whose rows this segment made.
    """
    fresh = set(created)
    for some in chunks(sightings.first):
        columns = ("pk", "lead_id", "first_seen_at", "noise")
        known = [Known(*row) for row in Identity.objects.filter(pk__in=some).values_list(*columns)]
        pairs = [(row, _now(row, sightings, row.number in fresh)) for row in known]
        _write([(before, after) for before, after in pairs if after != before])


def _now(row: Known, sightings: Sightings, is_fresh: bool) -> Known:
    """The row with what the segment says. Noise only ever gives way."""
    said = sightings.noise.get(row.number, row.noise)
    moment = min(from_micros(sightings.first[row.number]), row.first_seen_at)
    return replace(row, first_seen_at=moment, noise=said if is_fresh else min(said, row.noise))


def _write(changes: Sequence[tuple[Known, Known]]) -> None:
    rows = [Identity(pk=new.number, first_seen_at=new.first_seen_at, noise=new.noise) for _, new in changes]
    Identity.objects.bulk_update(rows, ["first_seen_at", "noise"], batch_size=CHUNK)
    see_first({new.lead: new.first_seen_at for _, new in sorted(changes, key=_latest_first) if new.lead is not None})
    if heard := {new.lead for old, new in changes if new.lead is not None and old.noise and not new.noise}:
        renew_cards(heard)


def _latest_first(change: tuple[Known, Known]) -> float:
    return -change[1].first_seen_at.timestamp()
