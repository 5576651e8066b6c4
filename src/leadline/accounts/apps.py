"""Django's registration of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the models of `leadline.accounts`."""

    name = "leadline.accounts"
    label = "accounts"
