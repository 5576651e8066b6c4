"""A tick: every closed segment through its steps, in order, and every UTC midnight that has passed.

Midnights fall where they belong between segments: before a segment of a later day is taken in, the midnights up to it
are evaluated. So the same segments give the same transitions, however ticks cut them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from leadline.kernel.clock import from_micros, midnight, utc_day
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.rescoring import catch_up_edges, evaluate_everyone
from leadline.pipeline.segment import STEPS, SegmentRun
from leadline.tracking.spool.segments import closed_segments

DAY = timedelta(days=1)


@dataclass
class TickReport:
    """What a tick did, and where its time went (seconds by step)."""

    segments: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    midnights: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def tick(engine: Engine, now: datetime, after_segment: Callable[[TickReport], None] | None = None) -> TickReport:
    """Do everything that is due at `now`.

    Args:
        after_segment: called after each segment, for progress bars.
    """
    report = TickReport()
    with engine.lock:
        for path in closed_segments(engine.spool):
            _pass_midnights(engine, min(segment_began(path), now), report)
            _take(engine, path, report)
            if after_segment:
                after_segment(report)
        _pass_midnights(engine, now, report)
        catch_up_edges(engine, now)
    return report


def segment_began(path: Path) -> datetime:
    """When the first record of a segment came in, as its name says."""
    return from_micros(int(path.name.split("-", 1)[0]))


def _take(engine: Engine, path: Path, report: TickReport) -> None:
    with engine.store.cursor() as cursor:
        run = SegmentRun(engine, cursor, path)
        for step in STEPS:
            began = time.perf_counter()
            step(run)
            report.seconds[step.__name__] = report.seconds.get(step.__name__, 0.0) + time.perf_counter() - began
    report.segments += 1
    report.quarantined += run.taken.quarantined
    if run.loaded:
        report.stored += run.loaded.stored
        report.duplicates += run.loaded.duplicates


def _pass_midnights(engine: Engine, until: datetime, report: TickReport) -> None:
    """Evaluate every lead at each UTC midnight after the last one that was evaluated, up to `until`."""
    mark = current_mark()
    if mark.evaluated_to is None:
        mark.evaluated_to = midnight(utc_day(until))
        mark.save(update_fields=["evaluated_to"])
    due = mark.evaluated_to + DAY
    while due <= until:
        evaluate_everyone(engine, due)
        report.midnights += 1
        due += DAY
