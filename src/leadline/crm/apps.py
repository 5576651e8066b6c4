"""Django's registration of this package."""

from django.apps import AppConfig


class CRMConfig(AppConfig):
    """Registers the models of `leadline.crm`."""

    name = "leadline.crm"
    label = "crm"
