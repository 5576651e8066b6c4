"""An alert as a mail: what happened, in sentences, with the metric's definition and where to look."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string

from leadline.analytics.metrics import Measure
from leadline.analytics.models import Alert, AlertFiring
from leadline.pipeline.mail import Letter


def alert_letter(alert: Alert, about: Measure, firings: Sequence[AlertFiring]) -> Letter:
    """One mail for all of an alert's firings that wait, the newest first."""
    link = f"{settings.PUBLIC_URL}/alerts/{alert.pk}"
    context = {"alert": alert, "about": about, "firings": firings, "link": link}
    text, html = (render_to_string(f"letters/alert.{form}", context) for form in ("txt", "html"))
    key = f"alert-{alert.pk}-{firings[0].pk}"
    return Letter(tuple(alert.recipients), firings[0].sentence, text, html, key)
