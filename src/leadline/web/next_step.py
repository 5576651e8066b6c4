"""What a lead's page says first: why now, and what to do next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from leadline.qualification.sla import ContactDue
from leadline.qualification.stages import Stage
from leadline.web.moments import ago, ahead, span

SOON = timedelta(hours=1)
CLOSED = frozenset({Stage.CUSTOMER, Stage.DISQUALIFIED})


@dataclass(frozen=True, slots=True)
class Situation:
    """What the next step depends on."""

    stage: str
    known: bool
    owner: str
    accepted_at: datetime | None
    contacted_at: datetime | None
    due: ContactDue | None
    snoozed_until: datetime | None = None
    rejection: str = ""
    disqualified_for: str = ""


@dataclass(frozen=True, slots=True)
class DueWords:
    """A due date in words. `tone` is bad, warn or empty."""

    text: str
    tone: str


def due_words(due: ContactDue, now: datetime, zone: tzinfo) -> DueWords:
    """ "overdue 2 h", "38 min left", "today 16:00", "tomorrow 10:00"."""
    if due.is_overdue(now):
        return DueWords(f"overdue {span(now - due.at)}", "bad")
    if due.at - now < SOON:
        return DueWords(f"{span(due.at - now)} left", "warn")
    return DueWords(ahead(due.at, now, zone), "")


def next_step(situation: Situation, now: datetime, zone: tzinfo) -> str:
    """One or two sentences. `rejection` and `disqualified_for` are reasons in words."""
    if situation.rejection:
        return f"Sales said no: {situation.rejection}. Requalify it if that has changed."
    if situation.stage == Stage.DISQUALIFIED and situation.disqualified_for:
        return f"Not to be contacted: {situation.disqualified_for}."
    if situation.stage in CLOSED:
        return WORDS[situation.stage]
    if situation.snoozed_until is not None and situation.snoozed_until > now:
        return f"Snoozed: back on Call next {ahead(situation.snoozed_until, now, zone)}."
    if situation.due is not None:
        return _contact(situation.due, now, zone)
    if not situation.known:
        return "A visitor: nobody can be contacted until they leave an e-mail address or sign up."
    if situation.contacted_at is not None:
        return _after_contact(situation, situation.contacted_at, now, zone)
    return WORDS.get(situation.stage, "Nothing to do yet.")


WORDS: Mapping[str, str] = {
    Stage.INITIAL_ENGAGEMENT: "Nothing to do yet: marketing keeps this lead warm until it does more.",
    Stage.PROFILE_DEVELOPMENT: "Nothing to do yet: more of a profile, a quiz or a role would show what they need.",
    Stage.CONVERSION_SIGNALS: "Worth a look: one step from qualified. A quote or a strategy call makes it one.",
    Stage.CUSTOMER: "Already a customer.",
    Stage.DISQUALIFIED: "Not to be contacted: the stage history says why.",
    Stage.RECYCLED: "Silent for long: contact again when something new happens.",
}


def _contact(due: ContactDue, now: datetime, zone: tzinfo) -> str:
    if due.is_overdue(now):
        return f"The {due.promise} was broken {span(now - due.at)} ago. Call now."
    if due.at - now < SOON:
        left = max((due.at - now) // timedelta(minutes=1), 1)
        return f"Call within {left} minute{'' if left == 1 else 's'} to keep the {due.promise}."
    return f"First contact is due {ahead(due.at, now, zone)}, to keep the {due.promise}."


def _after_contact(situation: Situation, contacted_at: datetime, now: datetime, zone: tzinfo) -> str:
    by = f" by {situation.owner}" if situation.owner else ""
    said = f"First contact was logged {ago(contacted_at, now, zone)}{by}."
    waits = situation.stage == Stage.QUALIFIED and situation.accepted_at is None
    return f"{said} Accept the lead to keep it, or reject it." if waits else said
