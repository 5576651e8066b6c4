"""To which lead an identity belongs: a pure function of the claims about it.

A claim says "this identity is that owner's". User ids root leads: two of them never share one by themselves.

- An anonymous id belongs to the user with the earliest claim; without one, to the earliest claimed e-mail address;
  without one, to its own lead (a visitor).
- An e-mail address belongs to the user with the earliest claim; without one, it goes with the visitor who gave it
  first, to whomever that visitor belongs. When nobody claims it any more it belongs to nobody.

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
        """Surrogate number -> lead, for every identity that has one: an e-mail address that nobody claims has none."""
        about = _earliest_first(self.claims, lambda claim: claim.identity)
        toward = _earliest_first(self.claims, lambda claim: claim.owner)
        roots = {identity: self._root(identity, about, toward) for identity in self.kinds}
        return {identity: self.homes[root] for identity, root in roots.items() if root is not None}

    def _root(self, identity: int, about: "ByIdentity", toward: "ByIdentity") -> int | None:
        """The identity whose home is the lead of this one."""
        if self.kinds[identity] is IdentityKind.USER_ID:
            return identity
        if self.kinds[identity] is IdentityKind.ANONYMOUS_ID:
            return self._root_of_visitor(identity, about, toward)
        user = self._earliest_user(about.get(identity, ()))
        givers = toward.get(identity)
        return user if user is not None or not givers else self._root_of_visitor(givers[0].identity, about, toward)

    def _root_of_visitor(self, visitor: int, about: "ByIdentity", toward: "ByIdentity") -> int:
        """Follows a visitor to the address given first, and that to the visitor who gave it first, and so on. Each
        step goes to an earlier claim, so that it ends."""
        while claims := about.get(visitor, ()):
            email = claims[0].owner
            user = self._earliest_user(claims) or self._earliest_user(about.get(email, ()))
            if user is not None:
                return user
            giver = toward[email][0].identity
            if giver == visitor:
                break
            visitor = giver
        return visitor

    def _earliest_user(self, claims: Sequence[Claim]) -> int | None:
        return next((c.owner for c in claims if self.kinds[c.owner] is IdentityKind.USER_ID), None)


ByIdentity = dict[int, list[Claim]]


def _earliest_first(claims: Iterable[Claim], key: Callable[[Claim], int]) -> ByIdentity:
    grouped: ByIdentity = {}
    for claim in sorted(claims, key=lambda c: (c.occurred_micros, c.tie, c.identity, c.owner)):
        grouped.setdefault(key(claim), []).append(claim)
    return grouped
