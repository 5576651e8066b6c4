"""The journal of evaluations: when stages were evaluated, of whom, and what was known then. Append-only.

A replay walks its rows in their order. Rows with leads concern these; rows without concern everybody. Some rows are no
evaluation, but say what became of leads that stand nowhere (`AWAY`) or were put back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from leadline.eventstore.database import Cursor, transaction
from leadline.eventstore.schema import sql
from leadline.kernel.clock import from_micros


class Kind(StrEnum):
    """Why a row was noted."""

    LOAD = "load"  # a segment was loaded
    MIDNIGHT = "midnight"  # decay, of everybody
    PUBLISH = "publish"  # another ruleset came in force
    RESCORE = "rescore"  # somebody asked for it
    AS_OF = "as_of"  # scores of another day; stages stay
    EDGES = "edges"  # identities were moved by hand, or a traffic rule changed
    SALES = "sales"  # sales said something, or what it said ran out
    NOISE = "noise"  # from here on these leads are robots, our own people, or refuse profiling
    MERGED = "merged"  # from here on they are merged by hand
    GONE = "gone"  # merged by events: what was remembered of them is forgotten
    BACK = "back"  # put back to the stage that they had at `at`: a merge by hand was taken back


AWAY = frozenset({Kind.NOISE, Kind.MERGED, Kind.GONE})
NO_EVALUATION = AWAY | {Kind.BACK}


@dataclass(frozen=True, slots=True)
class Note:
    """A row to be written. `leads` is None for everybody."""

    kind: Kind
    at: datetime
    leads: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row.

    Attributes:
        seq: their order.
        at: the instant evaluated. The clock of segments, which may lag behind that of the wall.
        load_seq, edge_id, said: the newest load, identity edge and word of sales that were known.
        leads: whom it concerned; None is everybody.
    """

    seq: int
    at: datetime
    kind: Kind
    load_seq: int
    edge_id: int
    ruleset: int
    leads: tuple[int, ...] | None
    said: int = 0

    @property
    def evaluates(self) -> bool:
        """Whether stages were evaluated."""
        return self.kind not in NO_EVALUATION and self.kind is not Kind.AS_OF


def note(
    cursor: Cursor, kind: Kind, at: datetime, ruleset: int, leads: Sequence[int] | None = None, said: int = 0
) -> None:
    """Note one row; the same row again, right after it, is not noted twice."""
    note_all(cursor, [Note(kind, at, leads)], ruleset, said)


def note_all(cursor: Cursor, notes: Sequence[Note], ruleset: int, said: int = 0) -> None:
    """Note these rows in one transaction. They are skipped when the journal ends with them: a step that is repeated
    after a crash leaves one."""
    rows = [_values(each, ruleset, said) for each in notes]
    with transaction(cursor):
        if rows and not _ends_with(cursor, rows):
            for row in rows:
                cursor.execute(sql("journal_note"), row)


def journal(cursor: Cursor, after: int = 0) -> list[JournalRow]:
    """Every row after a number, in order."""
    return [_row(row) for row in cursor.execute(f"{READ} WHERE seq > ? ORDER BY seq", [after]).fetchall()]


def journal_of(cursor: Cursor, leads: Sequence[int]) -> list[JournalRow]:
    """The rows that concern one of these leads or everybody, and all loads, in order; of the leads only these."""
    rows = cursor.execute(sql("journal_of"), {"leads": list(leads)}).fetchall()
    return [_row(row) for row in rows]


def row_at(cursor: Cursor, moment: datetime) -> JournalRow | None:
    """The last evaluation at or before a moment; None before the first."""
    found = cursor.execute(sql("journal_at"), {"moment": _naive(moment)}).fetchone()
    return _row(found) if found else None


def begun_at(cursor: Cursor, edge_id: int) -> datetime | None:
    """When an evaluation of edges after this one was begun that the journal ends with: it died, and is done again as of
    then."""
    found = cursor.execute(f"{READ} ORDER BY seq DESC LIMIT 1").fetchone()
    last = _row(found) if found else None
    return last.at if last and last.kind is Kind.EDGES and last.edge_id > edge_id else None


READ = "SELECT seq, epoch_us(evaluated_at), kind, load_seq, edge_id, ruleset, leads, said FROM evaluations"


def _values(each: Note, ruleset: int, said: int) -> dict[str, Any]:
    leads = None if each.leads is None else list(each.leads)
    return {"at": _naive(each.at), "kind": each.kind.value, "ruleset": ruleset, "leads": leads, "said": said}


def _ends_with(cursor: Cursor, rows: Sequence[dict[str, Any]]) -> bool:
    last = cursor.execute(sql("journal_last"), {"most": len(rows)}).fetchall()
    wanted = [(row["at"], row["kind"], row["ruleset"], row["leads"]) for row in reversed(rows)]
    return len(last) == len(wanted) and last == wanted


def _row(row: tuple[Any, ...]) -> JournalRow:
    seq, micros, kind, load_seq, edge_id, ruleset, leads, said = row
    at = from_micros(micros)
    return JournalRow(seq, at, Kind(kind), load_seq, edge_id, ruleset, None if leads is None else tuple(leads), said)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
