"""Messages become drafts of events: typed, timed, stripped of personal data; or are rejected with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leadline.privacy.lookup import LookupHasher
from leadline.tracking import scrub
from leadline.tracking.ids import usable_id
from leadline.tracking.moments import BadTimestampError, occurred_micros
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.traits import canonical_company_traits, canonical_traits
from leadline.tracking.wire import KINDS, MAX_EVENT_BYTES, Envelope, Message

MESSAGE_HASH_SHIFT = 65
NAME_LENGTH = 120
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event happened and what brought the person there, without anything personal."""

    path: str | None = None
    referrer_domain: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A valid message, before its ids are replaced by surrogates. `traits` and the ids are personal: they go to the
    record store only. The company that a group message describes counts among its people's traits."""

    position: int
    source: int
    kind: str
    name: str
    user_id: str | None
    anonymous_id: str | None
    previous_id: str | None
    group_id: str | None
    occurred_micros: int
    received_micros: int
    message_key: int
    properties: Mapping[str, object]
    traits: Mapping[str, object]
    place: Place
    alias_of_itself: bool = False

    @property
    def message_hash(self) -> int:
        """63 bits of the message key."""
        return self.message_key >> MESSAGE_HASH_SHIFT


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that goes to quarantine, and why."""

    position: int
    source: int
    received_micros: int
    code: str
    reason: str
    name: str
    raw: bytes


class RejectedError(Exception):
    """Raised inside this module; becomes a `Rejection`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Normaliser:
    """Turns envelopes into drafts under one tracking plan.

    Attributes:
        kept: per event name, properties that a ruleset reads, which are kept like the ones that the plan lists.
    """

    hasher: LookupHasher
    plan: TrackingPlan
    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def normalise(self, envelope: Envelope) -> Draft | Rejection:
        """The draft of an event, or why there is none. Never raises: a bad event costs only itself."""
        try:
            return self._draft(envelope)
        except RejectedError as fault:
            return _reject(envelope, fault.code, fault.reason)

    def _draft(self, envelope: Envelope) -> Draft:
        message = _checked(envelope)
        record = envelope.record
        properties = message.properties if isinstance(message.properties, dict) else {}
        context = {**envelope.context, **(message.context if isinstance(message.context, dict) else {})}
        user_id, anonymous_id = usable_id(message.user_id), usable_id(message.anonymous_id)
        previous_id = usable_id(message.previous_id) if message.type == "alias" else None
        name = _name(message)
        self._check(message, name, properties, user_id or anonymous_id or previous_id)
        message_key = self.hasher.message_key(record.source, _message_id(message, envelope))
        return Draft(
            position=envelope.position,
            source=record.source,
            kind=message.type,
            name=name,
            user_id=user_id,
            anonymous_id=anonymous_id,
            previous_id=previous_id,
            group_id=usable_id(message.group_id or context.get("groupId")),
            occurred_micros=_occurred(message, envelope),
            received_micros=record.received_micros,
            message_key=message_key,
            properties=self._clean(name, properties),
            traits=_traits(message, context),
            place=_place(context, properties),
            alias_of_itself=previous_id is not None and previous_id == user_id,
        )

    def _check(self, message: Message, name: str, properties: Mapping[str, object], person: str | None) -> None:
        if person is None:
            raise RejectedError("no_identity", "There is no usable userId or anonymousId.")
        if message.type == "group" and usable_id(message.group_id) is None:
            raise RejectedError("no_group", "A group message needs a groupId.")
        if message.type == "alias" and (usable_id(message.previous_id) is None or usable_id(message.user_id) is None):
            raise RejectedError("no_alias", "An alias needs a previousId and a userId.")
        if message.type == "track":
            found = self.plan.violations(name, properties)
            if found:
                raise RejectedError(found[0].kind, "; ".join(violation.text for violation in found))

    def _clean(self, name: str, properties: Mapping[str, object]) -> dict[str, object]:
        if not properties:
            return {}
        listed = self.plan.listed(name) | self.kept.get(name, frozenset())
        return scrub.scrub(properties, listed, self.plan.personal(name))


def _checked(envelope: Envelope) -> Message:
    if len(envelope.raw) > MAX_EVENT_BYTES:
        raise RejectedError("event_too_large", f"The event has {len(envelope.raw):,} bytes; 32 KB are allowed.")
    message = envelope.message
    if message is None:
        raise RejectedError("malformed", f"Not a message: {envelope.fault}")
    if message.type not in KINDS:
        raise RejectedError(
            "unknown_type", f"The type {str(message.type)[:40]!r} is none of {', '.join(sorted(KINDS))}."
        )
    for name in ("properties", "traits", "context"):
        if _depth(getattr(message, name)) > MAX_DEPTH:
            raise RejectedError("too_deep", f"{name} is nested more than {MAX_DEPTH} levels deep.")
    return message


def _depth(value: Any) -> int:
    """Levels of nesting, found level by level: nothing here can exhaust the stack."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = [item for item in inner if isinstance(item, dict | list)]
        depth += 1
    return depth


def _name(message: Message) -> str:
    if message.type == "track":
        if not isinstance(message.event, str) or not message.event.strip():
            raise RejectedError("no_event", "A track message needs the name of its event.")
        return scrub.without_addresses(message.event.strip()[:NAME_LENGTH])
    if message.type in {"page", "screen"}:
        name = message.name if isinstance(message.name, str) and message.name.strip() else message.type.capitalize()
        return scrub.without_addresses(name.strip()[:NAME_LENGTH])
    return str(message.type)


def _message_id(message: Message, envelope: Envelope) -> str:
    """The client's id, or one made of the bytes and their arrival, the same whenever the segment is read again."""
    if isinstance(message.message_id, str | int) and str(message.message_id).strip():
        return str(message.message_id)
    return f"none:{envelope.record.received_micros}:{envelope.position}:{envelope.raw.hex()}"


def _occurred(message: Message, envelope: Envelope) -> int:
    timestamp = message.timestamp if message.timestamp is not None else message.original_timestamp
    try:
        return occurred_micros(timestamp, envelope.sent_at, envelope.record.received_micros)
    except BadTimestampError as error:
        raise RejectedError("bad_timestamp", f"The timestamp {error}.") from error


def _traits(message: Message, context: Mapping[str, object]) -> dict[str, object]:
    """Of a group message the company's traits, under the names they have for its people."""
    traits = message.traits if isinstance(message.traits, dict) else context.get("traits")
    if not isinstance(traits, dict) or not traits:
        return {}
    return canonical_company_traits(traits) if message.type == "group" else canonical_traits(traits)


def _place(context: Mapping[str, object], properties: Mapping[str, object]) -> Place:
    page, campaign = context.get("page"), context.get("campaign")
    page = page if isinstance(page, dict) else properties
    campaign = campaign if isinstance(campaign, dict) else {}
    return Place(
        path=scrub.clean_path(page.get("path") or page.get("url")),
        referrer_domain=scrub.host_of(page.get("referrer")),
        utm_source=scrub.clean_label(campaign.get("source")),
        utm_medium=scrub.clean_label(campaign.get("medium")),
        utm_campaign=scrub.clean_label(campaign.get("name")),
    )


def _reject(envelope: Envelope, code: str, reason: str) -> Rejection:
    message = envelope.message
    name = str(message.event or message.type or "")[:NAME_LENGTH] if message else ""
    record = envelope.record
    return Rejection(
        position=envelope.position,
        source=record.source,
        received_micros=record.received_micros,
        code=code,
        reason=reason[:300],
        name=scrub.without_addresses(name),
        raw=envelope.raw,
    )
