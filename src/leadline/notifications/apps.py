"""Django's registration of this package."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers the models of `leadline.notifications`."""

    name = "leadline.notifications"
    label = "notifications"
