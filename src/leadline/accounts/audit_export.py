"""The audit trail as a file: JSON lines, of which the chain can be checked anywhere, or CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import IO

from leadline.accounts.audit_chain import Fields
from leadline.kernel.errors import TerminalError

COLUMNS = "number at user via verb about about_number numbers request previous hash".split()
CONTENT_TYPES: Mapping[str, str] = {"jsonl": "application/jsonl; charset=utf-8", "csv": "text/csv; charset=utf-8"}


def write(entries: Iterable[Fields], form: str, file: IO[bytes]) -> int:
    """Write entries. Returns how many there were.

    Raises:
        TerminalError: there is no such form.
    """
    if form not in _FORMS:
        raise TerminalError(f"There is no form {form!r}.", advice=f"Use {', '.join(_FORMS)}.")
    header, line = _FORMS[form]
    file.write(header.encode())
    return sum(1 for fields in entries if file.write(line(fields).encode()))


def _json_line(fields: Fields) -> str:
    return _json(dict(fields)) + "\n"


def _csv_line(fields: Fields) -> str:
    """No cell begins like a formula: texts are words of ours (`audit.PLAIN`), and what is nested is in braces."""
    return _row([_json(fields[name]) if name == "numbers" else fields[name] for name in COLUMNS])


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _row(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()


_FORMS: Mapping[str, tuple[str, Callable[[Fields], str]]] = {
    "jsonl": ("", _json_line),
    "csv": (_row(COLUMNS), _csv_line),
}
"""By form: its header, and an entry's line."""
