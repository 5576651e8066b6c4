"""What to say of a name that nothing has: the nearest that something has, if one is near. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches

NEAR = 0.75
"""As `difflib` measures it: of ten letters some two may differ."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, whatever its case; "" when none is near."""
    by_folded = {each.casefold(): each for each in sorted(known)}
    return next((by_folded[each] for each in get_close_matches(name.casefold(), by_folded, 1, NEAR)), "")


def unknown_note(fact: str, name: str, known: Iterable[str] = ()) -> str:
    """A sentence such as "No event named 'Quote Requestd' has ever come in; did you mean 'Quote Requested'?".

    Args:
        fact: what is so, without a full stop.
    """
    meant = nearest(name, known)
    return f"{fact}; did you mean {meant!r}?" if meant else f"{fact}."
