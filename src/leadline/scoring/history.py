"""What a caller of the scoring SDK gives: Segment messages and traits, read into a lead's history."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from leadline.kernel.clock import from_micros, midnight, to_micros, utc_day, utc_now
from leadline.kernel.errors import DocumentError
from leadline.scoring.ruleset import Domains
from leadline.tracking.addresses import classify_address
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.moments import BadTimestampError, parse_micros
from leadline.tracking.noise import NoiseRules, noise_of
from leadline.tracking.traits import canonical_company_traits, canonical_traits, trait_text

ONE_PERSON = 1
"""The identity of a history that was given without identities."""
HASH_BITS = 63
NO_RULES = NoiseRules()

Message = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UserData:
    """One lead as the scoring SDK takes it.

    Attributes:
        events: Segment messages (`type`, `event` or `name`, `timestamp`, `properties`, `messageId`), or `Event`s.
        traits: what is known of the person at `as_of`, under any of the usual names; or `TraitChange`s.
        as_of: the moment or day to score; events of later UTC days are ignored. None is now.
    """

    events: Sequence[Event | Message] = ()
    traits: Mapping[str, object] | Sequence[TraitChange] = field(default_factory=dict)
    as_of: datetime | date | str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A lead's history in the words of the executors."""

    events: tuple[Event, ...]
    traits: tuple[TraitChange, ...]
    as_of: date


def read_history(user_data: UserData | Mapping[str, object], domains: Domains | None = None) -> History:
    """The history that a caller's values describe.

    Messages with the same `messageId` count once. `identify` and `group` messages bring traits of their own time.
    What a robot sent, by `context.userAgent`, counts for nothing.

    Args:
        domains: the ruleset's e-mail domains with a meaning.

    Raises:
        DocumentError: a value is of no known form; the message begins with its path, such as `events[3].timestamp`.
    """
    given = user_data if isinstance(user_data, UserData) else _user_data(user_data)
    as_of = _day(given.as_of)
    events: list[Event] = []
    changes: list[TraitChange] = []
    for at, message in _once(given.events):
        event = message if isinstance(message, Event) else _event(message, at)
        events.append(event)
        if not isinstance(message, Event):
            changes.extend(_message_traits(message, event, domains or Domains()))
    changes.extend(_given_traits(given.traits, as_of, domains or Domains()))
    return History(tuple(events), tuple(changes), as_of)


def _user_data(given: Mapping[str, object]) -> UserData:
    if unknown := sorted(set(given) - {"events", "traits", "as_of"}):
        raise DocumentError(f"{unknown[0]}: user data has no such part.", advice="It has events, traits and as_of.")
    return UserData(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]


def _once(messages: Iterable[Event | Message]) -> Iterable[tuple[str, Event | Message]]:
    """The messages with their paths; of those with one id, the first."""
    seen: set[object] = set()
    for index, message in enumerate(messages):
        if not isinstance(message, Event | Mapping):
            raise DocumentError(f"events[{index}]: this is neither an Event nor a Segment message.")
        message_id = None if isinstance(message, Event) else message.get("messageId")
        if message_id is None or message_id not in seen:
            seen.add(message_id)
            yield f"events[{index}]", message


def _event(message: Message, at: str) -> Event:
    kind = str(message.get("type") or "track")
    properties = message.get("properties")
    return Event(
        message_hash=_message_hash(message),
        kind=kind,
        name=_name(message, kind, at),
        identity=ONE_PERSON,
        occurred_micros=_micros(message.get("timestamp"), f"{at}.timestamp"),
        properties=properties if isinstance(properties, Mapping) else {},
        noise=_noise(message),
    )


def _noise(message: Message) -> str:
    """What the door would flag. A platform's rules about its own people are not known here."""
    context = message.get("context")
    return noise_of(NO_RULES, {}, context) if isinstance(context, Mapping) else ""


def _name(message: Message, kind: str, at: str) -> str:
    """The same names as the door gives."""
    if kind == "track":
        if not isinstance(name := message.get("event"), str) or not name.strip():
            raise DocumentError(f"{at}.event: a track message needs the name of its event.")
        return name.strip()
    if kind in {"page", "screen"}:
        return str(message.get("name") or "").strip() or kind.capitalize()
    return kind


def _message_hash(message: Message) -> int:
    """A number for the message id, or for the whole message when it has none."""
    text = str(message.get("messageId") or json.dumps(message, sort_keys=True, default=str))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> (64 - HASH_BITS)


def _micros(value: object, at: str) -> int:
    if isinstance(value, datetime):
        return to_micros(value if value.tzinfo else value.replace(tzinfo=UTC))
    try:
        return parse_micros(value)
    except BadTimestampError as error:
        raise DocumentError(f"{at}: {error}.", advice="Give a time such as 2026-03-01T09:30:00Z.") from None


def _day(value: datetime | date | str | None) -> date:
    if value is None:
        return utc_day(utc_now())
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return utc_day(from_micros(_micros(value, "as_of")))


def _message_traits(message: Message, event: Event, domains: Domains) -> list[TraitChange]:
    traits = message.get("traits")
    if not isinstance(traits, Mapping) or event.kind not in {"identify", "group"} or event.noise:
        return []
    known = canonical_traits(traits) if event.kind == "identify" else canonical_company_traits(traits)
    return _changes(known, event.occurred_micros, event.message_hash, domains)


def _given_traits(
    traits: Mapping[str, object] | Sequence[TraitChange], as_of: date, domains: Domains
) -> list[TraitChange]:
    """A mapping holds at the end of the as-of day: later than whatever an event of that day says."""
    if isinstance(traits, Mapping):
        last = to_micros(midnight(as_of)) + 86_400_000_000 - 1
        return _changes(canonical_traits(traits), last, 2**HASH_BITS - 1, domains)
    return list(traits)


def _changes(traits: Mapping[str, object], micros: int, message_hash: int, domains: Domains) -> list[TraitChange]:
    known = dict(traits)
    if isinstance(email := known.get("email"), str):
        known["email_class"] = classify_address(email, domains.own, domains.test, domains.competitors)
    return [_change(key, trait_text(value), micros, message_hash) for key, value in known.items()]


def _change(key: str, text: str | None, micros: int, message_hash: int) -> TraitChange:
    return TraitChange(ONE_PERSON, key, text, text is not None, micros, message_hash)
