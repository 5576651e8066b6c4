"""Django's registration of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the models of `leadline.accounts`."""

    name = "leadline.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Sign-ins go to the audit trail."""
        from leadline.accounts.audit_sign_in import listen  # needs the models

        listen()
