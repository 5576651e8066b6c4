"""A journal for times of which there is none: an installation that was upgraded has loads from before.

Each load is taken to have been evaluated when its last record came in, for whom it brought something, under the ruleset
that was in force, and everybody at each UTC midnight between. What was moved by hand counts with the load before it,
and who is a robot, one of our own people or refuses profiling now is taken to have always done so.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from leadline.eventstore import journal
from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import JournalRow, Kind
from leadline.eventstore.schema import sql
from leadline.kernel.clock import midnight, utc_day
from leadline.scoring.models import RulesetActivation
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Lead
from leadline.tracking.set_aside import SCORED

DAY = timedelta(days=1)


def walkable(cursor: Cursor, ruleset: Ruleset) -> list[JournalRow]:
    """The journal, and before it what is assumed for the loads that it does not know.

    Args:
        ruleset: for times before the first activation.
    """
    noted = journal.journal(cursor)
    first = next((row.load_seq for row in noted if row.kind is Kind.LOAD), None)
    assumed = list(_assumed(cursor, first, ruleset))
    return [*_with_midnights(assumed, noted[0].at if noted and assumed else None), *noted]


def _assumed(cursor: Cursor, before: int | None, ruleset: Ruleset) -> Iterator[JournalRow]:
    rows = cursor.execute(sql("assumed_loads"), {"before": before}).fetchall()
    if not rows:
        return
    activations = list(RulesetActivation.objects.order_by("at").values_list("at", "ruleset_id"))
    noise = _noise(lead for row in rows for lead in row[3] or ())
    for load_seq, micros, edge_id, leads in rows:
        at = micros.replace(tzinfo=UTC)
        number = next((number for since, number in reversed(activations) if since <= at), ruleset.number)
        judged = tuple(sorted(set(leads or ()) - noise))
        yield JournalRow(0, at, Kind.LOAD, load_seq, edge_id, number, judged)


def _noise(leads: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(set(leads)):
        found |= set(Lead.objects.filter(pk__in=some).exclude(SCORED).values_list("pk", flat=True))
    return found


def _with_midnights(rows: Sequence[JournalRow], until: datetime | None) -> Iterator[JournalRow]:
    for place, row in enumerate(rows):
        yield row
        last = place + 1 == len(rows)
        end = until if last else rows[place + 1].at
        due = midnight(utc_day(row.at)) + DAY
        while end is not None and (due < end if last else due <= end):
            yield JournalRow(0, due, Kind.MIDNIGHT, row.load_seq, row.edge_id, row.ruleset, None)
            due += DAY
