"""To which company a person belongs: by a group id, else by a company trait, else by the domain of an e-mail address.

The stronger basis wins, whenever it came; of the same basis the latest. So somebody whose group is known is not moved
by an address that they give later.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from leadline.tracking.chunks import chunks
from leadline.tracking.models import Profile

GROUP, COMPANY, EMAIL_DOMAIN = "group", "company", "email_domain"
STRENGTH = {EMAIL_DOMAIN: 1, COMPANY: 2, "": 2, GROUP: 3}
"""By `Profile.account_basis`. Before it was noted, memberships came from traits and groups."""


@dataclass(frozen=True, slots=True, order=True)
class Belonging:
    """What a message says of somebody's company; the greatest counts. `mark` is the account's digest."""

    strength: int
    micros: int
    mark: bytes

    @property
    def basis(self) -> str:
        """As `Profile.account_basis` names it."""
        return next(basis for basis, strength in STRENGTH.items() if strength == self.strength)


NOWHERE = Belonging(0, 0, b"")


def stored_belonging(profile: Profile) -> Belonging:
    """What is stored."""
    if profile.account is None:
        return NOWHERE
    return Belonging(STRENGTH[profile.account_basis], profile.account_micros, bytes(profile.account.digest))


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """An identity's company; of the identities of one person the greatest counts."""

    strength: int
    micros: int
    account: int


def accounts_of(identities: Iterable[int]) -> dict[int, Membership]:
    """Identity -> its company, for those that have one."""
    found: dict[int, Membership] = {}
    for some in chunks(identities):
        rows = Profile.objects.filter(identity__in=some, account__isnull=False)
        for number, basis, micros, account in rows.values_list(
            "identity_id", "account_basis", "account_micros", "account_id"
        ):
            found[number] = Membership(STRENGTH[basis], micros, account or 0)
    return found
