"""The link to set a password with, as a mail to the one person whom it is for."""

from django.conf import settings
from django.template.loader import render_to_string

from leadline.accounts.invitations import valid_days
from leadline.pipeline.mail import Letter

SUBJECT = "Your account in Leadline"


def invitation_letter(address: str, path: str) -> Letter:
    """One mail. It names nobody but the installation, so that a wrong address learns nothing.

    Args:
        path: of the link, within this installation.
    """
    context = {"link": f"{settings.PUBLIC_URL}{path}", "days": valid_days(), "where": settings.PUBLIC_URL}
    text, html = (render_to_string(f"letters/invitation.{form}", context) for form in ("txt", "html"))
    return Letter((address,), SUBJECT, text, html)
