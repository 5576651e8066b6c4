"""Django's registration of this package."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Registers the models of `leadline.scoring`."""

    name = "leadline.scoring"
    label = "scoring"
