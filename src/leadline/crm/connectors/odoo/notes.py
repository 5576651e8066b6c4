"""Notes at a record: what Odoo moves along when somebody merges two records, and therefore where a lost one is found.

Each record that we make carries a note from the very transaction that made it, under a Message-Id of ours. Merging
deletes all but one record, together with their external ids, and moves their notes to the survivor; deleting a record
deletes its notes. So a note tells whether a lead was here before, and where it is now. Conversions are notes as well,
once each by their key. Odoo's own notes carry the number of the record that they were first written at. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from leadline.crm.connectors.odoo.values import MOMENT
from leadline.crm.records import OutgoingEvent

MODEL = "mail.message"
MODULE = "leadline"
ARRIVED = "<p>This lead comes from <b>Leadline</b>, which keeps what it knows about the person up to date here.</p>"
COLUMNS = tuple(
    f"message_ids/{name}" for name in ("id", "model", "message_id", "message_type", "subtype_id/id", "body")
)
"""Of `load`: a note beside its record. The last ones say that it is an internal note that nobody is mailed."""
FIRST_PLACE = re.compile(r"-openerp-(\d+)-crm\.lead@")


def external(name: str) -> str:
    """The external id of a thing of ours in Odoo."""
    return f"{MODULE}.{name}"


def message_id(name: str) -> str:
    """The Message-Id of the note of a lead (by its external id) or of a conversion (by its key)."""
    return f"<{name}@{MODULE}>"


def name_of(message: str) -> str:
    """The inverse of `message_id`; empty for somebody else's."""
    found = re.fullmatch(rf"<(\S+)@{MODULE}>", message)
    return found[1] if found else ""


def cells(name: str, body: str, model: str) -> list[str]:
    """The cells under `COLUMNS`."""
    return [external(f"{name}_note"), model, message_id(name), "comment", "mail.mt_note", body]


def words(event: OutgoingEvent) -> str:
    """A conversion as a note says it."""
    amount = f", {event.amount:,f} {event.currency}".rstrip() if event.amount is not None else ""
    more = "".join(
        f"<br>{escape(name)}: {escape(str(value))}" for name, value in event.properties.items() if value is not None
    )
    when = event.occurred_at.strftime(MOMENT)
    return f"<p><b>{escape(event.label or event.name)}</b>{escape(amount)} ({when} UTC){more}</p>"


def places(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """{name: number of the record that its note is at} of notes that were read."""
    return {name: row["res_id"] for row in rows if (name := name_of(row["message_id"] or ""))}


def swallowed(rows: Iterable[Mapping[str, Any]]) -> dict[int, tuple[str, ...]]:
    """{record: numbers of records that were merged into it}, from all notes at some records."""
    found: dict[int, dict[str, None]] = {}
    for row in rows:
        first = FIRST_PLACE.search(row["message_id"] or "")
        if first and int(first[1]) != row["res_id"]:
            found.setdefault(row["res_id"], {})[first[1]] = None
    return {record: tuple(numbers) for record, numbers in found.items()}


def first_places(numbers: Sequence[str], model: str) -> list[Any]:
    """A domain: Odoo's own notes that were first written at one of these records, wherever they are now."""
    terms = [["message_id", "=like", f"%-openerp-{number}-{model}@%"] for number in numbers]
    return [["model", "=", model], *["|"] * (len(terms) - 1), *terms]
