"""Django's registration of this package."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers the models of `leadline.tracking`."""

    name = "leadline.tracking"
    label = "tracking"
