"""Mails to whoever asked something: nothing in them tells what is held about anybody. Each has the address of a page of
theirs, which proves that they read mail there: it confirms the request, says how it stands, and hands out an archive.

A job sends each (`request_mailing.py`), so that a mail server that hangs keeps no page waiting.
"""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string

from leadline.pipeline.mail import Letter, is_configured
from leadline.pipeline.models import Job
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.models import SubjectRequest

LETTER = "subject_letter"
"""The kind of job."""
CONFIRM, EXTENDED, REFUSED, ERASING = "confirm", "extended", "refused", "erasing"
READY, DONE = "ready", "done"
SUBJECTS: Mapping[str, str] = {
    CONFIRM: "Please confirm your request",
    EXTENDED: "Your request takes longer",
    REFUSED: "Your request was not carried out",
    ERASING: "Your data is being erased",
    READY: "The answer to your request",
    DONE: "Your request was carried out",
}


def ask_for(row: SubjectRequest, letter: str) -> bool:
    """Have a letter sent, where there is a mail server and an address. Returns whether it will be."""
    if not is_configured() or not row.asked:
        return False
    Job.objects.create(kind=LETTER, arguments={"request": row.pk, "letter": letter})
    return True


def letter_to(row: SubjectRequest, letter: str) -> Letter:
    """One of `SUBJECTS` to whoever asked."""
    context = {"letter": letter, "subject": SUBJECTS[letter], "link": address_of(row), "row": row}
    text, html = (render_to_string(f"letters/request.{form}", context) for form in ("txt", "html"))
    return Letter((row.asked["email"],), SUBJECTS[letter], text, html, f"request-{row.pk}-{letter}-{row.due_at:%Y%m%d}")


def address_of(row: SubjectRequest) -> str:
    """The page that only whoever reads mail at the address gets to know."""
    return f"{settings.PUBLIC_URL}/privacy-request/mine/{token_of(row)}"


def token_of(row: SubjectRequest) -> str:
    """The same for each letter of a request; made of its digest, so that no other request ever has it."""
    seal = lookup_hasher().digest("privacy.request", f"{row.pk}.{row.status_digest}")
    return f"{row.pk}-{seal.hex()}"
