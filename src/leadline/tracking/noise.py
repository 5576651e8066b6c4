"""Noise: what robots and our own people send. Such events are stored and flagged, and count in no score.

Robots are known by their user agent, from the crawler-user-agents list (headless browsers are in it). Only agents of
browsers are judged: a platform's own server sends with an agent like `python-requests` and is no robot. Our own people
are known by rules (`InternalRule`, read by `internal.load_rules`): by network, page host or user agent for one event,
by e-mail domain for a person. Networks are judged by the collector, which says so in the `internal` header: nobody else
sees an address.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawleruseragents import is_crawler  # type: ignore[import-untyped]  # it has no stubs

from leadline.tracking.scrub import host_of

BOT = "bot"
INTERNAL = "internal"
BROWSER_LIBRARIES = frozenset({"analytics.js", "rudderlabs javascript sdk", "posthog-js", "web", "leadline.js", "t.js"})
"""Libraries that only browsers run, as `context.library.name` gives them, in lower case."""
JUDGED_LENGTH = 512
"""Longer agents are judged by their beginning, so that what is remembered of them stays small."""
ANY_SUBDOMAIN = "*."


@dataclass(frozen=True, slots=True)
class NoiseRules:
    """What marks our own people's traffic, in lower case. `hosts` are whole hosts, or `*.` and a domain for all below
    it; `user_agents` are parts of an agent; an e-mail domain stands for its subdomains too."""

    hosts: frozenset[str] = frozenset()
    email_domains: frozenset[str] = frozenset()
    user_agents: tuple[str, ...] = ()


def noise_of(rules: NoiseRules, headers: Mapping[str, str], context: Mapping[str, object]) -> str:
    """What an event is besides a person's: "internal", "bot" or "" for neither; internal comes first.

    Args:
        headers: of the spool record, names in lower case.
        context: the message's, with the batch's merged in.
    """
    agent = _agent_of(headers, context)
    if headers.get("internal") == "1" or _is_internal(rules, agent, context):
        return INTERNAL
    return BOT if _is_judged(headers, context) and _is_crawler(agent[:JUDGED_LENGTH]) else ""


def is_internal_address(rules: NoiseRules, email: str) -> bool:
    """Whether an e-mail address is one of our own people's."""
    if not rules.email_domains:
        return False
    labels = email.rpartition("@")[2].strip().lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in rules.email_domains for start in range(len(labels)))


def _agent_of(headers: Mapping[str, str], context: Mapping[str, object]) -> str:
    given = context.get("userAgent")
    return given if isinstance(given, str) and given else headers.get("user-agent", "")


def _is_internal(rules: NoiseRules, agent: str, context: Mapping[str, object]) -> bool:
    if rules.user_agents and agent:
        lowered = agent.lower()
        if any(part in lowered for part in rules.user_agents):
            return True
    return bool(rules.hosts) and _is_listed(_page_host(context), rules.hosts)


def _page_host(context: Mapping[str, object]) -> str:
    page = context.get("page")
    return (host_of(page.get("url")) or "").lower() if isinstance(page, dict) else ""


def _is_listed(host: str, hosts: Collection[str]) -> bool:
    if not host or host in hosts:
        return bool(host)
    labels = host.split(".")
    return any(ANY_SUBDOMAIN + ".".join(labels[start:]) in hosts for start in range(1, len(labels)))


def _is_judged(headers: Mapping[str, str], context: Mapping[str, object]) -> bool:
    """An agent that the message itself names is a browser's. The request's own is one when a browser library sent it,
    or when it poses as a browser's and there is a page."""
    agent = context.get("userAgent")
    if isinstance(agent, str) and agent:
        return True
    library = context.get("library")
    name = library.get("name") if isinstance(library, dict) else None
    if isinstance(name, str) and name.lower() in BROWSER_LIBRARIES:
        return True
    return isinstance(context.get("page"), dict) and headers.get("user-agent", "").startswith("Mozilla/")


@lru_cache(maxsize=8192)
def _is_crawler(agent: str) -> bool:
    """No agent at all says nothing. The patterns' case matters: "bot" is in the name of telephones."""
    return bool(agent) and bool(is_crawler(agent))
