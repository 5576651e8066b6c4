"""Something that happened and that a rule tells of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

Value = str | datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to tell.

    Attributes:
        key: what makes it one thing: looked at twice it has the same.
        at: when it happened.
        matter: what it is about beside the lead; the same matter is told once in the rule's quiet hours.
        lead: whom it is about, if anybody. owner: the user whose lead that is.
        values: by the names of templates; instants are told in the channel's zone.
    """

    key: str
    at: datetime
    matter: str
    values: Mapping[str, Value]
    lead: int | None = None
    owner: int | None = None

    def told_in(self, zone: str) -> dict[str, str]:
        """The values as texts."""
        return {name: _text(value, zone) for name, value in self.values.items()}


def _text(value: Value, zone: str) -> str:
    return value if isinstance(value, str) else f"{value.astimezone(ZoneInfo(zone)):%a %d %b %H:%M %Z}"
