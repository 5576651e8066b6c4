"""To which lead an identity belongs: a pure function of the claims about it.

A claim says "this identity is that owner's". User ids root leads: two of them never share one by themselves.

- An anonymous id belongs to the user with the earliest claim; without one, to the earliest claimed e-mail address;
  without one, to its own lead (a visitor).
- An e-mail address belongs to the user with the earliest claim; without one, it goes with the visitor who gave it
  first, to whomever that visitor belongs. When nobody claims it any more it belongs to nobody.
- A claim made by hand comes before all others, and may also join a user to a user or a visitor to a visitor: then
  everything that is the one's is the other's.

Since only the earliest claim counts, the order of arrival does not matter, and revoking a claim undoes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


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
    by_hand: bool = False


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
        roots = {identity: self._root(identity) for identity in self.kinds}
        return {identity: self.homes[root] for identity, root in roots.items() if root is not None}

    def _root(self, identity: int) -> int | None:
        """The identity whose home is the lead of this one."""
        if self.kinds[identity] is not IdentityKind.EMAIL:
            return self._end(identity)
        user = self._earliest_user(self._about.get(identity, ()))
        if user is not None:
            return self._end(user)
        givers = self._toward.get(identity)
        return self._end(givers[0].identity) if givers else None

    def _end(self, identity: int) -> int:
        """Where following a user or visitor ends. Claims by hand may make a circle with others: whoever is in it
        belongs to the same one of them, a user if there is one."""
        path = [identity]
        while (following := self._next(path[-1])) is not None:
            if following in path:
                return min(path[path.index(following) :], key=self._precedence)
            path.append(following)
        return path[-1]

    def _precedence(self, identity: int) -> tuple[bool, int]:
        return self.kinds[identity] is not IdentityKind.USER_ID, identity

    def _next(self, identity: int) -> int | None:
        """The user or visitor that this one belongs to; None when it belongs to nobody else.

        A visitor's claims lead to a user, or to the address given first and so to the visitor who gave that first:
        each such step goes to an earlier claim.
        """
        if identity in self._joined:
            return self._joined[identity]
        claims = self._about.get(identity, ())
        if self.kinds[identity] is IdentityKind.USER_ID or not claims:
            return None
        email = claims[0].owner
        user = self._earliest_user(claims) or self._earliest_user(self._about.get(email, ()))
        giver = self._toward[email][0].identity if user is None else user
        return None if giver == identity else giver

    def _earliest_user(self, claims: Sequence[Claim]) -> int | None:
        return next((c.owner for c in claims if self.kinds[c.owner] is IdentityKind.USER_ID), None)

    @cached_property
    def _joined(self) -> dict[int, int]:
        """Users and visitors that were joined to another one by hand."""
        joined: dict[int, int] = {}
        for claim in sorted(filter(self._joins, self.claims), key=_order):
            joined.setdefault(claim.identity, claim.owner)
        return joined

    def _joins(self, claim: Claim) -> bool:
        return claim.by_hand and IdentityKind.EMAIL not in (self.kinds[claim.identity], self.kinds[claim.owner])

    @cached_property
    def _about(self) -> "ByIdentity":
        return _earliest_first(self._others, lambda claim: claim.identity)

    @cached_property
    def _toward(self) -> "ByIdentity":
        return _earliest_first(self._others, lambda claim: claim.owner)

    @cached_property
    def _others(self) -> list[Claim]:
        return [claim for claim in self.claims if not self._joins(claim)]


ByIdentity = dict[int, list[Claim]]


def _earliest_first(claims: Iterable[Claim], key: Callable[[Claim], int]) -> ByIdentity:
    grouped: ByIdentity = {}
    for claim in sorted(claims, key=_order):
        grouped.setdefault(key(claim), []).append(claim)
    return grouped


def _order(claim: Claim) -> tuple[bool, int, int, int, int]:
    """By hand first, then the earliest."""
    return not claim.by_hand, claim.occurred_micros, claim.tie, claim.identity, claim.owner
