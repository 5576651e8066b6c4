"""The navigation: sections in the order of the look, holding what exists and what the viewer's role may use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from leadline.kernel.clock import utc_now
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.call_next import count_to_contact
from leadline.web.viewer import (
    ACCOUNTS,
    ALERTS,
    AUDIT,
    BOARDS,
    CALL_NEXT,
    CONVERSIONS,
    CRM,
    EXPORTS,
    IDENTITIES,
    JOURNEYS,
    LEADS,
    LIVE,
    NOTIFICATIONS,
    OVERVIEW,
    PLAN,
    PRIVACY,
    QUARANTINE,
    REPORTS,
    SOURCES,
    STUDIO,
    SYSTEM,
    TEAM,
    USERS,
    pages_of,
    viewer_of,
)
from leadline.web.words import capped

SECTIONS = (
    ("Work", ((OVERVIEW, "Overview"), (CALL_NEXT, "Call next"), (LEADS, "Leads"), (ACCOUNTS, "Accounts"))),
    (
        "Understand",
        (
            (CONVERSIONS, "Conversions"),
            (JOURNEYS, "Journeys"),
            (REPORTS, "Reports"),
            (BOARDS, "Boards"),
            (ALERTS, "Alerts"),
            (EXPORTS, "Exports"),
        ),
    ),
    ("Shape", ((STUDIO, "Scoring studio"), (TEAM, "Sales team"), (CRM, "CRM"), (NOTIFICATIONS, "Notifications"))),
    (
        "Collect",
        (
            (SOURCES, "Sources"),
            (LIVE, "Live"),
            (PLAN, "Tracking plan"),
            (QUARANTINE, "Quarantine"),
            (IDENTITIES, "Merge warnings"),
        ),
    ),
    ("Keep", ((PRIVACY, "Privacy"), (USERS, "Users"), (AUDIT, "Audit trail"), (SYSTEM, "System"))),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link."""

    label: str
    address: str
    current: bool
    badge: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its links."""

    label: str
    entries: tuple[Entry, ...]


def navigation(request: HttpRequest) -> list[Section]:
    """What this viewer may go to. One query, for the number beside Call next."""
    allowed = pages_of(viewer_of(request))
    sections = [Section(label, tuple(_entries(request, pages, allowed))) for label, pages in SECTIONS]
    return [section for section in sections if section.entries]


def _entries(request: HttpRequest, pages: Iterable[tuple[str, str]], allowed: Iterable[str]) -> Iterator[Entry]:
    current = request.resolver_match.url_name if request.resolver_match else ""
    for name, label in pages:
        if name not in allowed:
            continue
        badge = _to_contact() if name == CALL_NEXT else ""
        yield Entry(label, reverse(name), (current or "").startswith(name), badge)


def _to_contact() -> str:
    count = count_to_contact(utc_now())
    return capped(count, COUNT_CAP) if count else ""
