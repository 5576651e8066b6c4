"""One moment for all queries of a report: its figures and tables agree, whatever comes in while it is computed."""

from collections.abc import Iterator
from contextlib import contextmanager

from leadline.eventstore.database import Cursor
from leadline.eventstore.doings import begin_reading_doings
from leadline.eventstore.reading import begin_reading
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import bring_up_to_date
from leadline.pipeline.reports.shelf import Stamp


@contextmanager
def one_moment(engine: Engine, cursor: Cursor, *, doings: bool = False) -> Iterator[Stamp]:
    """Bring the tables up to date, and read them and the store as they are then. Gives what the tables stand for.

    Args:
        doings: what people did (`eventstore/doings.py`) is read, too, and is brought up to date before.
    """
    with engine.projecting:  # or somebody brings them further, and they are not what the stamp says
        known = bring_up_to_date(engine)
        begin = begin_reading_doings if doings else begin_reading
        begin(cursor)
    try:
        yield known
    finally:
        cursor.rollback()  # only temporary tables were written
