"""API tokens: a program acts as the user who owns one. Shown once; only a hash is kept."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from leadline.accounts.models import APIToken, User
from leadline.accounts.permissions import checked_scopes
from leadline.kernel.errors import NotFoundError, TerminalError

PREFIX = "llt_"
TOKEN_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written at most so often: a busy program is not a busy row."""


def create_token(user: User, name: str, expires_at: datetime | None = None, scopes: Iterable[str] = ()) -> str:
    """Make a token. What is returned is the only copy.

    Args:
        scopes: permissions that it is narrowed to, `read` for all that only read; none: all that the user's role has.

    Raises:
        TerminalError: it has no name to be told apart by, or there is no such scope.
    """
    if not name.strip():
        raise TerminalError("A token needs a name.", advice="Name the program that will use it.")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    APIToken.objects.create(
        user=user,
        name=name.strip()[:80],
        digest=digest_of(token),
        ending=token[-4:],
        scopes=checked_scopes(scopes),
        expires_at=expires_at,
    )
    return token


def user_of_token(token: str, now: datetime) -> User | None:
    """The user that a token acts as, narrowed to its scopes.

    None for one that is unknown, over, revoked, or whose user may not sign in.
    """
    row = APIToken.objects.select_related("user").filter(digest=digest_of(token), revoked_at=None).first()
    if row is None or not row.user.is_active or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        APIToken.objects.filter(pk=row.pk).update(last_used_at=now)
    row.user.token_scopes = frozenset(row.scopes) if row.scopes else None
    return row.user


def revoke_token(ending: str, now: datetime) -> int:
    """Revoke the tokens that end so. Returns how many.

    Raises:
        NotFoundError: none does.
    """
    found = APIToken.objects.filter(ending=ending[-4:], revoked_at=None).update(revoked_at=now)
    if not found:
        raise NotFoundError(f"No token in use ends in {ending[-4:]!r}.", advice="See: leadline tokens list")
    return found


def digest_of(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
