"""Django's registration of this package."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Registers the models of `leadline.analytics`."""

    name = "leadline.analytics"
    label = "analytics"
