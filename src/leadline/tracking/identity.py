"""To which lead an identity belongs: a pure function of the claims about it.

A claim says "this identity is that owner's". User ids root leads: two of them never share one by themselves.

- An anonymous id belongs to the user with the earliest claim; without one, to the earliest claimed e-mail address;
  without one, to its own lead (a visitor).
- An e-mail address belongs to the user with the earliest claim; without one, to the visitor who gave it first, or to
  the user whom that visitor turned out to be.

Since only the earliest claim counts, the order of arrival does not matter, and revoking a claim undoes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class IdentityKind(StrEnum):
    """What sort of name it is."""

    USER_ID = "user_id"
    EMAIL = "email"
    ANONYMOUS_ID = "anonymous_id"


@dataclass(frozen=True, slots=True)
class Claim:
    """`identity` is `owner`'s, said at `occurred_micros`; `tie` orders claims of the same microsecond."""

    identity: int
    owner: int
    occurred_micros: int
    tie: int


@dataclass(frozen=True)
class Neighbourhood:
    """Some identities, everything they are, and all claims that are not revoked about and by them.

    Attributes:
        kinds: surrogate number -> kind.
        homes: surrogate number -> the lead that was made with it.
    """

    kinds: Mapping[int, IdentityKind]
    homes: Mapping[int, int]
    claims: Iterable[Claim]

    def resolve(self) -> dict[int, int]:
        """Surrogate number -> lead, for every identity that has one."""
        about = _earliest_first(self.claims, lambda claim: claim.identity)
        toward = _earliest_first(self.claims, lambda claim: claim.owner)
        leads = {identity: self.homes[identity] for identity in self._of(IdentityKind.USER_ID)}
        for email in self._of(IdentityKind.EMAIL):
            owner = self._owner_of_email(email, about, toward)
            if owner is not None:
                leads[email] = self.homes[owner]
        for visitor in self._of(IdentityKind.ANONYMOUS_ID):
            claims = about.get(visitor, ())
            owner = self._earliest_user(claims) or next((c.owner for c in claims), visitor)
            leads[visitor] = leads.get(owner, self.homes[visitor])
        return leads

    def _of(self, kind: IdentityKind) -> list[int]:
        return [identity for identity, its in self.kinds.items() if its is kind]

    def _owner_of_email(self, email: int, about: "ByIdentity", toward: "ByIdentity") -> int | None:
        """The user who claimed it first; else the visitor who gave it first, or the user that visitor belongs to."""
        user = self._earliest_user(about.get(email, ()))
        visitor = next((claim.identity for claim in toward.get(email, ())), None)
        if user is not None or visitor is None:
            return user
        return self._earliest_user(about.get(visitor, ())) or visitor

    def _earliest_user(self, claims: Sequence[Claim]) -> int | None:
        return next((c.owner for c in claims if self.kinds[c.owner] is IdentityKind.USER_ID), None)


ByIdentity = dict[int, list[Claim]]


def _earliest_first(claims: Iterable[Claim], key: Callable[[Claim], int]) -> ByIdentity:
    grouped: ByIdentity = {}
    for claim in sorted(claims, key=lambda c: (c.occurred_micros, c.tie, c.identity, c.owner)):
        grouped.setdefault(key(claim), []).append(claim)
    return grouped
