"""What a request is about, for the audit trail: a kind of thing and its number, never its name."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import ResolverMatch

from leadline.accounts.audit import NOTHING, What
from leadline.crm.models import Connection
from leadline.kernel.errors import NotFoundError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.finding import find_lead
from leadline.tracking.models import EventSource, Lead
from leadline.web.lead_filter import SORTS
from leadline.web.lead_filter import controls as lead_controls
from leadline.web.words import STAGE_NAMES

KINDS: Mapping[str, str] = {
    "leads": "lead",
    "accounts": "account",
    "boards": "board",
    "alerts": "alert",
    "reports": "report",
    "sources": "source",
    "crm": "connection",
    "scoring": "ruleset",
    "rules": "ruleset",
    "rulesets": "ruleset",
    "jobs": "job",
    "identities": "claim",
    "quarantine": "message",
    "notifications": "notification",
    "annotations": "annotation",
    "share-links": "link",
    "team": "user",
    "users": "user",
    "exports": "table",
    "analytics": "report",
    "privacy": "request",
}
"""By the first part of an address, after /api/v1."""
OWN_NUMBERS = {
    "users/tokens": "token",
    "leads/bulk": "job",
    "leads/views": "view",
    "crm/sandbox": "record",
    "crm/backfills": "job",
}
"""Addresses below, whose numbers are of something else."""
SIGNING_IN = ("account_", "mfa_", "usersessions_", "socialaccount_")
"""allauth's routes stand under /accounts, and are about nobody but who asks."""
WORDS = ("table", "kind", "form")
"""Arguments of routes that are words of ours."""
ASKED = frozenset({*lead_controls(), *"q segment who sort columns after period zone grain limit format state".split()})
"""Parameters whose names are recorded."""
VALUES = frozenset({*STAGE_NAMES, *SORTS, *"everybody csv xlsx parquet json pdf svg png A B C D E F".split()})
"""What they may say that is recorded; of anything else only that it was said."""
LONGEST = 120


def thing(match: ResolverMatch, *, succeeded: bool) -> What:
    """What a request is about. Of one that was refused or failed a number is kept only when there is such a lead:
    else it could be anything that somebody typed."""
    path = "" if match.view_name.startswith(SIGNING_IN) else match.route.removeprefix("api/v1/")
    kind = next((each for start, each in OWN_NUMBERS.items() if path.startswith(start)), "")
    kind = "lead" if "lead" in match.kwargs else kind
    kind = kind or KINDS.get(path.partition("/")[0], "")
    number = _number(kind, match.kwargs)
    if not succeeded and not (kind == "lead" and number and Lead.objects.filter(pk=number).exists()):
        number = None
    return What(kind, number) if kind else NOTHING


def words_of(match: ResolverMatch) -> dict[str, str]:
    """Which table or report it was, of an answer that there was."""
    return {name: str(match.kwargs[name]) for name in WORDS if name in match.kwargs}


def asked(request: HttpRequest) -> str:
    """What a list was asked for, without what people typed: "grade=A,q,stage=qualified"."""
    said = sorted((name, text) for name, text in request.GET.items() if text and name in ASKED)
    return ",".join(f"{name}={text}" if text in VALUES else name for name, text in said)[:LONGEST]


def _number(kind: str, given: Mapping[str, Any]) -> int | None:
    for name in ("number", "firing", "pk", "reference"):
        if (number := number_of(str(given.get(name, "")))) is not None:
            return number
    if "lead" in given:
        return _lead(str(given["lead"]))
    if "name" in given and kind in _NAMED:
        named: int | None = _NAMED[kind].objects.filter(name=given["name"]).values_list("pk", flat=True).first()
        return named
    return None


def _lead(text: str) -> int | None:
    try:
        return find_lead(text).pk
    except NotFoundError:
        return None


_NAMED: Mapping[str, Any] = {"connection": Connection, "source": EventSource}
