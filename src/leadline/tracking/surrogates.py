"""Surrogate numbers for personal ids: looked up by keyed digest, made when new, remembered between segments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead

REMEMBERED = 500_000
FirstSeen = Mapping[str, int]
Numbers = dict[str, int]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An identity that was made just now; an e-mail address has no lead of its own."""

    number: int
    home: int | None
    first_seen_micros: int


@dataclass(frozen=True, slots=True)
class Surrogates:
    """The numbers of every name in a segment, by kind, and which of them are new."""

    users: Numbers
    emails: Numbers
    visitors: Numbers
    created: tuple[Newcomer, ...]


class SurrogateRegister:
    """Finds or makes surrogate numbers.

    What it remembers is only what was committed: `remember` is called after the transaction.
    """

    def __init__(self, hasher: LookupHasher) -> None:
        self._hasher = hasher
        self._known: dict[IdentityKind, Numbers] = {kind: {} for kind in IdentityKind}

    def numbers(self, users: FirstSeen, emails: FirstSeen, visitors: FirstSeen) -> Surrogates:
        """Numbers for names; each comes with when it was first seen, in microseconds."""
        created: list[Newcomer] = []
        return Surrogates(
            self._found_or_made(IdentityKind.USER_ID, users, created),
            self._found_or_made(IdentityKind.EMAIL, emails, created),
            self._found_or_made(IdentityKind.ANONYMOUS_ID, visitors, created),
            tuple(created),
        )

    def remember(self, surrogates: Surrogates) -> None:
        """Keep committed numbers at hand."""
        new = (surrogates.users, surrogates.emails, surrogates.visitors)
        for known, numbers in zip(self._known.values(), new, strict=True):
            if len(known) > REMEMBERED:
                known.clear()
            known.update(numbers)

    def existing(self, kind: IdentityKind, values: Iterable[str]) -> Numbers:
        """The numbers of those names that were seen before."""
        known = self._known[kind]
        wanted = set(values)
        found = {value: known[value] for value in wanted if value in known}
        digests = {self._hasher.digest(kind, value): value for value in wanted - found.keys()}
        for some in chunks(digests):
            rows = Identity.objects.filter(kind=kind, digest__in=some).values_list("pk", "digest")
            found |= {digests[bytes(digest)]: number for number, digest in rows}
        return found

    def _found_or_made(self, kind: IdentityKind, first_seen: FirstSeen, created: list[Newcomer]) -> Numbers:
        found = self.existing(kind, first_seen)
        fresh = {value: micros for value, micros in first_seen.items() if value not in found}
        if fresh:
            made = self._create(kind, fresh)
            created.extend(made.values())
            found |= {value: newcomer.number for value, newcomer in made.items()}
        return found

    def _create(self, kind: IdentityKind, fresh: FirstSeen) -> dict[str, Newcomer]:
        moments = {value: from_micros(micros) for value, micros in fresh.items()}
        homes: dict[str, Lead] = {}
        if kind is not IdentityKind.EMAIL:
            leads = [Lead(first_seen_at=moment, last_seen_at=moment) for moment in moments.values()]
            homes = dict(zip(fresh, Lead.objects.bulk_create(leads, batch_size=CHUNK), strict=True))
        identities = [
            Identity(
                kind=kind,
                digest=self._hasher.digest(kind, value),
                value=value,
                home=homes.get(value),
                lead=homes.get(value),
                first_seen_at=moment,
            )
            for value, moment in moments.items()
        ]
        rows = Identity.objects.bulk_create(identities, batch_size=CHUNK)
        return {value: Newcomer(row.pk, row.home_id, fresh[value]) for value, row in zip(fresh, rows, strict=True)}
