"""Words looked for in all that is stored, opened: so whoever doubts an erasure sees for themselves.

Kinds of data and what belongs to whom play no part in it: it reads each value of the record store, each text of the
event store, each message that waits and the bytes of every file. A search before an erasure shows that it can find.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.segments import closed_segments, read_segment

LEAST = 3
"""Letters of a word: fewer stand everywhere by chance."""
BATCH = 2_000
PIECE = 1 << 20
TEXTS = """
    SELECT database_name, schema_name, table_name, list(column_name)
    FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name)
    WHERE data_type LIKE '%VARCHAR%' OR data_type LIKE '%JSON%'
    GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A column, a table or a file: how many values in it were read, and in how many the words stand."""

    store: str
    where: str
    read: int
    found: int


def privacy_search(engine: Engine, words: list[str]) -> dict[str, Any]:
    """Where at least one of the words stands, whatever its case, in numbers.

    Returns:
        found: the places, each `{store, where, read, found}`; read: values by store, a file being one.

    Raises:
        TerminalError: a word is too short to tell anything.
    """
    wanted = [word.strip().lower() for word in words]
    if short := [word for word in wanted if len(word) < LEAST]:
        raise TerminalError(f"{short[0]!r} is too short.", advice=f"Give words of {LEAST} letters and more.")
    places = [*_records(wanted), *_events(engine, wanted), _spool(engine, wanted), *_files(engine.data, wanted)]
    read = Counter[str]()
    for place in places:
        read[place.store] += place.read
    found = [{"store": each.store, "where": each.where, "read": each.read, "found": each.found} for each in places]
    return {"found": [each for each in found if each["found"]], "read": dict(read)}


def _records(wanted: Sequence[str]) -> Iterator[Place]:
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        columns = [field.attname for field in model._meta.local_concrete_fields]
        found, rows = Counter[str](), 0
        for row in model._base_manager.values_list(*columns).iterator(chunk_size=BATCH):
            rows += 1
            texts = {name: _text(model, name, value) for name, value in zip(columns, row, strict=True)}
            found.update(name for name, text in texts.items() if _stands(text, wanted))
        for name in columns:
            yield Place("record store", f"{model._meta.label_lower}.{name}", rows, found[name])


def _text(model: Any, column: str, value: object) -> str:
    if model is Session and column == "session_data":
        value = SessionStore().decode(str(value))
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _events(engine: Engine, wanted: Sequence[str]) -> Iterator[Place]:
    with engine.store.cursor() as cursor:
        for database, schema, table, columns in cursor.execute(TEXTS).fetchall():
            name = ".".join(f'"{part}"' for part in (database, schema, table))
            for column in columns:
                holds = " OR ".join([f'contains(lower("{column}"::VARCHAR), ?)'] * len(wanted))
                query = f"SELECT count(*), count(*) FILTER ({holds}) FROM {name}"  # noqa: S608  # the store's own names
                read, found = cursor.execute(query, list(wanted)).fetchall()[0]
                yield Place("event store", f"{schema}.{table}.{column}", read, found)


def _spool(engine: Engine, wanted: Sequence[str]) -> Place:
    frames = [frame for path in closed_segments(engine.spool) for frame in read_segment(path, engine.spool_keys)]
    texts = [frame.body.decode("utf-8", "replace") for frame in frames if isinstance(frame, SpoolRecord)]
    return Place("spool", "messages that wait", len(texts), sum(_stands(text, wanted) for text in texts))


def _files(data: Path, wanted: Sequence[str]) -> Iterator[Place]:
    looked_for = [word.encode() for word in wanted]
    for path in sorted(data.rglob("*")):
        if path.is_file():
            yield Place("files", str(path.relative_to(data)), 1, int(_holds(path, looked_for)))


def _holds(path: Path, wanted: Sequence[bytes]) -> bool:
    """Whether the words stand in a file's bytes, read in pieces that overlap."""
    overlap = max(map(len, wanted)) - 1
    try:
        with path.open("rb") as file:
            before = b""
            while piece := file.read(PIECE):
                text = before + piece.lower()
                if any(word in text for word in wanted):
                    return True
                before = text[-overlap:]
    except FileNotFoundError:  # gone meanwhile
        return False
    return False


def _stands(text: str, wanted: Sequence[str]) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in wanted)
