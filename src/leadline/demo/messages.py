"""Lives as Segment-spec messages, as analytics-next sends them from a browser and a server library sends them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from leadline.demo.acquisition import Touch
from leadline.demo.catalogue import PLATFORM_URL
from leadline.demo.lives import WEBSITE, Fact, Life, Moment, Step, Visit, wire_time
from leadline.demo.people import Person
from leadline.kernel.clock import to_micros

# No message of a visit or moment is received later than this after it began (the longest visit, then the latest retry).
LATEST_RECEIPT = timedelta(hours=6)
_HEARTBEAT_SECONDS = 120.0
_BROWSER_LIBRARY = {"name": "analytics.js", "version": "npm:next-1.84.3"}
_SERVER_CONTEXT = {"library": {"name": "analytics-python", "version": "2.4.0"}}


@dataclass(frozen=True, slots=True)
class SimulatedRequest:
    """One message as a source sends it.

    `received_at` is aware UTC; `source` is website, platform or crm; `headers` holds `user-agent` and `sec-gpc` of a
    browser. Messages of one page share their `context`: treat them as read-only.
    """

    received_at: datetime
    source: str
    message: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """The website's release 3.8.0, which forgot the event's name for two events between `begins` and `ends`."""

    begins: datetime
    ends: datetime
    forgets: tuple[str, ...] = ("Tool Used", "Content Completed")

    def version(self, at: datetime) -> str:
        """The release that is live at a moment."""
        if at < self.begins:
            return "3.7.2"
        return "3.8.0" if at < self.ends else "3.8.1"

    def breaks(self, at: datetime, event: str) -> bool:
        """Whether a message leaves the browser without its event's name."""
        return self.begins <= at < self.ends and event in self.forgets


@dataclass(slots=True)
class _Browser:
    """A visit while it is being sent: who is signed in, the page in view, and the count of messages so far."""

    person: Person
    visit: Visit
    seal: str  # what the identifiers of this visit's messages are made from
    release: Release
    user_id: str | None
    sent: int = 0
    context: dict[str, Any] = field(default_factory=dict)


def visit_requests(seed: int, life: Life, index: int, release: Release) -> Iterator[SimulatedRequest]:
    """The messages of one visit, nearly in order of time."""
    visit, person = life.visits[index], life.person
    user_id = person.user_id if visit.known else None
    browser = _Browser(person, visit, f"{seed}:{person.number}:v{index}", release, user_id)
    referrer = visit.touch.referrer
    for place, step in enumerate(visit.steps):
        yield from _page(browser, step, referrer, visit.touch if place == 0 else None)
        referrer = PLATFORM_URL + step.page.path


def moment_request(seed: int, life: Life, index: int) -> SimulatedRequest:
    """The one message of a moment."""
    moment: Moment = life.moments[index]
    fact = Fact(moment.source, "track", moment.event, moment.values)
    return _server_side(f"{seed}:{life.person.number}:m{index}", life.person, fact, moment.at)


def _page(browser: _Browser, step: Step, referrer: str, landing: Touch | None) -> Iterator[SimulatedRequest]:
    page = _page_properties(step, referrer, landing)
    browser.context = _browser_context(browser, page, landing, browser.visit.at)
    yield _browser_side(browser, Fact(WEBSITE, "page", step.page.title, page, step.after))
    page_id = f"pg_{_digest(browser.seal, 'page', browser.sent)[:16]}"
    for fact in step.facts:
        yield _send(browser, fact)
    yield from _attention(browser, step, page_id)


def _attention(browser: _Browser, step: Step, page_id: str) -> Iterator[SimulatedRequest]:
    """Deltas of engaged time: one for each full two minutes and one for the rest."""
    left, at = step.engaged, step.after
    while left > 0.5:
        part = min(left, _HEARTBEAT_SECONDS)
        left, at = left - part, at + part
        values = {"engaged_ms": round(part * 1000), "page_id": page_id}
        yield _browser_side(browser, Fact(WEBSITE, "track", "Page Engaged", values, at))


def _send(browser: _Browser, fact: Fact) -> SimulatedRequest:
    if fact.source == WEBSITE:
        if fact.kind == "identify":
            browser.user_id = browser.person.user_id
        return _browser_side(browser, fact)
    browser.sent += 1
    at = browser.visit.at + timedelta(seconds=fact.after)
    return _server_side(f"{browser.seal}:{browser.sent}", browser.person, fact, at)


def _browser_side(browser: _Browser, fact: Fact) -> SimulatedRequest:
    browser.sent += 1
    digest = _digest(browser.seal, browser.sent)
    at = browser.visit.at + timedelta(seconds=fact.after)
    sent, received = _delays(digest, at)
    message: dict[str, Any] = {
        "messageId": f"ajs-next-{to_micros(at) // 1000}-{_uuid(digest)}",
        "timestamp": wire_time(at),
        "sentAt": wire_time(sent),
        "anonymousId": _anonymous_id(browser),
        "context": browser.context,
        "integrations": {},
        **_content(fact),
    }
    if browser.user_id:
        message["userId"] = browser.user_id
    if browser.release.breaks(at, fact.name):
        del message["event"]
    return SimulatedRequest(received, WEBSITE, message, _headers(browser))


def _server_side(seal: str, person: Person, fact: Fact, at: datetime) -> SimulatedRequest:
    digest = _digest(seal)
    sent = at + timedelta(milliseconds=20 + int(digest[-3:], 16) // 8)
    message: dict[str, Any] = {
        "messageId": _uuid(digest),
        "timestamp": wire_time(at),
        "sentAt": wire_time(sent),
        "userId": person.user_id,
        "context": _SERVER_CONTEXT,
        "integrations": {},
        **_content(fact),
    }
    return SimulatedRequest(sent + timedelta(milliseconds=15 + int(digest[-5:-3], 16) // 4), fact.source, message)


def _content(fact: Fact) -> dict[str, Any]:
    """What differs between the kinds of message."""
    if fact.kind == "identify":
        return {"type": "identify", "traits": fact.values}
    if fact.kind == "group":
        return {"type": "group", "groupId": fact.name, "traits": fact.values}
    if fact.kind == "page":
        return {"type": "page", "name": fact.name, "properties": fact.values}
    return {"type": "track", "event": fact.name, "properties": fact.values}


def _page_properties(step: Step, referrer: str, landing: Touch | None) -> dict[str, Any]:
    search = _query(landing) if landing else ""
    path = step.page.path
    url = f"{PLATFORM_URL}{path}{search}"
    return {"path": path, "referrer": referrer, "search": search, "title": step.page.title, "url": url}


def _query(touch: Touch) -> str:
    return (
        "?" + urlencode({f"utm_{key}": value for key, value in _campaign(touch, "campaign").items()})
        if touch.source
        else ""
    )


def _campaign(touch: Touch, name_key: str) -> dict[str, str]:
    parts = {"source": touch.source, "medium": touch.medium, name_key: touch.campaign, "content": touch.content}
    return {key: value for key, value in parts.items() if value}


def _browser_context(browser: _Browser, page: dict[str, Any], landing: Touch | None, at: datetime) -> dict[str, Any]:
    country = browser.person.country
    context: dict[str, Any] = {
        "page": page,
        "userAgent": _device(browser),
        "locale": country.locale,
        "timezone": country.timezone,
        "library": _BROWSER_LIBRARY,
        "app": {"name": "website", "version": browser.release.version(at)},
    }
    if landing and landing.source:
        context["campaign"] = _campaign(landing, "name")
    return context


def _device(browser: _Browser) -> str:
    second = browser.person.second_device
    return second.user_agent if browser.visit.second_device and second else browser.person.device.user_agent


def _anonymous_id(browser: _Browser) -> str:
    person = browser.person
    return person.second_anonymous_id if browser.visit.second_device else person.anonymous_id


def _headers(browser: _Browser) -> dict[str, str]:
    headers = {"user-agent": _device(browser)}
    return {**headers, "sec-gpc": "1"} if browser.person.global_privacy_control else headers


def _delays(digest: str, at: datetime) -> tuple[datetime, datetime]:
    """When a browser sends and the collector receives: within two seconds, or up to 68 minutes late (one in 256)."""
    queued = int(digest[-3:], 16) // 3
    if digest[-5:-3] == "00":
        queued *= 3000
    sent = at + timedelta(milliseconds=20 + queued)
    return sent, sent + timedelta(milliseconds=15 + int(digest[-7:-5], 16))


def _digest(*parts: object) -> str:
    return blake2b(":".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def _uuid(digest: str) -> str:
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"
