"""A connection's mapping from its YAML document, read such that it can not fail later: every fault is told at once,
with its line, its path and what to write instead.

`SyncMapping.outgoing` is what the document comes to for one lead. docs/reference/crm-mapping.md has every key.
"""

from collections.abc import Mapping, Sequence

from leadline.crm.desired import WhoRule
from leadline.crm.mapping_entries import MappingEntry, RejectedEntry, WhoEntry
from leadline.crm.mapping_fields import read_fields
from leadline.crm.mapping_terms import (
    EventsRule,
    FieldRule,
    Owner,
    StatusMeaning,
    StatusWord,
    SyncMapping,
)
from leadline.kernel.errors import DocumentError
from leadline.qualification.countries import country_code, is_country
from leadline.scoring.faults import Fault, PathFaultError, fault
from leadline.scoring.reading import Reading
from leadline.scoring.shape import BROKEN, read_shape
from leadline.scoring.yaml_text import mark_yaml

__all__ = [
    "EventsRule",
    "FieldRule",
    "InvalidMappingError",
    "Owner",
    "StatusMeaning",
    "StatusWord",
    "SyncMapping",
    "faults",
    "read_mapping",
]

GUIDE = "See docs/reference/crm-mapping.md."


class InvalidMappingError(DocumentError):
    """A mapping has faults: the message is the first, and how many more there are; `faults` has them all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = f" ({len(faults) - 1} more.)" if len(faults) > 1 else ""
        super().__init__(faults[0].told, advice=f"{faults[0].advice or GUIDE}{more}")
        self.faults = tuple(faults)


def read_mapping(text: str) -> SyncMapping:
    """The mapping that a YAML text describes.

    Raises:
        InvalidMappingError: anything is wrong with it.
    """
    mapping, found = _read(text)
    if mapping is None or found:
        raise InvalidMappingError(found)
    return mapping


def faults(text: str) -> list[Fault]:
    """All that is wrong with a document, by line; nothing when it is valid."""
    return _read(text)[1]


def _read(text: str) -> tuple[SyncMapping | None, list[Fault]]:
    try:
        reading = Reading(mark_yaml(text))
    except DocumentError as error:
        return None, [Fault(None, "", error.message, error.advice)]
    wrong: list[PathFaultError] = []
    document = read_shape(_in_full(reading.marked.values), MappingEntry, "", wrong)
    for each in wrong:
        reading.add(each)
    mapping = None if document is BROKEN else _mapping(document, reading)
    return mapping, sorted(reading.found, key=lambda each: each.line or 0)


def _in_full(values: object) -> object:
    """The document with each field's short form, a local field's name, as an entry."""
    if not isinstance(values, Mapping) or not isinstance(values.get("fields"), Mapping):
        return values
    fields = {name: {"from": each} if isinstance(each, str) else each for name, each in values["fields"].items()}
    return {**values, "fields": fields}


def _mapping(document: MappingEntry, reading: Reading) -> SyncMapping:
    """The whole document. What has a fault is noted and left out: such a mapping is of no other use."""
    statuses = {word: _meaning(given) for word, given in document.status.items()}
    with reading.entry():
        _check_statuses(document)
    return SyncMapping(
        who=_who(document.who, reading),
        fields=read_fields(document.fields, statuses, reading),
        object_name=document.object.strip(),
        statuses=statuses,
        back_owner=document.back.owner,
        back_deals=document.back.deals,
        events=_events(document.events),
    )


def _who(entry: WhoEntry, reading: Reading) -> WhoRule:
    for place, country in enumerate(entry.countries):
        with reading.entry():
            if not is_country(country):
                raise fault(f"who.countries[{place}]", f"there is no country {country!r}.", "Use two letters, as DE.")
    return WhoRule(
        stages=tuple(dict.fromkeys(stage.value for stage in entry.stages)),
        grades=tuple(dict.fromkeys(entry.grades)),
        countries=tuple(dict.fromkeys(country_code(country).upper() for country in entry.countries)),
    )


def _meaning(given: str | RejectedEntry | None) -> StatusMeaning:
    if isinstance(given, RejectedEntry):
        return StatusMeaning(StatusWord.REJECTED, given.rejected)
    return StatusMeaning(StatusWord(given or StatusWord.NONE))


def _check_statuses(document: MappingEntry) -> None:
    """The same word twice, in other letters, would mean two things."""
    seen: dict[str, str] = {}
    for word in document.status:
        plain = word.strip().casefold()
        if plain in seen:
            raise fault(f"status.{word}", f"it is {seen[plain]!r} written otherwise.", "Leave one of them out.")
        seen[plain] = word


def _events(given: str | list[str]) -> EventsRule:
    if isinstance(given, str):
        return EventsRule(None if given == "all" else frozenset())
    return EventsRule(frozenset(given))
