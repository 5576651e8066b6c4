"""What to do about a lead now, in words that stay true until something happens: a CRM keeps them. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.qualification.stages import Stage

WORDS: Mapping[str, str] = {
    Stage.INITIAL_ENGAGEMENT: "Nothing to do yet: marketing keeps this lead warm.",
    Stage.PROFILE_DEVELOPMENT: "Nothing to do yet: more of a profile, a quiz or a role would show what they need.",
    Stage.CONVERSION_SIGNALS: "Worth a look: one step from qualified.",
    Stage.CUSTOMER: "Already a customer.",
    Stage.DISQUALIFIED: "Not to be contacted: the lead's page says why.",
    Stage.RECYCLED: "Silent for long: contact again when something new happens.",
}


def next_step(
    stage: str,
    *,
    rejection: str = "",
    accepted_at: datetime | None = None,
    contacted_at: datetime | None = None,
    due_at: datetime | None = None,
) -> str:
    """One sentence.

    Args:
        rejection: why sales turned the lead down, in words.
        due_at: until when somebody should have spoken to a qualified lead.
    """
    if rejection:
        return f"Sales said no: {rejection}."
    if stage != Stage.QUALIFIED:
        return WORDS.get(stage, "")
    if contacted_at is None:
        return f"Call: the first contact is due {_written(due_at)}." if due_at else "Call: nobody has yet."
    if accepted_at is None:
        return "Contacted: accept the lead, or reject it with a reason."
    return "Accepted and contacted: open a deal, or reject it with a reason."


def _written(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
