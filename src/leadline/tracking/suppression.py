"""What must not come back: the past of erased people, from whatever brings it again.

The erasure ledger (`privacy.ErasedName`) has the keyed digest of every name that was erased, and when. A message that
happened before is dropped, whoever sends it: a late retry, an import, a CRM. An import is dropped also when it says
that it happened later, until the person has come back by themselves: a file without times happens when it is read. What
somebody sends by themselves after their erasure is theirs to send, and is taken in like anybody's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadline.kernel.clock import to_micros
from leadline.privacy.lookup import LookupHasher
from leadline.privacy.models import ErasedName
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity
from leadline.tracking.naming import email_of
from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.wire import Envelope

BROUGHT = frozenset({"import", "replay"})
"""Routes by which somebody else brings messages."""
Name = tuple[str, str]


@dataclass
class Suppression:
    """The ledger, as one segment is read under it.

    Attributes:
        erased: (kind, digest) -> when, in microseconds.
    """

    hasher: LookupHasher
    erased: dict[tuple[str, bytes], int]
    _known: dict[Name, int] = field(default_factory=dict)
    _back: dict[Name, bool] = field(default_factory=dict)

    @classmethod
    def current(cls, hasher: LookupHasher) -> "Suppression":
        """As the ledger is now."""
        rows = ErasedName.objects.values_list("kind", "digest", "erased_at")
        return cls(hasher, {(kind, bytes(digest)): to_micros(at) for kind, digest, at in rows})

    def drops(self, draft: Draft, route: str) -> bool:
        """Whether a message is of the past of somebody who was erased."""
        return bool(self.erased) and any(self._forbids(name, draft, route) for name in names_of(draft))

    def _forbids(self, name: Name, draft: Draft, route: str) -> bool:
        erased = self._erased_at(name)
        if not erased:
            return False
        return draft.occurred_micros <= erased or (route in BROUGHT and not self._is_back(name))

    def _erased_at(self, name: Name) -> int:
        """In microseconds; 0 of somebody who was not."""
        if name not in self._known:
            self._known[name] = self.erased.get((name[0], self.hasher.digest(*name)), 0)
        return self._known[name]

    def _is_back(self, name: Name) -> bool:
        """Only names that were erased are asked for: they are few."""
        if name not in self._back:
            digest = self.hasher.digest(*name)
            self._back[name] = Identity.objects.filter(kind=name[0], digest=digest).exists()
        return self._back[name]


def without_erased(
    judged: Sequence[tuple[Envelope, Draft | Rejection]], route: str, erased: Suppression
) -> tuple[list[Envelope], list[Draft | Rejection]]:
    """The messages of a record, and what became of them, without those that are dropped. Of these only their number is
    kept, by source."""
    kept = [
        (each, result) for each, result in judged if isinstance(result, Rejection) or not erased.drops(result, route)
    ]
    return [envelope for envelope, _ in kept], [result for _, result in kept]


def names_of(draft: Draft) -> Iterator[Name]:
    """(kind, value) of each name that a message gives to whoever it is about."""
    if draft.user_id is not None:
        yield IdentityKind.USER_ID.value, draft.user_id
    if draft.anonymous_id is not None:
        yield IdentityKind.ANONYMOUS_ID.value, draft.anonymous_id
    if draft.traits and (email := email_of(draft)):
        yield IdentityKind.EMAIL.value, email
    if draft.previous_id is not None:
        yield from ((kind.value, draft.previous_id) for kind in (IdentityKind.USER_ID, IdentityKind.ANONYMOUS_ID))
