"""The audit trail as a file: JSON lines, of which the chain can be checked anywhere, or CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    if form not in _LINES:
        raise TerminalError(f"There is no form {form!r}.", advice=f"Use {', '.join(_LINES)}.")
    count = 0
    for count, line in enumerate(_LINES[form](entries)):  # noqa: B007  # CSV's first line is its header
        file.write(line.encode())
    return count


def _json_lines(entries: Iterable[Fields]) -> Iterator[str]:
    yield ""
    for fields in entries:
        yield json.dumps(dict(fields), sort_keys=True, separators=(",", ":")) + "\n"


def _csv_lines(entries: Iterable[Fields]) -> Iterator[str]:
    """No cell begins like a formula: texts are words of ours (`audit.PLAIN`), and what is nested is in braces."""
    yield _row(COLUMNS)
    for fields in entries:
        numbers = json.dumps(fields["numbers"], sort_keys=True, separators=(",", ":"))
        yield _row([numbers if name == "numbers" else fields[name] for name in COLUMNS])


def _row(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()


_LINES: Mapping[str, Callable[[Iterable[Fields]], Iterator[str]]] = {"jsonl": _json_lines, "csv": _csv_lines}
