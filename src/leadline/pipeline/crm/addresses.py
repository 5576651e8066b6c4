"""Where people open the records of leads, for lists: one query, and one connector a connection."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass

from leadline.crm.connectors import kinds
from leadline.crm.models import Connection, Link
from leadline.crm.runs import open_connector
from leadline.kernel.errors import LeadlineError
from leadline.tracking.chunks import chunks


@dataclass(frozen=True, slots=True)
class RecordAddress:
    """A record that a person can open: in which CRM, and where."""

    connection: str
    label: str
    address: str


def record_addresses(leads: Collection[int]) -> dict[int, list[RecordAddress]]:
    """{lead: its records that can be opened}, connections in the order of their names. Nothing is asked of a CRM."""
    links: dict[Connection, list[Link]] = {}
    for some in chunks(leads):
        rows = Link.objects.filter(lead__in=some, tombstone="").exclude(remote_id="")
        for link in rows.select_related("connection").defer("sent", "seen", "error"):
            links.setdefault(link.connection, []).append(link)
    found: dict[int, list[RecordAddress]] = {}
    for connection in sorted(links, key=lambda each: each.name):
        for link, address in _opened(connection, links[connection]):
            found.setdefault(link.lead_id, []).append(RecordAddress(connection.name, _label(connection), address))
    return found


def _opened(connection: Connection, links: list[Link]) -> list[tuple[Link, str]]:
    try:
        with closing(open_connector(connection)) as connector:
            told = [(link, connector.address(link.remote_id, link.remote_type)) for link in links]
    except LeadlineError:  # a kind that is gone, or settings that can't be read: there is no address then
        return []
    return [(link, address) for link, address in told if address]


def _label(connection: Connection) -> str:
    kind = kinds().get(connection.kind)
    return kind.label if kind else connection.name
