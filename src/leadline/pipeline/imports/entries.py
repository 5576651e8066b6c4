"""Rows as messages: what the spool takes of each row, with an id that makes the same row the same event."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from leadline.pipeline.imports.files import ImportFile
from leadline.pipeline.imports.rows import Row, rows_of
from leadline.tracking.mapping import PlannedTypes, RowMapping
from leadline.tracking.wire import MAX_DEPTH, depth


class Entry(msgspec.Struct, gc=False):
    """What became of one row.

    Attributes:
        messages: as JSON.
        unreadable: the row as it stands, when it is no message: quarantine keeps it.
        fault: why, when the row says more than its bytes do.
        skipped: the mapping does not want it.
    """

    number: int
    messages: tuple[bytes, ...] = ()
    unreadable: bytes = b""
    fault: str = ""
    skipped: bool = False


Judge = Callable[[Row], Entry]


def entries_of(file: ImportFile, mapping: RowMapping | None, planned: PlannedTypes, skip: int = 0) -> Iterator[Entry]:
    """The entries of a file's rows after the first `skip`; without a mapping, the lines are messages themselves."""
    judge: Judge = _line if mapping is None else _mapped(mapping, planned)
    return map(judge, rows_of(file, skip))


def _mapped(mapping: RowMapping, planned: PlannedTypes) -> Judge:
    encode = msgspec.json.Encoder().encode

    def judge(row: Row) -> Entry:
        if row.fault:
            return Entry(row.number, unreadable=row.raw, fault=row.fault)
        cells = row.cells
        if cells is None:
            line = row.raw.strip()
            if not line:
                return Entry(row.number)
            if (found := _object(line)) is None or depth(found) > MAX_DEPTH:
                return Entry(row.number, unreadable=line)
            cells = {**found, **dict(_flat(found, ""))}
        elif all(cell is None or cell == "" for cell in cells.values()):
            return Entry(row.number)
        made = mapping.messages(cells, planned)
        return Entry(row.number, tuple(map(encode, made)), skipped=not made)

    return judge


def _line(row: Row) -> Entry:
    line = row.raw.strip()
    if not line:
        return Entry(row.number)
    message = _object(line)
    if message is None:
        return Entry(row.number, unreadable=line)
    return Entry(row.number, (_with_id(message, line),))


def _with_id(message: dict[str, Any], line: bytes) -> bytes:
    """A line with an id, of its content if need be, and without the time it was sent: that would move what happened
    long ago to the time of the import."""
    named, sent = bool(message.get("messageId")), "sentAt" in message
    if named and not sent:
        return line
    if not named:
        message["messageId"] = "import-" + hashlib.sha256(line).hexdigest()[:32]
    message.pop("sentAt", None)
    return msgspec.json.encode(message)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _flat(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """What is nested, also under its path: `properties.seats`."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{path}{name}.")
        elif path:
            yield f"{path}{name}", inner
