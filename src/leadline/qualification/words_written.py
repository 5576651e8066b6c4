"""What people wrote beside their words about a lead: kept sealed with the word, put into the feed when it is read."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.qualification.models import SalesAction
from leadline.tracking.chunks import chunks

OF_SALES = "sales:"
"""How the key of an event of a word begins; the word's number follows."""
ASSIGNED = "assigned"


def key_of(action: SalesAction) -> str:
    """The key of a word's event."""
    return f"{OF_SALES}{action.pk}"


def written(keys: Iterable[str]) -> dict[str, str]:
    """What was written, by the key of the event; those without anything are left out. Masked for who may not see it."""
    numbers = {int(key.removeprefix(OF_SALES)) for key in keys if key.startswith(OF_SALES)}
    found: dict[str, str] = {}
    for some in chunks(sorted(numbers)):
        rows = SalesAction.objects.filter(pk__in=some, note__isnull=False).values_list("pk", "note")
        found |= {f"{OF_SALES}{number}": str(note) for number, note in rows}
    return found


def in_full(key: str, kind: str, detail: Mapping[str, Any], notes: Mapping[str, str]) -> dict[str, Any]:
    """An event's detail with what was written: an assignment's `why`, any other word's `note`, empty for nothing.

    Args:
        notes: what `written` gave for it.
    """
    if not key.startswith(OF_SALES):
        return dict(detail)
    name = "why" if kind == ASSIGNED else "note"
    return {**detail, name: detail.get(name) or notes.get(key, "")}
