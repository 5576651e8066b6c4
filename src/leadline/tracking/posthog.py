"""PostHog's events as Segment messages.

PostHog has one kind of event and one id, `distinct_id`, for visitors and users alike; what an event means is in its
name and its `$` properties. (Sources: PostHog's `capture` service, posthog-js, posthog-python.)
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from leadline.kernel.clock import from_micros

KINDS = {
    "$pageview": "page",
    "$screen": "screen",
    "$identify": "identify",
    "$set": "identify",
    "$set_once": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
}
CLIENT_LIBRARIES = frozenset(
    "web js posthog-js posthog-js-lite posthog-ios posthog-android posthog-react-native posthog-flutter "
    "posthog-unity posthog-capacitor".split()
)
"""Libraries that run where people are not known at first. All others whose names begin with posthog- are servers'."""
CAMPAIGN = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_term": "term",
    "utm_content": "content",
}
PAGE = {"$current_url": "url", "$pathname": "path", "$referrer": "referrer", "title": "title"}
OWN_NAMES = frozenset({"distinct_id", "token", "alias", *CAMPAIGN})
NO_REFERRER = "$direct"
COMPANY_GROUPS = ("company", "organization", "account")
LONGEST_OFFSET_MS = 7 * 86_400_000
RANDOM_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
Properties = Mapping[str, Any]


def segment_message(event: Mapping[str, Any], received_micros: int, user_agent: str = "") -> dict[str, Any]:
    """The message that an event stands for. Fields that are odd are passed on, to be judged with all others.

    Args:
        event: as PostHog's clients send it.
        user_agent: of the request; tells the library where the event does not.
    """
    properties = _properties(event)
    name = event.get("event")
    kind = KINDS.get(name, "track") if isinstance(name, str) else "track"
    library = _library(properties, user_agent)
    fields: dict[str, Any] = {
        "type": kind,
        "messageId": event.get("uuid") or properties.get("$insert_id"),
        "context": _context(properties, library),
        **_times(event, received_micros),
        **_people(kind, event, properties, library),
        **_content(kind, name, event, properties),
    }
    return {key: value for key, value in fields.items() if value not in (None, {})}


def _content(kind: str, name: Any, event: Mapping[str, Any], properties: Properties) -> dict[str, Any]:
    """What kinds differ in. A person's properties may come with any event; a group's are its own."""
    own = {key: value for key, value in properties.items() if _is_own(key)}
    if kind == "group":
        return {"groupId": properties.get("$group_key"), "traits": _traits(properties.get("$group_set"))}
    if kind == "screen":
        own.pop("$screen_name", None)
    traits = _traits(_part(event, properties, "$set_once"), _part(event, properties, "$set"))
    if kind == "identify":
        return {"traits": traits}
    named = {"track": {"event": name}, "screen": {"name": properties.get("$screen_name")}}.get(kind, {})
    return {**named, "properties": own, "traits": traits}


def _people(kind: str, event: Mapping[str, Any], properties: Properties, library: str) -> dict[str, Any]:
    """Who it is. An alias names the id from now on `alias` and the one until now `distinct_id`."""
    distinct_id = _distinct_id(event, properties)
    if kind == "alias":
        return {"userId": properties.get("alias"), "previousId": properties.get("distinct_id") or distinct_id}
    if event.get("event") == "$identify":
        return {"userId": distinct_id, "anonymousId": properties.get("$anon_distinct_id")}
    if kind == "group" and _is_made_up(distinct_id, properties, library):
        return {}
    known = _is_known(event, properties, distinct_id, library)
    return {"userId": distinct_id} if known else {"anonymousId": distinct_id}


def _is_made_up(distinct_id: Any, properties: Properties, library: str) -> bool:
    """Whether a server's library invented the person of a group: `$company_acme`, or since posthog-python 4 a new UUID
    each time, which would become a new user each time."""
    if distinct_id == f"${properties.get('$group_type')}_{properties.get('$group_key')}":
        return True
    return _is_server(library) and isinstance(distinct_id, str) and RANDOM_UUID.fullmatch(distinct_id) is not None


def _is_server(library: str) -> bool:
    return library.startswith("posthog-") and library not in CLIENT_LIBRARIES


def _is_known(event: Mapping[str, Any], properties: Properties, distinct_id: Any, library: str) -> bool:
    """Whether `distinct_id` is a user's: the client says so, or it is a server, which knows whom it serves."""
    if properties.get("$is_identified") is True:
        return True
    user_id = properties.get("$user_id")
    if user_id is not None and user_id == distinct_id:
        return True
    if "$device_id" in properties or _without_profile(event, properties):
        return False
    return _is_server(library)


def _without_profile(event: Mapping[str, Any], properties: Properties) -> bool:
    options = event.get("options")
    told = options.get("process_person_profile") if isinstance(options, dict) else None
    return properties.get("$process_person_profile", told) is False


def _distinct_id(event: Mapping[str, Any], properties: Properties) -> Any:
    places = (event.get("distinct_id"), event.get("$distinct_id"), properties.get("distinct_id"))
    return next((each for each in places if each not in (None, "")), None)


def _properties(event: Mapping[str, Any]) -> Properties:
    found = event.get("properties")
    return found if isinstance(found, dict) else {}


def _part(event: Mapping[str, Any], properties: Properties, name: str) -> Any:
    return properties.get(name) or event.get(name)


def _traits(*parts: Any) -> dict[str, Any]:
    """Person or group properties, later parts winning; PostHog's own and those of campaigns are no traits."""
    dicts = [part for part in parts if isinstance(part, dict)]
    return {key: value for part in dicts for key, value in part.items() if _is_own(key)}


def _is_own(name: str) -> bool:
    return not name.startswith("$") and name not in OWN_NAMES


def _library(properties: Properties, user_agent: str) -> str:
    """What sent it: `$lib`, or where that is left to the server the agent, such as posthog-python/7.91.1."""
    told = properties.get("$lib")
    if isinstance(told, str) and told:
        return told
    return user_agent.partition("/")[0] if user_agent.startswith("posthog-") else ""


def _context(properties: Properties, library: str) -> dict[str, Any]:
    """Page, campaign, library, browser and company, under Segment's names."""
    page = {name: properties[key] for key, name in PAGE.items() if key in properties}
    if page.get("referrer") == NO_REFERRER:
        del page["referrer"]
    parts = {
        "page": page if "$current_url" in properties or "$pathname" in properties else {},
        "campaign": {name: properties[key] for key, name in CAMPAIGN.items() if properties.get(key)},
        "library": _library_context(library, properties.get("$lib_version")),
        "userAgent": properties.get("$raw_user_agent") or properties.get("$useragent"),
        "groupId": _company(properties.get("$groups")),
        "sessionId": properties.get("$session_id"),
    }
    return {name: part for name, part in parts.items() if part not in (None, {})}


def _library_context(name: str, version: Any) -> dict[str, Any]:
    if not name:
        return {}
    return {"name": name} if version is None else {"name": name, "version": version}


def _company(groups: Any) -> Any:
    """Of an event's groups the one that is a company: the type of that name, or the only one there is."""
    if not isinstance(groups, dict):
        return None
    named = next((groups[kind] for kind in COMPANY_GROUPS if kind in groups), None)
    return named if named is not None or len(groups) != 1 else next(iter(groups.values()))


def _times(event: Mapping[str, Any], received_micros: int) -> dict[str, Any]:
    """When it happened. Older posthog-js give, instead of a time, how many milliseconds before sending it was."""
    if (timestamp := event.get("timestamp")) is not None:
        return {"timestamp": timestamp, "sentAt": event.get("sent_at")}
    offset = event.get("offset")
    if isinstance(offset, int) and not isinstance(offset, bool) and 0 <= offset <= LONGEST_OFFSET_MS:
        received = from_micros(received_micros)
        return {"timestamp": (received - timedelta(milliseconds=offset)).isoformat(), "sentAt": received.isoformat()}
    return {}
