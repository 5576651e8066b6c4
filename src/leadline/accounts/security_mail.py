"""A mail to whoever's way of signing in changed or was used by another browser: what happened and when, and nothing
else. Somebody who did not do it themselves learns so.

It is sent over the server of LEADLINE_MAIL; without one nothing is sent, and the audit trail alone keeps it.
"""

import logging
import smtplib
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from leadline.accounts.models import User

TEMPLATE = "accounts/security_mail.txt"
OTHER = "how you sign in was changed"
CHANGES: Mapping[str, str] = {
    "password_changed": "your password was changed",
    "password_set": "a password was set",
    "password_reset": "your password was changed",
    "password_given": "an administrator gave you a new password",
    "totp_activated": "an authenticator app was added",
    "totp_deactivated": "the authenticator app was taken away",
    "webauthn_added": "a passkey was added",
    "webauthn_removed": "a passkey was taken away",
    "recovery_codes_generated": "new recovery codes were made; the old ones are over",
    "recovery_code_used": "a recovery code was used",
    "code_used_again": "a code of your authenticator app was used a second time, and refused",
    "signed_in_elsewhere": "you signed in with a browser that you had not used before",
    "account_connected": "you signed in through the single sign-on for the first time",
    "factors_forgotten": "an administrator took all second factors away",
}
"""By the last word of allauth's template, or by a name of ours."""
logger = logging.getLogger(__name__)


def tell(user: User, change: str, now: datetime) -> bool:
    """Mail it. Returns whether it left: a change stands whatever becomes of its mail.

    Args:
        change: a key of CHANGES; of any other the mail says that something changed.
    """
    if not settings.MAIL or not user.email:
        return False
    try:
        letter(user, CHANGES.get(change, OTHER), now).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("The mail about a changed sign-in did not leave: %s.", type(error).__name__)
        return False
    return True


def letter(user: User, change: str, now: datetime) -> EmailMessage:
    """The mail."""
    zone = ZoneInfo(user.time_zone) if user.time_zone else UTC
    at = f"{now.astimezone(zone):%Y-%m-%d %H:%M} ({user.time_zone or 'UTC'})"
    body = render_to_string(TEMPLATE, {"change": change, "at": at, "link": f"{settings.PUBLIC_URL}/you"})
    return EmailMessage(f"Leadline: {change}", body, to=[user.email])
