"""Tags of pages with charts."""

from django import template
from django.urls import reverse

from leadline.pipeline.reports.page_script import digest

register = template.Library()


@register.simple_tag
def chart_bundle() -> str:
    """The address of the script that draws charts, which changes with its content."""
    return reverse("chart_bundle", args=[digest()])
