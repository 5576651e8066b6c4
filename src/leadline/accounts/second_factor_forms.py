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
    key = f"second factor {user.pk} {NO_DIGIT.sub('', code)}"
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    if not cache.add(key, 1, app_settings.TOTP_PERIOD * steps):
        raise get_adapter().validation_error("incorrect_code")


class SetUpForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The code that shows that an app was set up."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        use_up(self.user, code)
        return code


def _tell_if_recovery_code(authenticator: Authenticator) -> None:
    """A recovery code is what somebody uses who lost their telephone, or who found a list of codes."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        tell(authenticator.user, "recovery_code_used", utc_now())


class SignInForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for when signing in."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user, code)
        return code

    def save(self) -> None:
        """Note the use, and tell whose code it was."""
        super().save()
        _tell_if_recovery_code(self.authenticator)


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for before a change."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user, code)
        return code

    def save(self) -> None:
        """Note the use, and tell whose code it was."""
        super().save()
        _tell_if_recovery_code(self.authenticator)
