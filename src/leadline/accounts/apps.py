"""Django's registration of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the models of `leadline.accounts`."""

    name = "leadline.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Sign-ins go to the audit trail, begin sessions that end, and are mailed from a browser that nobody knows."""
        from leadline.accounts import audit_sign_in, known_browsers, sessions  # they need the models

        audit_sign_in.listen()
        sessions.listen()
        known_browsers.listen()
