"""What messages say when nobody wrote a template, and the names that templates may use. Pure."""

from collections.abc import Mapping, Sequence

from leadline.notifications.rules import OF_LEADS, Trigger
from leadline.notifications.templates import Message

OF_A_LEAD: Mapping[str, str] = {
    "who": "the name with the company, or \u201cLead 7\u201d of somebody without a name",
    "name": "the person's name",
    "company": "the company",
    "job_title": "the person's title",
    "email": "the e-mail address",
    "phone": "the telephone number",
    "country": "the country",
    "stage": "the stage, in words",
    "score": "the score, a whole number",
    "grade": "the grade",
    "owner": "who owns the lead, or nobody",
    "reason": "why now, in a sentence",
    "link": "the address of the lead's page",
    "when": "when it happened, in the channel's zone",
}
ALSO: Mapping[Trigger, Mapping[str, str]] = {
    Trigger.STAGE: {"from_stage": "the stage before"},
    Trigger.JUMP: {"points": "by how much", "before": "the score then", "days": "over how many days"},
    Trigger.DROP: {"points": "by how much", "before": "the score then", "days": "over how many days"},
    Trigger.BREACH: {"due": "when the first contact was due", "since": "when the lead qualified"},
    Trigger.ASSIGNED: {"by": "who gave it", "why": "what was said with it", "before_owner": "whose it was"},
    Trigger.SYNC: {
        "connection": "the connection's name",
        "trouble": "what is wrong",
        "link": "where to look",
        "when": "when it was seen, in the channel's zone",
    },
    Trigger.ALERT: {
        "alert": "the alert's name",
        "sentence": "what it says",
        "link": "where to look",
        "when": "when it fired, in the channel's zone",
    },
}
DEFAULTS: Mapping[Trigger, str] = {
    Trigger.STAGE: "{who} is {stage}\n{reason}\nScore {score}, grade {grade}. Owner: {owner}.\n{link}",
    Trigger.JUMP: "{who}: score up {points} in {days} days\n"
    "From {before} to {score}. Owner: {owner}.\n{reason}\n{link}",
    Trigger.DROP: "{who}: score down {points} in {days} days\nFrom {before} to {score}. Owner: {owner}.\n{link}",
    Trigger.BREACH: "{who} waits for a first contact\nIt was due {due}. {reason}\nOwner: {owner}.\n{link}",
    Trigger.ASSIGNED: "{who} belongs to {owner} now\n{reason}\nScore {score}, grade {grade}. Given by {by}.\n{link}",
    Trigger.SYNC: "CRM connection {connection} needs attention\n{trouble}\n{link}",
    Trigger.ALERT: "{sentence}\nAlert: {alert}\n{link}",
}


def names_of(trigger: Trigger) -> dict[str, str]:
    """The names that a template of a trigger may use, and what each stands for."""
    return {**(OF_A_LEAD if trigger in OF_LEADS else {}), **ALSO[trigger]}


def template_of(trigger: Trigger, own: str) -> str:
    """A rule's own template, or its trigger's."""
    return own or DEFAULTS[trigger]


def together(messages: Sequence[Message]) -> Message:
    """Several messages as one, in their order; one stays as it is."""
    if len(messages) == 1:
        return messages[0]
    parts = [f"{each.subject}\n{each.body}".strip() for each in messages]
    return Message(f"{len(messages)} messages from Leadline: {messages[0].subject}", "\n\n".join(parts))
