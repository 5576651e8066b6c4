"""Keeps the tables that reports and lists read up to date: made at first use, and then of the leads that changed.

What changed is noted by whoever writes (`changes.py`) and read here, off the path of ticks, when somebody next asks.
Whoever reads the tables meanwhile sees them as they were.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC

import pyarrow as pa
from django.conf import settings

from leadline.analytics.channel_rules import read_rules, rules_digest
from leadline.analytics.currencies import current_rates, rates_digest
from leadline.analytics.periods import local_today
from leadline.eventstore import projections
from leadline.eventstore.database import Cursor
from leadline.eventstore.projections import CONVERSION_ROWS, Given
from leadline.pipeline.changes import Changes
from leadline.pipeline.engine import Engine
from leadline.pipeline.projected_records import conversions_query, moves_query, people_query
from leadline.pipeline.record_rows import read_all, read_some
from leadline.pipeline.reports.shelf import Stamp
from leadline.tracking.models import EventSource

MANY = 2_000
"""So many changed standings are read while a list waits; more are left to `ProjectionKeeper`."""
EVERYBODY_SHARE = 4
"""When more than one in so many changed, everybody is read again: that takes no longer."""


def stamp(engine: Engine) -> Stamp:
    """What the tables stand for once they are up to date: equal stamps, equal tables."""
    return (engine.changes.version, *definitions(engine))


def definitions(engine: Engine) -> Stamp:
    """What else than rows the tables are made by: channel rules, and rates into the reporting currency."""
    return (rules_digest(engine.ruleset.domains.own), rates_digest())


def bring_up_to_date(engine: Engine) -> Stamp:
    """Read what changed. Returns what the tables stand for."""
    with engine.projecting:
        now = stamp(engine)
        if engine.projected == now:
            return now
        changes = engine.changes.take()
        try:
            with engine.store.cursor() as cursor:
                _apply(engine, cursor, changes, same=_same_definitions(engine.projected, now))
        except BaseException:
            engine.changes.note_everybody()
            raise
        engine.projected = now
        return now


def have_ready(engine: Engine) -> None:
    """Have the tables there, for lists. What sales said is in them; for visits they may lag behind as long as
    `ProjectionKeeper` reads them, which it is asked to."""
    if engine.projected is None:
        bring_up_to_date(engine)
    elif engine.keeping.is_set() and engine.changes.takes_long(MANY):
        engine.changes.wanted.set()
    elif engine.projecting.acquire(blocking=False):
        try:
            bring_up_to_date(engine)
        finally:
            engine.projecting.release()


def _same_definitions(before: object, now: Stamp) -> bool:
    return isinstance(before, tuple) and before[1:] == now[1:]


def _apply(engine: Engine, cursor: Cursor, changes: Changes, *, same: bool) -> None:
    rules = read_rules(engine.ruleset.domains.own)
    if changes.all_touched or not same:
        projections.fill(cursor, _everything(), rules)
        return
    touched = changes.touched | projections.people_of(cursor, changes.accounts)
    if _is_most(cursor, len(touched)):
        projections.fill(cursor, _everything(), rules)
        return
    if touched:
        projections.replace(cursor, sorted(touched), _of(touched), rules)
    rescored = changes.rescored - touched
    if changes.all_rescored or _is_most(cursor, len(rescored)):
        projections.fill_standings(cursor, _standings(), rules)
    elif rescored:
        projections.replace_standings(cursor, sorted(rescored), _standings(rescored), rules)


def _is_most(cursor: Cursor, count: int) -> bool:
    return count > MANY and count * EVERYBODY_SHARE > projections.count_people(cursor)


def _everything() -> Given:
    return Given(read_all(people_query()), read_all(moves_query()), _valued(read_all(conversions_query())), _sources())


def _of(leads: Iterable[int]) -> Given:
    made = _valued(read_some(conversions_query(), leads))
    return Given(read_some(people_query(), leads), read_some(moves_query(), leads), made, _sources())


def _standings(leads: Iterable[int] | None = None) -> Given:
    if leads is None:
        return Given(read_all(people_query()), read_all(moves_query()), (), _sources())
    return Given(read_some(people_query(), leads), read_some(moves_query(), leads), (), _sources())


def _sources() -> dict[int, str]:
    return dict(EventSource.objects.values_list("pk", "name"))


def _valued(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """With the value in the reporting currency at the rate of the day, days being those of reports."""
    rates, zone = current_rates(), settings.REPORTING_ZONE
    for table in tables:
        made = zip(*(table.column(name).to_pylist() for name in ("amount", "currency", "converted_at")), strict=True)
        values = [
            None if amount is None else rates.value(amount, currency, local_today(at.replace(tzinfo=UTC), zone))
            for amount, currency, at in made
        ]
        yield table.append_column("value", pa.array(values, CONVERSION_ROWS.field("value").type))
