"""Second factors as pages show them, and who has to add one."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.accounts.second_factor import has_second_factor

EVERYBODY, ADMINISTRATORS = "everybody", "administrators"
ELSEWHERE = "socialaccount"
"""How allauth calls a sign-in through the single sign-on, where a second factor is that system's matter."""
Kind = Authenticator.Type


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey or security key. `alone`: it signs in without e-mail address and password."""

    number: int
    name: str
    added_at: datetime
    used_at: datetime | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has beside a password. `codes_left`: of the recovery codes, None without any."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.app_since is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """What somebody has."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    app = next((row.created_at for row in rows if row.type == Kind.TOTP), None)
    codes = next((len(row.wrap().get_unused_codes()) for row in rows if row.type == Kind.RECOVERY_CODES), None)
    return Factors(app, tuple(_passkey(row) for row in rows if row.type == Kind.WEBAUTHN), codes)


def _passkey(row: Authenticator) -> Passkey:
    key = row.wrap()
    return Passkey(row.pk, key.name, row.created_at, row.last_used_at, bool(key.is_passwordless))


def must_add_factor(request: HttpRequest, user: User) -> bool:
    """Whether the installation asks this user for a second factor that they do not have."""
    if not asked_of(user, settings.REQUIRE_SECOND_FACTOR):
        return False
    records = get_authentication_records(request, user)
    elsewhere = bool(records) and records[-1].get("method") == ELSEWHERE
    return not elsewhere and not has_second_factor(user)


def asked_of(user: User, whom: str) -> bool:
    """Whether LEADLINE_REQUIRE_MFA names this user."""
    return whom == EVERYBODY or (whom == ADMINISTRATORS and (user.is_superuser or user.role == User.Role.ADMINISTRATOR))
