"""What an administrator does to users: adds them, changes what they may, ends their sign-in.

An installation always keeps somebody who can let others in: the last active administrator stays one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from leadline.accounts.models import APIToken, User
from leadline.accounts.second_factor import forget_second_factors
from leadline.accounts.sessions import end_sessions
from leadline.kernel.errors import TerminalError

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be from now on; None leaves something as it is."""

    role: str | None = None
    name: str | None = None
    leads_seen: str | None = None
    is_active: bool | None = None

    @property
    def fields(self) -> dict[str, str | bool]:
        """Those that are given."""
        given = {each: getattr(self, each) for each in ("role", "name", "leads_seen", "is_active")}
        return {field: value for field, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended: sessions in browsers, and API tokens."""

    sessions: int
    tokens: int


def invite(email: str, role: str, name: str = "", leads_seen: str = User.LeadsSeen.ALL) -> User:
    """A user without a password, who sets one by the link of an invitation.

    Raises:
        TerminalError: the address is none, or has an account.
    """
    address = email.strip().lower()
    check_address(address)
    return User.objects.create_user(address, role=role, name=name.strip()[:LONGEST_NAME], leads_seen=leads_seen)


def check_address(email: str) -> None:
    """Raises:
    TerminalError: it is no e-mail address, or has an account already.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise TerminalError(
            f"{email[:80]!r} is no e-mail address.", advice="Write one such as kim@works.com."
        ) from error
    if User.objects.filter(email=email.lower()).exists():
        raise TerminalError(f"{email} has an account already.", advice="Choose another address.")


def change(user: User, wanted: Change, now: datetime) -> Ended:
    """Change a user, from their next request on. Who may not sign in any more loses sessions and tokens for good.

    Raises:
        TerminalError: it is the last administrator.
    """
    with transaction.atomic():
        _check_stays_administered(user, wanted)
        for field, value in wanted.fields.items():
            setattr(user, field, value)
        user.save(update_fields=list(wanted.fields))
        return Ended(end_sessions(user), _revoke_tokens(user, now)) if wanted.is_active is False else Ended(0, 0)


def reset_factors(user: User) -> int:
    """Take a lost app, passkeys and recovery codes away and sign out everywhere. Returns how many went."""
    with transaction.atomic():
        end_sessions(user)
        return forget_second_factors(user)


def _revoke_tokens(user: User, now: datetime) -> int:
    return APIToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)


def _check_stays_administered(user: User, wanted: Change) -> None:
    """Two who take each other's role away at once: the rows are locked, so that the second one is refused."""
    if wanted.role in (None, User.Role.ADMINISTRATOR) and wanted.is_active is not False:
        return
    active = User.objects.select_for_update().filter(role=User.Role.ADMINISTRATOR, is_active=True)
    administrators = {row.pk for row in active.order_by("pk")}
    if administrators == {user.pk}:
        raise TerminalError(f"{user.email} is the only administrator.", advice="Make another one first.")
