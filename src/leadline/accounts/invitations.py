"""Links by which somebody sets a password of their own: good once, for three days, and for nothing else.

Nothing is stored. A link is a number and a keyed digest of the account as it is now (Django's password reset tokens):
a new password, a sign-in or another address make it void, and so does taking away the secret key that signed it.
"""

from functools import cache

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from leadline.accounts.models import User
from leadline.accounts.sessions import end_sessions
from leadline.privacy.current_keys import CurrentKeys


class _Invitations(PasswordResetTokenGenerator):
    key_salt = "leadline.accounts.invitations"


@cache
def signing_keys() -> CurrentKeys:
    """The newest signs, the others are believed. Django's settings know those of when the process began: a server that
    runs through a rotation would not believe a link that `leadline users` makes after it."""
    return CurrentKeys(settings.DATA, "django")


def _invitations() -> _Invitations:
    newest, *others = (key.hex() for key in signing_keys().all())
    made = _Invitations()
    made.secret, made.secret_fallbacks = newest, [*others]
    return made


def valid_days() -> int:
    """For how long a link is good."""
    return int(settings.PASSWORD_RESET_TIMEOUT // 86_400)


def invitation_key(user: User) -> str:
    """The secret part of a user's link."""
    return _invitations().make_token(user)


def invited(number: int, key: str) -> User | None:
    """Whose link it is; None for one that is over, was used or never was."""
    user = User.objects.filter(pk=number, is_active=True).first()
    return user if user is not None and _invitations().check_token(user, key) else None


def take_up(user: User, password: str) -> None:
    """Set the password: the link is void from now on, and whoever was signed in as this user is not any more."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user)
