"""Connections, runs and links as JSON takes them. Secrets are named and never told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from leadline.crm.connector import Connector, ConnectorKind
from leadline.crm.connectors import kinds
from leadline.crm.models import Connection, Link, SyncRun
from leadline.pipeline.crm.health import Counts, Health, condition
from leadline.tracking.models import Lead

LIVES = Q(tombstone="") & ~Q(remote_id="")
STATES: Mapping[str, Q] = {
    "sent": LIVES & Q(parked=False, next_attempt_at=None),
    "waiting": Q(tombstone="", parked=False, next_attempt_at__isnull=False),
    "failed": Q(tombstone="", parked=True),
    "left_out": ~Q(tombstone=""),
}
NEVER = "never"


def told_kind(kind: ConnectorKind) -> dict[str, Any]:
    """A kind of CRM that can be connected."""
    settings = [
        {
            "name": each.name,
            "label": each.label,
            "advice": each.advice,
            "secret": each.secret,
            "required": each.required,
            "default": each.default,
        }
        for each in kind.all_settings
    ]
    return {
        "name": kind.name,
        "label": kind.label,
        "object": kind.object_name,
        "settings": settings,
        "can": sorted(kind.can),
        "every_seconds": kind.every,
        "statuses": list(kind.statuses),
        "guide": kind.guide,
        "mapping": kind.mapping,
    }


def counts_of(rows: Iterable[Connection]) -> dict[int, Counts]:
    """How many leads of each connection are where."""
    found = Link.objects.filter(connection__in=list(rows)).values("connection").order_by()
    counted = found.annotate(
        linked=Count("pk", filter=LIVES),
        late=Count("pk", filter=STATES["waiting"]),
        failed=Count("pk", filter=STATES["failed"]),
        left=Count("pk", filter=STATES["left_out"]),
    )
    return {row["connection"]: Counts(row["linked"], row["late"], row["failed"], row["left"]) for row in counted}


def told_connections(rows: Sequence[Connection], now: datetime) -> list[dict[str, Any]]:
    """Connections with how they are."""
    counts = counts_of(rows)
    return [told_connection(row, counts.get(row.pk, Counts()), now) for row in rows]


def told_connection(row: Connection, counts: Counts, now: datetime) -> dict[str, Any]:
    """A connection with how it is, how many leads are where, and its last run."""
    kind, now_is = kinds().get(row.kind), condition(row, counts, now)
    last = row.runs.order_by("-started_at", "-pk").first()
    return {
        "name": row.name,
        "kind": row.kind,
        "label": kind.label if kind else row.kind,
        "object": kind.object_name if kind else "",
        "settings": dict(row.settings),
        "secrets": sorted(_shown_secrets(row, kind)),
        "enabled": row.enabled,
        "every_seconds": row.every_seconds,
        "health": now_is.health.value,
        "words": now_is.words,
        "advice": now_is.advice,
        "mapping_version": row.mapping_version,
        **{name: iso(getattr(row, name)) for name in ("last_run_at", "last_ok_at", "closed_until", "created_at")},
        "next_run_at": iso(_next_run(row, now_is.health, now)),
        "by": row.created_by,
        "counts": {
            "linked": counts.linked,
            "waiting": counts.waiting,
            "failed": counts.failed,
            "left_out": counts.left_out,
        },
        "last_run": told_run(last) if last else None,
    }


def told_run(row: SyncRun) -> dict[str, Any]:
    """One run."""
    return {
        "number": row.pk,
        "connection": row.connection.name,
        "kind": row.kind,
        "state": row.state,
        "started_at": iso(row.started_at),
        "finished_at": iso(row.finished_at),
        "counts": dict(row.counts),
        "message": row.message,
        "by": row.by,
    }


def told_link(row: Link, name: str, address: str = "") -> dict[str, Any]:
    """A lead and its record there."""
    error = row.error or {}
    moments = ("sent_at", "seen_at", "remote_changed_at", "next_attempt_at", "failed_at")
    return {
        "connection": row.connection.name,
        "lead": row.lead_id,
        "name": name,
        **{each: getattr(row, each) for each in ("external_id", "remote_id", "remote_type", "status", "owner")},
        "address": address,
        "tombstone": row.tombstone,
        "tombstone_words": Link.Tombstone(row.tombstone).label if row.tombstone else "",
        "state": state_of(row),
        **{each: iso(getattr(row, each)) for each in moments},
        "attempts": row.attempts,
        "parked": row.parked,
        "error_code": row.error_code,
        "error": error.get("message", ""),
        "advice": error.get("advice", ""),
    }


def told_nothing(connection: Connection, lead: int, name: str) -> dict[str, Any]:
    """The link of a lead that a CRM was told nothing of."""
    return {**told_link(Link(connection=connection, lead_id=lead), name), "state": NEVER}


def state_of(row: Link) -> str:
    """ "left_out", "failed", "waiting", "sent" or "never"."""
    if row.tombstone:
        return "left_out"
    if row.parked:
        return "failed"
    if row.next_attempt_at is not None:
        return "waiting"
    return "sent" if row.remote_id else NEVER


def names_of(leads: Iterable[int]) -> dict[int, str]:
    """What people are called: their name, else the address or id they are known by, else a number."""
    rows = Lead.objects.filter(pk__in=list(leads)).values_list("pk", "card")
    return {pk: _called(pk, dict(card) if isinstance(card, Mapping) else {}) for pk, card in rows}


def address_of(connector: Connector | None, row: Link) -> str:
    """Where a person opens the record."""
    if connector is None or not row.remote_id:
        return ""
    return connector.address(row.remote_id, row.remote_type)


def iso(moment: datetime | None) -> str | None:
    """As JSON has it."""
    return moment.isoformat() if moment else None


def _called(lead: int, card: Mapping[str, Any]) -> str:
    return str(card.get("name") or card.get("email") or card.get("user_id") or f"Lead {lead}")


def _shown_secrets(row: Connection, kind: ConnectorKind | None) -> set[str]:
    """The names of those that somebody gave; not of tokens that a connector keeps for itself."""
    given = set(row.secrets or {})
    return given & {each.name for each in kind.all_settings} if kind else given


def _next_run(row: Connection, health: Health, now: datetime) -> datetime | None:
    if health in {Health.OFF, Health.STOPPED, Health.WORKING}:
        return None
    due = row.last_run_at + timedelta(seconds=row.every_seconds) if row.last_run_at else now
    return max(due, row.closed_until or due, now)
