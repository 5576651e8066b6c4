"""The longest password: beyond it nobody types or remembers one, and hashing it is work for nothing."""

from django.core.exceptions import ValidationError

from leadline.accounts.models import User

MOST_CHARACTERS = 128
"""OWASP ASVS 4.0.3, 2.1.2: 64 must be possible, more than 128 refused."""


class LongestPasswordValidator:
    """Refuses what is longer. Nothing is ever cut off."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  # Django's signature
        """
        Raises:
            ValidationError: it is too long.
        """
        if len(password) > MOST_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """For forms."""
        return f"A password has {MOST_CHARACTERS} characters at most."
