"""Messages become drafts of events: typed, timed, stripped of personal data; or are rejected with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from leadline.privacy.lookup import LookupHasher
from leadline.tracking import scrub
from leadline.tracking.consent import DEFAULT_RULES, NOTHING_SAID, PREFERENCE_EVENT, ConsentRules, Said, said_in
from leadline.tracking.ids import usable_id
from leadline.tracking.moments import BadTimestampError, occurred_micros
from leadline.tracking.noise import NoiseRules, noise_of
from leadline.tracking.places import Place, place_of
from leadline.tracking.plan import ALLOW, BLOCK, SourcePolicy, TrackingPlan, Violation
from leadline.tracking.standalone import context_of, headers_beside, standalone
from leadline.tracking.traits import canonical_company_traits, canonical_traits
from leadline.tracking.wire import KINDS, MAX_DEPTH, MAX_EVENT_BYTES, Envelope, Message, depth

MESSAGE_HASH_SHIFT = 65
NAME_LENGTH = 120
REASON_LENGTH = 300
NOTHING: Mapping[str, Any] = {}
NONE_LISTED: frozenset[str] = frozenset()
DEFAULT_POLICY = SourcePolicy()


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A valid message, before its ids are replaced by surrogates. `traits` and the ids are personal: they go to the
    record store only. The company that a group message describes counts among its people's traits. `noise` is "bot",
    "internal" or empty; `violations` are those of the tracking plan that were let through; `consents` what it says of
    consent.

    A struct and not a dataclass: there is one for each event, and it is made in a tenth of the time.
    """

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
    noise: str = ""
    violations: tuple[Violation, ...] = ()
    consents: tuple[Said, ...] = NOTHING_SAID

    @property
    def alias_of_itself(self) -> bool:
        """Segment's browser library sends such aliases; they mean nothing."""
        return self.previous_id is not None and self.previous_id == self.user_id

    @property
    def message_hash(self) -> int:
        """63 bits of the message key."""
        return self.message_key >> MESSAGE_HASH_SHIFT


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that goes to quarantine, and why. `code`, `reason` and `name` hold nothing personal.

    Attributes:
        raw: the message as it came, with what its batch or its route said about it put in.
        headers: of its request, as the spool record has them.
        violations: all ways in which it breaks the tracking plan, when that is why.
    """

    position: int
    source: int
    received_micros: int
    code: str
    reason: str
    name: str
    raw: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()


class RejectedError(Exception):
    """Raised inside this module; becomes a `Rejection`."""

    def __init__(self, code: str, reason: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.violations = violations


@dataclass(frozen=True)
class Normaliser:
    """Turns envelopes into drafts under one tracking plan.

    Attributes:
        kept: per event name, properties that a ruleset reads, which are kept like the ones that the plan lists.
        policies: of sources that have one; the others block.
        noise: what marks our own people's traffic.
        consent: how signals of consent are read.
    """

    hasher: LookupHasher
    plan: TrackingPlan
    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    policies: Mapping[int, SourcePolicy] = field(default_factory=dict)
    noise: NoiseRules = field(default_factory=NoiseRules)
    consent: ConsentRules = DEFAULT_RULES

    def normalise(self, envelope: Envelope) -> Draft | Rejection:
        """The draft of an event, or why there is none. Never raises: a bad event costs only itself."""
        try:
            return self._draft(envelope)
        except RejectedError as fault:
            return _reject(envelope, fault)

    def _draft(self, envelope: Envelope) -> Draft:
        message = _checked(envelope)
        record = envelope.record
        properties = message.properties if isinstance(message.properties, dict) else NOTHING
        context = context_of(message, envelope)
        name = _name(message)
        user_id, anonymous_id = usable_id(message.user_id), usable_id(message.anonymous_id)
        previous_id = usable_id(message.previous_id) if message.type == "alias" else None
        if user_id is None and anonymous_id is None:
            raise _without_person(message)
        violations = self._check(message, name, properties, record.source)
        traits = _traits(message, context)
        return Draft(
            envelope.position,
            record.source,
            message.type,
            name,
            user_id,
            anonymous_id,
            previous_id,
            usable_id(message.group_id or context.get("groupId")),
            _occurred(message, envelope),
            record.received_micros,
            self.hasher.message_key(record.source, _message_id(message, envelope)),
            self._clean(name, properties),
            traits,
            place_of(context, properties),
            noise_of(self.noise, record.headers, context),
            violations,
            said_in(self.consent, name, context, record.headers, NOTHING if message.type == "group" else traits),
        )

    def _check(
        self, message: Message, name: str, properties: Mapping[str, object], source: int
    ) -> tuple[Violation, ...]:
        if message.type == "track":
            if name == PREFERENCE_EVENT:
                return ()  # what somebody allows must not wait in quarantine
            found = self.plan.violations(name, properties)
            return self._let_through(found, source) if found else ()
        if message.type == "group" and usable_id(message.group_id) is None:
            raise RejectedError("no_group", "A group message needs a groupId.")
        if message.type == "alias" and (usable_id(message.previous_id) is None or usable_id(message.user_id) is None):
            raise RejectedError("no_alias", "An alias needs a previousId and a userId.")
        return ()

    def _let_through(self, found: tuple[Violation, ...], source: int) -> tuple[Violation, ...]:
        mode = self.policies.get(source, DEFAULT_POLICY).mode
        if mode == ALLOW:
            return ()
        if mode == BLOCK and (blocking := self.plan.blocking(found)):
            reason = "; ".join(violation.text for violation in blocking)
            raise RejectedError(blocking[0].kind, reason, found)
        return found

    def _clean(self, name: str, properties: Mapping[str, object]) -> Mapping[str, object]:
        if not properties:
            return NOTHING
        return scrub.scrub(properties, self._listed.get(name, NONE_LISTED), self._personal.get(name, NONE_LISTED))

    @cached_property
    def _listed(self) -> Mapping[str, frozenset[str]]:
        names = {*self.plan.events, *self.kept}
        return {name: self.plan.listed(name) | self.kept.get(name, NONE_LISTED) for name in names}

    @cached_property
    def _personal(self) -> Mapping[str, frozenset[str]]:
        return {name: self.plan.personal(name) for name in self.plan.events}


def _checked(envelope: Envelope) -> Message:
    message, raw = envelope.message, envelope.raw
    if message is None:
        raise RejectedError("malformed", f"Not a message: {envelope.fault}")
    if len(raw) > MAX_EVENT_BYTES:
        raise RejectedError("event_too_large", f"The event has {len(raw):,} bytes; 32 KB are allowed.")
    if not isinstance(message.type, str) or message.type not in KINDS:
        raise _unknown_type(message.type)
    # Fewer brackets than that can't be nested deeper: most messages need no look inside.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _check_depth(message)
    return message


def _check_depth(message: Message) -> None:
    for name in ("properties", "traits", "context"):
        if depth(getattr(message, name)) > MAX_DEPTH:
            raise RejectedError("too_deep", f"{name} is nested more than {MAX_DEPTH} levels deep.")


def _unknown_type(given: Any) -> RejectedError:
    """What stands there is not repeated: a message that is shifted by a field may have a name there."""
    shown = "missing" if given is None else "none of ours" if isinstance(given, str) else f"a {type(given).__name__}"
    return RejectedError("unknown_type", f"The type is {shown}; it must be one of {', '.join(sorted(KINDS))}.")


def _without_person(message: Message) -> RejectedError:
    if message.type == "alias":
        return RejectedError("no_alias", "An alias needs a previousId and a userId.")
    return RejectedError("no_identity", "There is no usable userId or anonymousId.")


def _name(message: Message) -> str:
    if message.type == "track":
        if not isinstance(message.event, str) or not (name := _shown_name(message.event)):
            raise RejectedError("no_event", "A track message needs the name of its event.")
        return name
    if message.type in {"page", "screen"}:
        given = _shown_name(message.name) if isinstance(message.name, str) else ""
        return given or str(message.type).capitalize()
    return str(message.type)


def _shown_name(text: str) -> str:
    return _short_name(text) if len(text) <= NAME_LENGTH else _clean_name(text)


def _clean_name(text: str) -> str:
    """Addresses go before the cut, which could leave half of one."""
    return scrub.without_nul(scrub.without_addresses(text)).strip()[:NAME_LENGTH]


_short_name = lru_cache(maxsize=4096)(_clean_name)


def _message_id(message: Message, envelope: Envelope) -> str:
    """The client's id, or one made of the bytes and their arrival, the same whenever the segment is read again."""
    given = message.message_id
    if isinstance(given, str) and given.strip():
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return f"none:{envelope.record.received_micros}:{envelope.position}:{envelope.raw.hex()}"


def _occurred(message: Message, envelope: Envelope) -> int:
    timestamp = message.timestamp if message.timestamp is not None else message.original_timestamp
    try:
        return occurred_micros(timestamp, envelope.sent_at, envelope.record.received_micros)
    except BadTimestampError as error:
        raise RejectedError("bad_timestamp", f"The timestamp {error}.") from error


def _traits(message: Message, context: Mapping[str, object]) -> Mapping[str, object]:
    """A group message's are the company's, under the names they have for its people. The context's are the person's:
    they must not be taken for a company's, whose name is not secret."""
    if message.type == "group":
        return (
            canonical_company_traits(scrub.well_named(message.traits)) if isinstance(message.traits, dict) else NOTHING
        )
    traits = message.traits if isinstance(message.traits, dict) and message.traits else context.get("traits")
    return canonical_traits(scrub.well_named(traits)) if isinstance(traits, dict) and traits else NOTHING


def _known_type(message: Message) -> str:
    return message.type if isinstance(message.type, str) and message.type in KINDS else ""


def _reject(envelope: Envelope, fault: RejectedError) -> Rejection:
    message, record = envelope.message, envelope.record
    given = (message.event or _known_type(message)) if message else ""
    return Rejection(
        position=envelope.position,
        source=record.source,
        received_micros=record.received_micros,
        code=fault.code,
        reason=scrub.without_nul(scrub.without_addresses(fault.reason))[:REASON_LENGTH],
        name=_shown_name(given) if isinstance(given, str) else "",
        raw=standalone(envelope),
        headers=headers_beside(record.headers),
        violations=fault.violations,
    )
