"""The words of a mapping: what each field of a CRM gets, who owns it, what the CRM's statuses mean. Pure.

`mapping.py` reads them from a document; `conflicts.py` decides by them what is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from leadline.crm.desired import WhoRule
from leadline.crm.hashing import alike, token
from leadline.crm.records import FieldType, LocalRecord, RemoteField, Value
from leadline.crm.transforms import Default, Transform
from leadline.crm.value_sources import Constant, Facts, ValueSource


class Owner(StrEnum):
    """Whose value stands when both sides have one."""

    OURS = "ours"  # what is known here; put back when it was changed there
    THEIRS = "theirs"  # written once, where nothing stands; never again
    NEWEST = "newest"  # whichever changed later


class StatusWord(StrEnum):
    """What a status of the CRM means here."""

    NONE = "none"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    REJECTED = "rejected"
    REQUALIFIED = "requalified"


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What one status of the CRM means here. `reason`: of a rejection, as the ruleset names it."""

    word: StatusWord
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EventsRule:
    """Which conversions the CRM is told of. `names` None: all of them."""

    names: frozenset[str] | None = None

    def takes(self, name: str) -> bool:
        """Whether a conversion of the ruleset is told."""
        return self.names is None or name in self.names


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field of the CRM gets.

    Attributes:
        name: of the CRM's field.
        transforms: one after the other.
        order: the field's values there, from low to high, when it may not go back.
        may_go_back: whether the document says so (`regress: true`).
        made: the field as it is made there when it is missing; None when it is the CRM's own.
        type: of what is sent.
        meanings: of a status: the CRM's word -> what it means, so that two words of one meaning are the same.
        choices: values that it can get, when they are few and known.
        length: characters that it is cut to; 0 when it is not.
    """

    name: str
    source: ValueSource
    type: FieldType
    transforms: tuple[Transform, ...] = ()
    owner: Owner = Owner.OURS
    order: tuple[str, ...] = ()
    made: RemoteField | None = None
    meanings: Mapping[str, StatusMeaning] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    length: int = 0
    may_go_back: bool = False

    def value(self, facts: Facts) -> Value:
        """What the field gets for one lead; None for nothing."""
        value = self.source.value(facts)
        for transform in self.transforms:
            value = transform(value)
        return None if value == "" else value

    @property
    def is_always_filled(self) -> bool:
        """Whether no lead leaves it empty."""
        return isinstance(self.source, Constant) or any(isinstance(each, Default) for each in self.transforms)

    def is_default(self, value: Value) -> bool:
        """Whether a value is what stands for nothing."""
        return any(isinstance(each, Default) and alike(value, each.default) for each in self.transforms)

    def alike(self, one: Value, other: Value) -> bool:
        """Whether two values of the field are the same; of a status, whether they mean the same."""
        if alike(one, other):
            return True
        first, second = (self.meanings.get(token(each)) for each in (one, other))
        return first is not None and first == second

    def rank(self, value: Value) -> int | None:
        """How far a value is in `order`; None when it is not in it."""
        tokens = [each.casefold() for each in self.order]
        found = token(value).casefold()
        return tokens.index(found) if found in tokens else None


@dataclass(frozen=True)
class SyncMapping:
    """What one connection writes, whom, and what it makes of what comes back.

    Attributes:
        object_name: what leads are written to there; empty: what the connector says.
        fields: by the CRM's field, in the order of the document.
        statuses: the CRM's word -> what it means here.
        back_owner, back_deals: whether owner and deals come back.
    """

    who: WhoRule
    fields: Mapping[str, FieldRule]
    object_name: str = ""
    statuses: Mapping[str, StatusMeaning] = field(default_factory=dict)
    back_owner: bool = True
    back_deals: bool = True
    events: EventsRule = field(default_factory=EventsRule)

    def outgoing(self, record: LocalRecord) -> dict[str, Value]:
        """What the CRM should have of one lead, by its fields. Never raises.

        A status that the CRM has no word for is left out: nothing is said about it.
        """
        facts = facts_of(record)
        values = {name: rule.value(facts) for name, rule in self.fields.items()}
        return {name: value for name, value in values.items() if value is not None or not self.fields[name].meanings}

    def meaning_of(self, status: str) -> StatusMeaning | None:
        """What a status of the CRM means here, however it is capitalised; None when the mapping does not say."""
        return self._meanings.get(status.strip().casefold())

    @cached_property
    def remote_fields(self) -> tuple[str, ...]:
        """What a pull and a dry run ask the CRM for."""
        return tuple(self.fields)

    @cached_property
    def our_fields(self) -> tuple[RemoteField, ...]:
        """Those that are made there when they are missing."""
        return tuple(rule.made for rule in self.fields.values() if rule.made is not None)

    @cached_property
    def local_names(self) -> frozenset[str]:
        """The local fields that are read."""
        return frozenset(name for rule in self.fields.values() for name in rule.source.names)

    @cached_property
    def _meanings(self) -> Mapping[str, StatusMeaning]:
        return {status.strip().casefold(): meaning for status, meaning in self.statuses.items()}


def facts_of(record: LocalRecord) -> dict[str, Value]:
    """What is known of a lead, its names for good included."""
    names = {"external_id": record.external_id, "user_id": record.user_id, "email": record.email}
    return {**names, **{name: value for name, value in record.fields.items() if value is not None}}
