"""Which leads a CRM knows, what it knows of one of them, and what it would not take."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any

from django.db.models import Q, QuerySet

from leadline.crm.connector import Connector
from leadline.crm.models import Connection, Link
from leadline.crm.runs import open_connector
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.pipeline.crm.connections import connection_named
from leadline.pipeline.crm.shapes import STATES, address_of, names_of, told_link, told_nothing
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead


def crm_links(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    name: str,
    state: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Leads and their records there, the newest first.

    Args:
        state: sent, waiting, failed or left_out; empty for all.

    Raises:
        NotFoundError: there is no such connection.
        TerminalError: there is no such state.
    """
    rows = Link.objects.filter(_state(state), connection=connection_named(name)).order_by("-pk")
    return _told(rows[offset : offset + limit])


def crm_failed(engine: Engine, name: str = "", limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Leads that a CRM refused, with its words and what to do; the newest failure first."""
    rows = Link.objects.filter(STATES["failed"]).order_by("-failed_at", "-pk")
    if name:
        rows = rows.filter(connection=connection_named(name))
    return _told(rows[offset : offset + limit])


def crm_lead(engine: Engine, lead: str | int) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """What every connection has of one lead; "never" where it was told nothing.

    Raises:
        NotFoundError: nobody fits.
    """
    found = find_lead(lead).pk
    told = {each["connection"]: each for each in _told(Link.objects.filter(lead=found))}
    name = names_of([found])[found]
    rows = Connection.objects.order_by("name")
    return [told.get(row.name) or told_nothing(row, found, name) for row in rows]


def crm_lead_knows(engine: Engine, lead: str | int, name: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """What one CRM knows of a lead, field by field: what it was last sent, and what was last seen there.

    Raises:
        NotFoundError: nobody fits, there is no such connection, or it was told nothing of the lead.
    """
    found = find_lead(lead).pk
    row = Link.objects.filter(connection=connection_named(name), lead=found).first()
    if row is None:
        raise NotFoundError(f"{name} was told nothing of lead {found}.", advice="Its mapping says who is synced.")
    sent, seen = row.sent or {}, row.seen or {}
    fields = [{"field": each, "sent": sent.get(each), "seen": seen.get(each)} for each in {**sent, **seen}]
    return {"link": _told(Link.objects.filter(pk=row.pk))[0], "fields": fields}


def _state(state: str) -> Q:
    if state and state not in STATES:
        raise TerminalError(f"{state[:40]!r} is no state of a lead in a CRM.", advice=f"Use {', '.join(STATES)}.")
    return STATES[state] if state else Q()


def _told(rows: QuerySet[Link]) -> list[dict[str, Any]]:
    links = list(rows.select_related("connection"))
    names = names_of({link.lead_id for link in links})
    with ExitStack() as stack:
        connectors = dict(_connectors(stack, links))
        return [
            told_link(link, names.get(link.lead_id, ""), address_of(connectors.get(link.connection_id), link))
            for link in links
        ]


def _connectors(stack: ExitStack, links: Sequence[Link]) -> Iterator[tuple[int, Connector]]:
    """Connectors only for the addresses of records; one that can't be opened has none."""
    for row in {link.connection_id: link.connection for link in links}.values():
        try:
            yield row.pk, stack.enter_context(closing(open_connector(row)))
        except LeadlineError:
            continue
