"""The code of an authenticator app is good once for as long as any clock may take it for right.

allauth remembers a used code for one step of 30 seconds; with a step of tolerance either way it is right for three.
"""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache


def use_up(authenticator: Authenticator, code: str) -> None:
    """Note that an app's code was used.

    Raises:
        ValidationError: it was before.
    """
    key = f"second factor {authenticator.pk} {''.join(code.split())}"
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    if authenticator.type == Authenticator.Type.TOTP and not cache.add(key, 1, app_settings.TOTP_PERIOD * steps):
        raise get_adapter().validation_error("incorrect_code")


class SignInForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for when signing in."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        use_up(self.authenticator, code)
        return code


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for before a change."""

    def clean_code(self) -> str:
        """The code, when it is right and new."""
        code: str = super().clean_code()
        use_up(self.authenticator, code)
        return code
