"""The page of an archive that people read: one file without scripts, that asks nothing of any server."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from leadline.pipeline.privacy.archive_table import columns_of, text_of
from leadline.privacy.kinds import Record

if TYPE_CHECKING:
    from leadline.pipeline.privacy.archive import Archive, Held

FIRST = ("accounts.users", "tracking.leads", "tracking.profiles", "tracking.identities", "tracking.consents")
SHOWN = 500
"""Rows of one table; the JSON file beside it has all of them."""
MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(\+00:00|Z)?$")
NAMES = {"user_id": "user id", "email": "e-mail address", "anonymous_id": "id of a browser"}


def page_of(archive: "Archive") -> str:
    """The page's HTML."""
    context = {
        "names": [(NAMES.get(kind, kind), value) for kind, value in archive.names],
        "made_at": archive.made_at,
        "records": archive.records,
        "kinds": [_section(each) for each in sorted(archive.held, key=_place)],
        "recipients": archive.recipients,
        "score": _score(archive.explanation),
    }
    return render_to_string("privacy/archive.html", context)


def _place(held: "Held") -> tuple[int, str]:
    """Who somebody is comes first, in the order of `FIRST`."""
    name = held.kind.name
    return (FIRST.index(name) if name in FIRST else len(FIRST)), name


def _section(held: "Held") -> dict[str, Any]:
    by_what: dict[str, list[Record]] = {}
    for record in held.records:
        by_what.setdefault(str(record.get("what", "")), []).append(record)
    tables = [_table(what, records) for what, records in by_what.items()]
    return {"kind": held.kind, "records": len(held.records), "tables": tables}


def _table(what: str, records: Sequence[Record]) -> dict[str, Any]:
    columns = [name for name in columns_of(records) if name != "what"]
    rows = [[_cell(record.get(name)) for name in columns] for record in records[:SHOWN]]
    heads = [name.replace("_", " ") for name in columns]
    return {"what": what, "columns": heads, "rows": rows, "left_out": max(len(records) - SHOWN, 0)}


def _cell(value: Any) -> str:
    """As people read it: a moment to the second, what is nested as "name: value"."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')}: {_cell(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(_cell(each) for each in value)
    text = text_of(value)
    return MOMENT.sub(r"\1 \2", text) if isinstance(value, str) else text


def _score(explanation: dict[str, Any] | None) -> dict[str, Any] | None:
    if explanation is None:
        return None
    lines = [line for line in explanation["ledger"] if line.get("points")]
    return {"total": explanation["total"], "grade": explanation["grade"], "lines": lines}
