"""Surrogate numbers for personal ids: looked up by keyed digest, made when new, remembered between segments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead

Name = tuple[IdentityKind, str]
CHUNK = 5_000
REMEMBERED = 500_000


@dataclass(frozen=True, slots=True)
class Surrogates:
    """The numbers of every name in a segment, and which of them are new."""

    numbers: Mapping[Name, int]
    created: frozenset[int]


class SurrogateRegister:
    """Finds or makes surrogate numbers.

    What it remembers is only what was committed: `remember` is called after the transaction.
    """

    def __init__(self, hasher: LookupHasher) -> None:
        self._hasher = hasher
        self._known: dict[Name, int] = {}

    def numbers(self, first_seen: Mapping[Name, int]) -> Surrogates:
        """Numbers for names; `first_seen` gives for each when it was first seen, in microseconds."""
        found = {name: self._known[name] for name in first_seen if name in self._known}
        missing = {name: self._hasher.digest(name[0], name[1]) for name in first_seen if name not in found}
        stored = self._stored(missing.values())
        found |= {name: stored[name[0], digest] for name, digest in missing.items() if (name[0], digest) in stored}
        fresh = {name: digest for name, digest in missing.items() if name not in found}
        created = self._create(fresh, first_seen)
        return Surrogates(found | created, frozenset(created.values()))

    def remember(self, surrogates: Surrogates) -> None:
        """Keep committed numbers at hand."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known.update(surrogates.numbers)

    def existing(self, kind: IdentityKind, value: str) -> int | None:
        """The number of a name, or None when it was never seen."""
        digest = self._hasher.digest(kind, value)
        return self._known.get((kind, value)) or self._stored([digest]).get((kind, digest))

    def _stored(self, digests: Iterable[bytes]) -> dict[tuple[IdentityKind, bytes], int]:
        wanted = list(digests)
        found: dict[tuple[IdentityKind, bytes], int] = {}
        for start in range(0, len(wanted), CHUNK):
            rows = Identity.objects.filter(digest__in=wanted[start : start + CHUNK]).values_list("pk", "kind", "digest")
            found |= {(IdentityKind(kind), bytes(digest)): number for number, kind, digest in rows}
        return found

    def _create(self, fresh: Mapping[Name, bytes], first_seen: Mapping[Name, int]) -> dict[Name, int]:
        rooted = [name for name in fresh if name[0] is not IdentityKind.EMAIL]
        moments = {name: from_micros(first_seen[name]) for name in fresh}
        leads = Lead.objects.bulk_create(
            [Lead(first_seen_at=moments[name], last_seen_at=moments[name]) for name in rooted], batch_size=CHUNK
        )
        homes = dict(zip(rooted, leads, strict=True))
        identities = Identity.objects.bulk_create(
            [
                Identity(
                    kind=name[0],
                    digest=digest,
                    value=name[1],
                    home=homes.get(name),
                    lead=homes.get(name),
                    first_seen_at=moments[name],
                )
                for name, digest in fresh.items()
            ],
            batch_size=CHUNK,
        )
        return {name: identity.pk for name, identity in zip(fresh, identities, strict=True)}
