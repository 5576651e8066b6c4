"""The words of the pages: stages, dimensions, people, money, numbers. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from leadline.analytics.written import STAGE_NAMES, money, stage_name
from leadline.kernel.figures import counted, grouped

if TYPE_CHECKING:
    from leadline.eventstore.sessions import StoredSession

__all__ = ["STAGE_NAMES", "counted", "money", "stage_name"]  # as all surfaces say them
MICRO = 1_000_000
MINUS = "\N{MINUS SIGN}"
CLI = "cli:"


def said_as(kind: str, reason: str, stage: str, until: datetime | None) -> str:
    """What somebody from sales said about a lead: "Rejected: not hiring", "Put into Qualified until 1 Dec 2026"."""
    end = f" until {until.day} {until:%b %Y}" if until else ""
    told = {
        "accept": "Accepted",
        "reject": f"Rejected: {reason.replace('_', ' ')}",
        "requalify": "Rejection taken back",
        "snooze": f"Snoozed{end}",
        "wake": "Woken",
        "contact": "Spoke to the person",
        "override": f"Put into {stage_name(stage)}{end}",
        "release": "Override released",
        "assign": "Owner changed",
    }
    return told.get(kind, kind.replace("_", " ").capitalize())


def by_words(by: str) -> str:
    """Who did something: "cli:ada" is "ada, by command", "Ada <ada@example.com>" is "Ada"."""
    if by == "cli":
        return "the command line"
    if by.startswith(CLI):
        return f"{by.removeprefix(CLI)}, by command"
    return by.partition(" <")[0] or by


def via_words(via: str) -> str:
    """By which way sales said something."""
    return {"cli": "by command", "api": "by API", "crm": "by the CRM"}.get(via, f"by {via}")


def reference_words(reference: str) -> str:
    """A ruleset as runs name it: "" is the one in force, "3" a number, "draft:7" a draft."""
    if not reference:
        return "the one in force"
    kind, _, number = reference.partition(":")
    return f"{kind} {number}" if number else f"ruleset {kind}"


def person_name(card: Mapping[str, str] | None, number: int, known: bool) -> str:
    """What a person is called: their name, else the address or id they are known by, else a number."""
    card = card or {}
    named = card.get("name") or card.get("email") or card.get("user_id")
    return named or f"{'Lead' if known else 'Visitor'} {number}"


def whole_points(micro: int) -> int:
    """Millionths of a point as the whole points that lists show: cut, like grades, so that 54.9 is no A."""
    return micro // MICRO


def change_points(micro: int) -> str:
    """A change in whole points with a plus or a true minus sign; "0" for less than a point."""
    points = int(micro / MICRO)
    return f"+{points}" if points > 0 else f"{MINUS}{-points}" if points < 0 else "0"


def capped(count: int, cap: int) -> str:
    """A count that was not taken beyond a cap: "1,204", "10,000+"."""
    return f"{grouped(cap)}+" if count > cap else grouped(count)


def visit_words(visit: "StoredSession") -> str:
    """A session in a line: "12 minutes, 5 pages, 4 minutes engaged, from google, spring"; empty for a lone event."""
    if visit.events == 1 and not visit.engaged_ms:
        return ""
    lasted = round((visit.ended_at - visit.started_at).total_seconds() / 60)
    engaged = round(visit.engaged_ms / 60_000)
    source = [part for part in (visit.utm_source or visit.referrer_domain, visit.utm_campaign) if part]
    parts = [
        counted(lasted, "minute") if lasted else "less than a minute",
        counted(visit.pages, "page") if visit.pages else counted(visit.events, "event"),
        f"{counted(engaged, 'minute')} engaged" if engaged else "",
        f"from {', '.join(source)}" if source else "",
    ]
    return ", ".join(filter(None, parts))
