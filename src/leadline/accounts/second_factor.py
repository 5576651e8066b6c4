"""Second factors: authenticator apps, passkeys and recovery codes. Their secrets are sealed like personal data."""

import base64
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from leadline.accounts.models import User
from leadline.privacy.fields import field_cipher

CONTEXT = b"mfa.authenticator.data"
"""What secrets are sealed for; whoever rotates keys opens and seals them with it."""


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps secrets of authenticator apps and recovery codes encrypted, and names passkeys in our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is wrong, or was used before.",
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for its row."""
        return base64.b64encode(field_cipher().seal(text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed."""
        return field_cipher().open(base64.b64decode(encrypted_text), CONTEXT).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's signature
        """What a new passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Passkey {number}" if number > 1 else "Passkey"


def has_second_factor(user: User) -> bool:
    """Whether somebody signs in with more than a password."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def forget_second_factors(user: User) -> int:
    """Take away what somebody lost: app, passkeys and recovery codes. Returns how many went."""
    return int(Authenticator.objects.filter(user=user).delete()[0])
