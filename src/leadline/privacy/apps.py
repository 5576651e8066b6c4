"""Django's registration of this package."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Registers the models of `leadline.privacy`."""

    name = "leadline.privacy"
    label = "privacy"
