"""What stands in the files. Pure.

Texts come from strangers: one that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV
injection); a telephone number may begin with a plus sign.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from leadline.crm.hashing import plain
from leadline.crm.records import Outgoing, OutgoingEvent, Value

ID = "external_id"
CONVERSION_COLUMNS = ("key", ID, "name", "label", "occurred_at", "amount", "currency")
FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().\-]*$)")


def lead_table(rows: Sequence[Outgoing]) -> str:
    """Leads as they should stand now, a line each: the last line of a lead counts."""
    columns = sorted({name for row in rows for name in row.whole})
    return _table((ID, *columns), ({ID: row.external_id, **row.whole} for row in rows))


def conversion_table(event: OutgoingEvent) -> str:
    """One conversion."""
    row: Mapping[str, Value] = {
        "key": event.key,
        ID: event.remote_id,
        "name": event.name,
        "label": event.label,
        "occurred_at": event.occurred_at,
        "amount": event.amount,
        "currency": event.currency,
    }
    return _table(CONVERSION_COLUMNS, [row])


def digest(text: str) -> str:
    """Twelve hex digits that the same text always has."""
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    for row in rows:
        writer.writerow({name: harmless("" if value is None else value) for name, value in plain(row).items()})
    return text.getvalue()
