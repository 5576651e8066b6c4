"""One event in words: a conversion's own sentence, else what the kinds of messages mean, else its name and subject."""

from collections.abc import Mapping

from leadline.engagement.metrics import ENGAGED_PROPERTY, as_number
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import conversion_sentence

ABOUT = ("title", "tool", "content_id", "course_id", "quiz_id", "plan", "intent", "reason", "owner", "path")
SAID = {
    "identify": "Said who they are",
    "group": "Said which company they belong to",
    "alias": "Came back under another name",
}
"""Messages that tell of a person instead of something the person did."""
SECOND_MS, MINUTE_MS = 1_000, 60_000


def event_sentence(ruleset: Ruleset, name: str, properties: Mapping[str, object], kind: str = "track") -> str:
    """One event in words.

    Args:
        name: as it is stored: for messages that only tell of a person it is their kind.
        properties: those that were kept.
    """
    for rule in ruleset.conversions:
        if rule.event == name and rule.sentence:
            return conversion_sentence(rule, properties)
    if kind in SAID or name in SAID:
        return SAID.get(kind) or SAID[name]
    engaged = as_number(properties.get(ENGAGED_PROPERTY))
    if engaged is not None and engaged > 0:
        return _engaged(engaged, properties)
    about = _about(properties)
    return f"{name}: {about}" if about else name


def _engaged(milliseconds: float, properties: Mapping[str, object]) -> str:
    minutes = int(milliseconds // MINUTE_MS)
    seconds = max(int(milliseconds // SECOND_MS), 1)
    length = f"{minutes} minute{'s' * (minutes != 1)}" if minutes else f"{seconds} second{'s' * (seconds != 1)}"
    path = properties.get("path")
    return f"Was engaged for {length}" + (f" on {path}" if isinstance(path, str) and path else "")


def _about(properties: Mapping[str, object]) -> str:
    for name in ABOUT:
        value = properties.get(name)
        if isinstance(value, str) and value:
            return value.replace("-", " ").replace("_", " ") if name != "path" else value
    return ""
