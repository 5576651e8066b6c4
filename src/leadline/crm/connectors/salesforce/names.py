"""Names in Salesforce: objects, our own fields, record ids of 15 and 18 characters. Pure."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

LEAD, CONTACT = "Lead", "Contact"
EXTERNAL_ID = "Leadline_Id__c"
"""Our name of a lead, on leads and contacts: text, unique, an external id. It is the connector's own: no mapping."""
OURS = "Leadline_"
CONVERTED = "Converted"
"""The status word of a contact that was a lead: contacts have none of their own."""
TYPES = {"00Q": LEAD, "003": CONTACT}
"""By the first three characters of an id."""
SHORT, LONG = 15, 18
SUFFIXES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
Item = TypeVar("Item")


def long_id(text: str) -> str:
    """An id of 18 characters, which tells capitals from small letters by its last three; other texts stay.

    Each of the last three stands for five characters: a bit for each that is a capital, the first one lowest.
    """
    if len(text) != SHORT or not text.isalnum():
        return text
    fives = [text[at : at + 5] for at in (0, 5, 10)]
    return text + "".join(SUFFIXES[sum(1 << at for at, each in enumerate(five) if each.isupper())] for five in fives)


def type_of(remote_id: str) -> str:
    """The object that an id is of; a lead's when nothing is known of it."""
    return TYPES.get(remote_id[:3], LEAD)


def is_id(text: str) -> bool:
    """Whether it can be one."""
    return len(text) in (SHORT, LONG) and text.isascii() and text.isalnum()


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))
