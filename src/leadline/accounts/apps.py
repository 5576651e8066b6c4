"""Django's registration of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the models of `leadline.accounts`."""

    name = "leadline.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Sign-ins go to the audit trail, and begin sessions that end."""
        from leadline.accounts import audit_sign_in, sessions  # they need the models

        audit_sign_in.listen()
        sessions.listen()
