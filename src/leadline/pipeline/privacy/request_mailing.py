"""The job that sends a letter to whoever asked something. What became of it is a step of the request; a letter that
leads to an answer hands it over.
"""

from collections.abc import Callable, Mapping
from typing import Any

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.mail import send
from leadline.pipeline.privacy.handing_over import note_mailed
from leadline.pipeline.privacy.request_letters import letter_to
from leadline.privacy.models import SubjectRequest

Report = Callable[[int, int], None]


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # the signature of a job
    """Send one letter.

    Raises:
        LeadlineError: it did not leave.
    """
    row = SubjectRequest.objects.filter(pk=arguments["request"]).first()
    if row is None or not row.asked:
        return {"sent": False}
    letter = str(arguments["letter"])
    try:
        send(letter_to(row, letter))
    except LeadlineError:
        _note(row, "mail_failed", letter)
        raise
    _note(row, "mailed", letter)
    note_mailed(row, letter, utc_now())
    return {"sent": True}


def _note(row: SubjectRequest, what: str, letter: str) -> None:
    step = {"at": utc_now().isoformat(), "what": what, "user": None, "via": "server", "letter": letter}
    row.refresh_from_db(fields=["steps"])
    row.steps = [*row.steps, step]
    row.save(update_fields=["steps"])
