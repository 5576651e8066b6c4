"""Django's registration of this package."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the models of `leadline.web`."""

    name = "leadline.web"
    label = "web"
