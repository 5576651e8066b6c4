"""The code of an authenticator app is good once for as long as any clock may take it for right.

allauth remembers a used code for one step of 30 seconds; with a step of tolerance either way it is right for three. And
it does not remember the one that set the app up.
"""

import re

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import QueryDict

from leadline.accounts.models import User
from leadline.accounts.security_mail import tell
from leadline.kernel.clock import utc_now

NO_DIGIT = re.compile("[^0-9]")
"""What a code may be written with and is not part of it: allauth takes 123-456 for 123456."""


def use_up(user: User, code: str) -> None:
    """Note that a right code of somebody's app was used.

    Raises:
        ValidationError: it was before.
    """
    if not cache.add(_used(user, code), 1, _right_for_seconds()):
        raise get_adapter().validation_error("incorrect_code")


def _used(user: User, code: str) -> str:
    return f"second factor {user.pk} {NO_DIGIT.sub('', code)}"


def _right_for_seconds() -> int:
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


class SetUpForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The code that shows that an app was set up."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        use_up(self.user, code)
        return code


class _CodeOnce:
    """What the forms share that ask for a code: it is good once, and its owner learns of what an intruder would do."""

    user: User
    authenticator: Authenticator
    data: QueryDict

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # allauth's form comes after this class
            if self.authenticator.type == Authenticator.Type.TOTP:
                use_up(self.user, code)
        except ValidationError:
            _tell_if_used_before(self.user, self.data.get("code", ""))
            raise
        return code

    def save(self) -> None:
        """Note the use, and tell whose recovery code it was: who lost their telephone uses one, or who found a list."""
        super().save()  # type: ignore[misc]  # as above
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            tell(self.authenticator.user, "recovery_code_used", utc_now())


class SignInForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for when signing in."""


class ConfirmForm(_CodeOnce, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for before a change."""


def _tell_if_used_before(user: User, code: str) -> None:
    """Once for each code, however often it is tried: it was right, and somebody else has it too."""
    used = _used(user, code)
    if cache.get(used) is not None and cache.add(f"{used} told", 1, _right_for_seconds()):
        tell(user, "code_used_again", utc_now())
