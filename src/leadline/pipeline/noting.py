"""What the pipeline notes in the journal of evaluations, so that a replay can walk them again."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import Kind, Note, note, note_all
from leadline.pipeline.engine import Engine
from leadline.qualification.models import SalesAction
from leadline.qualification.resting import absent
from leadline.scoring.ruleset import Ruleset


def newest_word() -> int:
    """The number of the newest word of sales. To be asked before leads are judged."""
    found = SalesAction.objects.aggregate(newest=Max("pk"))["newest"]
    return int(found or 0)


def note_everyone(cursor: Cursor, ruleset: Ruleset, kind: Kind, at: datetime) -> None:
    """Everybody is evaluated at `at`."""
    note(cursor, kind, at, ruleset.number, said=newest_word())


def note_leads(
    cursor: Cursor,
    ruleset: Ruleset,
    kind: Kind,
    at: datetime,
    leads: Sequence[int],
    judged: Sequence[int],
    said: int,
) -> None:
    """Some leads are evaluated at `at`; the rest of `leads` were found to stand nowhere. Before they are written."""
    away = absent(set(leads) - set(judged))
    rows = [(Kind.GONE, away.gone), (Kind.MERGED, away.merged), (Kind.NOISE, away.noise)]
    notes = [Note(each, at, found) for each, found in rows if found]
    note_all(cursor, [*notes, Note(kind, at, list(judged))], ruleset.number, said)


def note_put_back(engine: Engine, leads: Sequence[int], to: datetime) -> None:
    """These leads were put back to the stages that they had at a moment (`resting.step_back`)."""
    if leads:
        with engine.store.cursor() as cursor:
            note(cursor, Kind.BACK, to, engine.ruleset.number, leads, newest_word())
