"""What every page needs."""

from functools import partial

from django.http import HttpRequest

from leadline.kernel.clock import utc_now
from leadline.web.navigation import navigation
from leadline.web.viewer import granted, may_alert, theme_of, zone_of


def shell(request: HttpRequest) -> dict[str, object]:
    """The navigation (counted only when a template asks), what the viewer may, the theme, the time and its zone."""
    return {
        "navigation": partial(navigation, request),
        "may_alert": partial(may_alert, request),
        "granted": partial(granted, request),
        "theme": theme_of(request),
        "now": utc_now(),
        "zone": zone_of(request),
    }
