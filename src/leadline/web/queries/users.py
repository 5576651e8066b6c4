"""Users and API tokens as administrators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leadline.accounts.models import APIToken, User

ACTIVE, DISABLED, NEVER, SINGLE = "active", "disabled", "never", "single"
STATES = {
    ACTIVE: "may sign in",
    DISABLED: "are disabled",
    NEVER: "have never signed in",
    SINGLE: "have no second factor",
}
"""What a list can be narrowed to, in the words that follow "who"."""
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user: `sessions` are browsers that are signed in, `tokens` those that work."""

    user: User
    sessions: int
    tokens: int
    second_factor: bool


def users(role: str, state: str, now: datetime) -> QuerySet[User]:
    """Users with what `row_of` reads, narrowed to a role and a state; empty words narrow nothing."""
    found = User.objects.annotate(
        session_count=_counted(_live_sessions(now)),
        token_count=_counted(usable_tokens(now).filter(user=OuterRef("pk"))),
        factored=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND)),
    )
    found = found.filter(role=role) if role in User.Role.values else found
    narrowed = {
        ACTIVE: Q(is_active=True),
        DISABLED: Q(is_active=False),
        NEVER: Q(last_login=None),
        SINGLE: Q(factored=False, is_active=True),
    }
    return found.filter(narrowed[state]) if state in narrowed else found


def row_of(user: Any) -> UserRow:
    """A row of `users`."""
    return UserRow(user, user.session_count, user.token_count, user.factored)


def usable_tokens(now: datetime) -> QuerySet[APIToken]:
    """Tokens that work: neither revoked nor over, of users who may sign in."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=now)
    return APIToken.objects.filter(lasting, revoked_at=None, user__is_active=True)


def _live_sessions(now: datetime) -> QuerySet[Any]:
    session = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=now)
    rows: QuerySet[Any] = UserSession.objects.filter(Exists(session), user=OuterRef("pk"))
    return rows


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many there are of each user."""
    counts = rows.order_by().values("user").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)
