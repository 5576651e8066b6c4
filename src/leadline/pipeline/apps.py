"""Django's registration of this package."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """Registers the models of `leadline.pipeline`."""

    name = "leadline.pipeline"
    label = "pipeline"
