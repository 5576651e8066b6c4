"""What somebody may do: permissions, which of them a role has, and to which of them a token narrows it. Pure.

A permission is also the name of a token's scope, "area:deed". `leads:read` shows leads under a number; who they are
needs `people:read` besides, without which names, addresses and telephone numbers are masked on every surface.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from leadline.kernel.errors import TerminalError


class Permission(StrEnum):
    """One thing that somebody may do."""

    READ_LEADS = "leads:read"
    READ_PEOPLE = "people:read"
    SELL = "leads:sell"
    READ_BOARDS = "boards:read"
    READ_REPORTS = "reports:read"
    SHAPE_REPORTS = "reports:write"
    READ_ALERTS = "alerts:read"
    SET_ALERTS = "alerts:write"
    EXPORT = "exports:read"
    SET_CHANNELS = "channels:write"
    READ_SOURCES = "sources:read"
    SET_SOURCES = "sources:write"
    WATCH_LIVE = "live:read"
    READ_QUARANTINE = "quarantine:read"
    REPAIR_QUARANTINE = "quarantine:write"
    READ_IDENTITIES = "identities:read"
    SET_IDENTITIES = "identities:write"
    READ_RULES = "rules:read"
    DRAFT_RULES = "rules:write"
    PUBLISH_RULES = "rules:publish"
    READ_TEAM = "team:read"
    SET_TEAM = "team:write"
    READ_CRM = "crm:read"
    SET_CRM = "crm:write"
    READ_NOTIFICATIONS = "notifications:read"
    SET_NOTIFICATIONS = "notifications:write"
    READ_SYSTEM = "system:read"
    SET_USERS = "users:write"
    READ_AUDIT = "audit:read"
    READ_PRIVACY = "privacy:read"
    SET_PRIVACY = "privacy:write"


MEANINGS: Mapping[Permission, str] = {
    Permission.READ_LEADS: "See leads, companies, scores and why, under a number",
    Permission.READ_PEOPLE: "See who leads are: names, addresses, telephone numbers, notes",
    Permission.SELL: "Accept, reject, assign and contact leads",
    Permission.READ_BOARDS: "See the overview, conversions and boards",
    Permission.READ_REPORTS: "See every report and journeys",
    Permission.SHAPE_REPORTS: "Make boards, annotations and links to share",
    Permission.READ_ALERTS: "See alerts and scheduled reports",
    Permission.SET_ALERTS: "Make and change alerts and scheduled reports",
    Permission.EXPORT: "Take tables along as files",
    Permission.SET_CHANNELS: "Change channel rules, spend and rates",
    Permission.READ_SOURCES: "See event sources and the tracking plan",
    Permission.SET_SOURCES: "Make and change event sources and write keys",
    Permission.WATCH_LIVE: "Watch messages as they come in",
    Permission.READ_QUARANTINE: "See messages in quarantine, whole",
    Permission.REPAIR_QUARANTINE: "Repair and replay messages in quarantine",
    Permission.READ_IDENTITIES: "See whose names are whose, and refused merges",
    Permission.SET_IDENTITIES: "Merge and unmerge leads",
    Permission.READ_RULES: "See rulesets, drafts, backtests and jobs",
    Permission.DRAFT_RULES: "Write drafts, run backtests",
    Permission.PUBLISH_RULES: "Put rulesets in force and roll them back",
    Permission.READ_TEAM: "See sellers and territories",
    Permission.SET_TEAM: "Change sellers and territories",
    Permission.READ_CRM: "See CRM connections and how they are",
    Permission.SET_CRM: "Make, change, test and run CRM connections",
    Permission.READ_NOTIFICATIONS: "Be told of leads, through channels of one's own",
    Permission.SET_NOTIFICATIONS: "Change shared channels and rules, and everybody's recipients",
    Permission.READ_SYSTEM: "See how the installation is",
    Permission.SET_USERS: "Make and change users, their roles and sessions",
    Permission.READ_AUDIT: "Read, verify and export the audit trail",
    Permission.READ_PRIVACY: "See subject requests, retention and the privacy documents",
    Permission.SET_PRIVACY: "Answer subject requests: access, erasure, restriction",
}
"""What each lets somebody do, for pages and docs."""


class RoleName(StrEnum):
    """What somebody is here for."""

    ADMINISTRATOR = "administrator"
    MARKETING = "marketing"
    SALES = "sales"
    ANALYST = "analyst"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"


_SHARED = frozenset({Permission.READ_LEADS, Permission.READ_BOARDS, Permission.READ_TEAM, Permission.READ_CRM})
_REPORTING = frozenset(
    {
        Permission.READ_REPORTS,
        Permission.SHAPE_REPORTS,
        Permission.READ_ALERTS,
        Permission.SET_ALERTS,
        Permission.EXPORT,
        Permission.READ_RULES,
    }
)
PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    RoleName.ADMINISTRATOR: frozenset(Permission),
    RoleName.MARKETING: _SHARED
    | _REPORTING
    | {
        Permission.READ_PEOPLE,
        Permission.SET_CHANNELS,
        Permission.READ_SOURCES,
        Permission.WATCH_LIVE,
        Permission.DRAFT_RULES,
        Permission.READ_NOTIFICATIONS,
    },
    RoleName.SALES: _SHARED | {Permission.READ_PEOPLE, Permission.SELL, Permission.READ_NOTIFICATIONS},
    RoleName.ANALYST: _REPORTING
    | {Permission.READ_LEADS, Permission.READ_BOARDS, Permission.READ_SOURCES, Permission.DRAFT_RULES},
    RoleName.INTEGRATOR: frozenset(
        {
            Permission.READ_SOURCES,
            Permission.SET_SOURCES,
            Permission.READ_CRM,
            Permission.SET_CRM,
            Permission.READ_SYSTEM,
        }
    ),
    RoleName.AUDITOR: frozenset(
        {
            Permission.READ_AUDIT,
            Permission.READ_PRIVACY,
            Permission.READ_RULES,
            Permission.READ_SOURCES,
            Permission.READ_CRM,
            Permission.READ_TEAM,
            Permission.READ_SYSTEM,
        }
    ),
}
"""What each role may do. Analysts, integrators and auditors see nobody's personal data."""
READING = frozenset(each for each in Permission if each.endswith(":read"))
"""What changes nothing."""
READ_ONLY = "read"
"""A scope that stands for all of them."""
SCOPES = (READ_ONLY, *(each.value for each in Permission))
"""What a token can be narrowed to."""


def permissions_of(role: str, scopes: Collection[str] | None = None) -> frozenset[Permission]:
    """What somebody of a role may do.

    Args:
        role: one of `RoleName`; none for any other.
        scopes: of the token that they use; None without a token. A token never adds to its user's role.
    """
    allowed = PERMISSIONS.get(role, frozenset())
    return allowed if scopes is None else allowed & _meant(scopes)


def roles_that_may(permission: Permission) -> list[str]:
    """The roles that have it, in their order."""
    return [role for role, allowed in PERMISSIONS.items() if permission in allowed]


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are kept: each once, in order.

    Raises:
        TerminalError: one is no scope.
    """
    wanted = sorted({each.strip() for each in scopes if each.strip()})
    for each in wanted:
        if each not in SCOPES:
            raise TerminalError(f"There is no scope {each[:40]!r}.", advice=f"There are: {', '.join(SCOPES)}.")
    return wanted


def _meant(scopes: Collection[str]) -> frozenset[Permission]:
    named = frozenset(each for each in Permission if each in scopes)
    return named | READING if READ_ONLY in scopes else named
