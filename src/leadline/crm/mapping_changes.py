"""What one mapping says otherwise than another, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from leadline.crm.desired import WhoRule
from leadline.crm.mapping_terms import FieldRule, StatusMeaning, SyncMapping
from leadline.crm.mapping_words import OWNERS, events_words, made_words, meaning_words, order_words, rule_words


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. `path` is inside the document."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def changes(before: SyncMapping, after: SyncMapping) -> list[Change]:
    """What `after` says otherwise, in the order of a document; nothing when they come to the same."""
    return [
        *_object(before, after),
        *_who(before.who, after.who),
        *_fields(before.fields, after.fields),
        *_statuses(before.statuses, after.statuses),
        *_back(before, after),
    ]


def _object(before: SyncMapping, after: SyncMapping) -> Iterator[Change]:
    if before.object_name != after.object_name:
        told = f"Leads go to {_or(after.object_name)} instead of {_or(before.object_name)}"
        yield Change("object", told)


def _or(name: str) -> str:
    return name or "what the connector says"


def _who(before: WhoRule, after: WhoRule) -> Iterator[Change]:
    for part, anybody in (("stages", ""), ("grades", "any grade"), ("countries", "any country")):
        old, new = getattr(before, part), getattr(after, part)
        if set(old) != set(new):
            told = f"Synced are leads of {_listed(new) or anybody} instead of {_listed(old) or anybody}"
            yield Change(f"who.{part}", told)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _fields(before: Mapping[str, FieldRule], after: Mapping[str, FieldRule]) -> Iterator[Change]:
    for name, rule in after.items():
        if name not in before:
            yield Change(f"fields.{name}", f"{name} is new: it gets {rule_words(rule)}")
        else:
            yield from _field(before[name], rule)
    for name in before:
        if name not in after:
            yield Change(f"fields.{name}", f"{name} is not written any more; what stands there stays")


def _field(before: FieldRule, after: FieldRule) -> Iterator[Change]:
    at = f"fields.{after.name}"
    if rule_words(before) != rule_words(after):
        yield Change(at, f"{after.name} gets {rule_words(after)} instead of {rule_words(before)}")
    if before.owner is not after.owner:
        yield Change(f"{at}.owner", f"Of {after.name} {OWNERS[after.owner]}; before, {OWNERS[before.owner]}")
    if before.order != after.order:
        yield Change(f"{at}.order", _order(after))
    if made_words(before) != made_words(after):
        yield Change(f"{at}.label", f"{after.name} is {made_words(after) or 'a field that the CRM has'}")
    elif before.made != after.made:
        yield Change(f"{at}.choices", f"{after.name} has other choices")


def _order(rule: FieldRule) -> str:
    if not rule.order:
        return f"{rule.name} may go back"
    return f"{rule.name} does not go back in {order_words(rule)}"


def _statuses(before: Mapping[str, StatusMeaning], after: Mapping[str, StatusMeaning]) -> Iterator[Change]:
    for status, meaning in after.items():
        if status not in before:
            yield Change(f"status.{status}", f"The status {status} means {meaning_words(meaning)}")
        elif before[status] != meaning:
            told = f"The status {status} means {meaning_words(meaning)} instead of {meaning_words(before[status])}"
            yield Change(f"status.{status}", told)
    for status in before:
        if status not in after:
            yield Change(f"status.{status}", f"The status {status} means nothing any more")


def _back(before: SyncMapping, after: SyncMapping) -> Iterator[Change]:
    for part, said in (("owner", "The owner comes"), ("deals", "Deals come")):
        old, new = getattr(before, f"back_{part}"), getattr(after, f"back_{part}")
        if old != new:
            yield Change(f"back.{part}", f"{said} back" if new else f"{said} back no more")
    if before.events != after.events:
        yield Change("events", f"The CRM is told of {events_words(after.events)}, not {events_words(before.events)}")
