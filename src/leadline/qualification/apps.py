"""Django's registration of this package."""

from django.apps import AppConfig


class QualificationConfig(AppConfig):
    """Registers the models of `leadline.qualification`."""

    name = "leadline.qualification"
    label = "qualification"
