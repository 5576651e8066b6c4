"""What the door lets through: pseudonymous events. Everything personal has been split off before."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the event store keeps it.

    Attributes:
        message_hash: 63 bits of the keyed hash of (source, message id); breaks ties of the same microsecond.
        kind: Segment's message type: track, page, screen, identify, group, alias.
        name: the event's name; for a page its name or "Page", else the kind.
        identity: surrogate number.
        occurred_micros: when it happened, corrected for the client's clock, microseconds since 1970.
        properties: non-personal properties.
        noise: "bot" or "internal" when it counts in no score; else empty.
        source: the event source's number; 0 for a history that was given without one.
    """

    message_hash: int
    kind: str
    name: str
    identity: int
    occurred_micros: int
    properties: Mapping[str, object] = field(default_factory=dict)
    noise: str = ""
    source: int = 0


@dataclass(frozen=True, slots=True)
class TraitChange:
    """A trait as the event store knows it: its value when it is not personal, else only whether it is there.

    Attributes:
        key: canonical trait name, such as "title" or "company_name".
        value: the text of a non-personal value; None for a personal one.
        present: False when it was removed or is empty.
    """

    identity: int
    key: str
    value: str | None
    present: bool
    occurred_micros: int
    message_hash: int
