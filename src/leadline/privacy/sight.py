"""What whoever asks may see of people: set once where a request, a command or a job begins, asked wherever personal
data leaves.

Without anything set there is nobody to hide from: the pipeline, jobs and the command line work on everything. A request
begins with `NOTHING` and is given more once it is known who asks (web/admission.py), so that a forgotten check shows
too little and never too much.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

MASK = "\N{BULLET}\N{BULLET}\N{BULLET}"
"""What stands for a masked text."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen.

    Attributes:
        people: who leads are; without it names, addresses and telephone numbers are masked.
        owner: only leads of the user with this number; None: of everybody.
    """

    people: bool = True
    owner: int | None = None


EVERYTHING = Sight()
NOTHING = Sight(people=False)
_sight: ContextVar[Sight] = ContextVar("sight", default=EVERYTHING)


def sight() -> Sight:
    """What whoever asks may see."""
    return _sight.get()


@contextmanager
def seeing(allowed: Sight) -> Iterator[None]:
    """See so much within; as before afterwards, whatever was set meanwhile."""
    before = _sight.set(allowed)
    try:
        yield
    finally:
        _sight.reset(before)


def see(allowed: Sight) -> None:
    """See so much from here to the end of the enclosing `seeing`."""
    _sight.set(allowed)


def masked(value: Any) -> Any:
    """A JSON value with its shape and keys, and nothing that it said."""
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value if value is None or isinstance(value, bool) else MASK


SHOWN_ON_CARDS = frozenset({"country"})


def masked_card(card: Any) -> Any:
    """A lead's card without what tells who it is."""
    return None if card is None else {key: value for key, value in card.items() if key in SHOWN_ON_CARDS}
