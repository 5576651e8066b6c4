"""Mailing what fired: one mail an alert, tried again with pauses, given up with a reason that the page shows."""

from datetime import datetime

from leadline.analytics.models import AlertFiring
from leadline.analytics.scheduling import next_try
from leadline.kernel.errors import LeadlineError, TransientError
from leadline.pipeline.engine import Engine
from leadline.pipeline.letters.alert_letter import alert_letter
from leadline.pipeline.mail import send
from leadline.pipeline.reports.measuring import known_measure

GIVEN_UP = 99
"""Attempts of a mail that is not tried any more."""


def waiting(now: datetime) -> dict[int, list[AlertFiring]]:
    """Firings whose mail is to be tried now, by alert, the newest first."""
    rows = AlertFiring.objects.filter(mailed_at=None, mail_attempts__lt=GIVEN_UP).exclude(alert__recipients=[])
    found: dict[int, list[AlertFiring]] = {}
    for row in rows.select_related("alert").order_by("-bucket"):
        at = next_try(row.mail_attempts, row.mail_tried_at)
        if at is not None and at <= now:
            found.setdefault(row.alert_id, []).append(row)
    return found


def mail_waiting(engine: Engine, now: datetime) -> int:
    """Send the mails that wait. Returns how many left; what could not says why in its row."""
    return sum(_mail(engine, firings, now) for firings in waiting(now).values())


def _mail(engine: Engine, firings: list[AlertFiring], now: datetime) -> bool:
    alert, rows = firings[0].alert, AlertFiring.objects.filter(pk__in=[each.pk for each in firings])
    attempts = max(each.mail_attempts for each in firings) + 1
    rows.update(mail_attempts=attempts, mail_tried_at=now)
    try:
        send(alert_letter(alert, known_measure(engine.ruleset, alert.metric), firings))
    except LeadlineError as error:
        last = not isinstance(error, TransientError) or next_try(attempts, now) is None
        rows.update(mail_trouble=str(error)[:300], mail_attempts=GIVEN_UP if last else attempts)
        return False
    rows.update(mailed_at=now, mail_trouble="")
    return True
