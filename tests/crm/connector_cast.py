"""What the tests of single connectors share: whole passes, answers of our own making, conversions."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx

from leadline.crm.connector import Connector
from leadline.crm.records import OutgoingEvent, RemoteRecord
from leadline.crm.testing.harness import Harness

KEY_1, KEY_2 = "0b9f1c1e-0000-5000-8000-000000000001", "0b9f1c1e-0000-5000-8000-000000000002"


def pulled(harness: Harness, cursor: str = "") -> tuple[list[RemoteRecord], str]:
    """What a new connector tells from there on, page by page, and where the next pull begins."""
    connector = harness.open()
    records: list[RemoteRecord] = []
    while True:
        page = connector.changes(cursor, [harness.score_field])
        records += page.records
        cursor = page.cursor
        if not page.more:
            return records, cursor


def answering(harness: Harness, status: int, body: bytes) -> Connector:
    """A connector that is always answered the same."""
    harness.transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    return harness.open()


def quote(key: str, remote_id: str, remote_type: str) -> OutgoingEvent:
    """Somebody requested a quote, in words that want escaping."""
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    words, amount = "Quote <requested>", Decimal(1200)
    return OutgoingEvent(key, "quote_requested", words, at, remote_id, remote_type, amount, "EUR", {"seats": 4})
