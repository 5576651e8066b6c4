"""A message on its way out: mail by the one mail server that is set up, everything else by Apprise. No database."""

from django.conf import settings
from django.template.loader import render_to_string

from leadline.kernel.errors import ConfigurationError, LeadlineError
from leadline.notifications.addresses import LOG
from leadline.notifications.deliveries import Parcel
from leadline.notifications.services import Fate, Outcome
from leadline.notifications.services import send as send_by_service
from leadline.pipeline import mail


def hand_over(parcel: Parcel) -> Outcome:
    """Send a message, and say what came of it. Nothing is raised: whatever goes wrong is an outcome."""
    try:
        if parcel.address.is_mail:
            return _mail(parcel)
        if parcel.address.service == LOG:
            return Outcome(Fate.SENT)
        return send_by_service(parcel.address, parcel.message, parcel.key, private_allowed=parcel.private_allowed)
    except Exception as error:  # noqa: BLE001  # a service of Apprise may raise anything, and its words may name secrets
        return Outcome(Fate.UNSURE, f"It could not be told whether this was sent ({type(error).__name__}).")


def _mail(parcel: Parcel) -> Outcome:
    try:
        mail.send(notice_letter(parcel))
    except ConfigurationError as error:
        return Outcome(Fate.LATER, error.message)
    except LeadlineError as error:
        return Outcome(Fate.LATER if error.transient else Fate.REFUSED, error.message)
    return Outcome(Fate.SENT)


def notice_letter(parcel: Parcel) -> mail.Letter:
    """A message as a mail. Sent again it has the same Message-ID."""
    message = parcel.message
    context = {"message": message, "settings_link": f"{settings.PUBLIC_URL}/notifications/mine"}
    text, html = (render_to_string(f"letters/notice.{form}", context) for form in ("txt", "html"))
    return mail.Letter((parcel.address.text,), message.subject, text, html, f"notice-{parcel.key}")
