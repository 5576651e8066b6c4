"""A tick: every closed segment through its steps, in order, and every UTC midnight that has passed.

Midnights fall where they belong between segments: before a segment of a later day is taken in, the midnights up to it
are evaluated. So the same segments give the same transitions, however ticks cut them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from leadline.eventstore.loads import loaded_names
from leadline.kernel.clock import midnight, utc_day
from leadline.pipeline.assigning import assign_waiting
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.promises import end_overrides, note_breaches
from leadline.pipeline.rescoring import catch_up_edges, evaluate_everyone
from leadline.pipeline.segment import STEPS, SegmentRun, discard, is_finished, segment_began
from leadline.scoring import service
from leadline.tracking.spool.segments import closed_segments

DAY = timedelta(days=1)
LET_IN_SECONDS = 0.001
"""Between two segments whoever waits for the lock gets it: a backlog of hours must not keep every click waiting."""
Stopping = Callable[[], bool]


@dataclass
class TickReport:
    """What a tick did, and where its time went (seconds by step)."""

    segments: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    midnights: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def _never() -> bool:
    return False


def tick(
    engine: Engine,
    now: datetime,
    after_segment: Callable[[TickReport], None] | None = None,
    stopping: Stopping = _never,
) -> TickReport:
    """Do everything that is due at `now`.

    Args:
        after_segment: called after each segment, for progress bars.
        stopping: asked before each segment and each midnight; True leaves the rest for the next tick.
    """
    report = TickReport()
    with engine.lock:
        paths = _waiting(engine)
    for path in paths:
        with engine.lock:
            if not path.exists():  # whoever was let in has ticked
                continue
            _pass_midnights(engine, min(segment_began(path), now), report, stopping)
            if stopping():
                return report
            _take(engine, path, now, report)
        if after_segment:
            after_segment(report)
        time.sleep(LET_IN_SECONDS)
    with engine.lock:
        if current_mark().load_seq:  # else there is nobody yet, and the first segment may be from long ago
            _pass_midnights(engine, now, report, stopping)
        if not stopping():
            catch_up_edges(engine, now)
            _catch_up_ruleset(engine, now)
            assign_waiting(engine, now)
            note_breaches(engine, now)
    return report


def _waiting(engine: Engine) -> list[Path]:
    """Closed segments in their order; but first the one that a run left half done. An earlier one may have been closed
    since then, and would pass the mark over it."""
    paths = closed_segments(engine.spool)
    if not paths:
        return []
    with engine.store.cursor() as cursor:
        begun = loaded_names(cursor, current_mark().load_seq)
    return sorted(paths, key=lambda path: path.name not in begun)


def _take(engine: Engine, path: Path, now: datetime, report: TickReport) -> None:
    with engine.store.cursor() as cursor:
        run = SegmentRun(engine, cursor, path, lambda at: _pass_midnights(engine, min(at, now), report, _never))
        for step in (discard,) if is_finished(run) else STEPS:
            began = time.perf_counter()
            step(run)
            report.seconds[step.__name__] = report.seconds.get(step.__name__, 0.0) + time.perf_counter() - began
    report.segments += 1
    if run.intake:
        report.quarantined += run.intake.quarantined
    if run.loaded:
        report.stored += run.loaded.stored
        report.duplicates += run.loaded.duplicates


def _pass_midnights(engine: Engine, until: datetime, report: TickReport, stopping: Stopping) -> None:
    """Evaluate every lead at each UTC midnight after the last one that was evaluated, up to `until`."""
    mark = current_mark()
    if mark.evaluated_to is None:
        mark.evaluated_to = midnight(utc_day(until))
        mark.save(update_fields=["evaluated_to"])
    due = mark.evaluated_to + DAY
    while due <= until and not stopping():
        end_overrides(engine, due)
        evaluate_everyone(engine, due)
        report.midnights += 1
        due += DAY
    if due > until:
        end_overrides(engine, until)


def _catch_up_ruleset(engine: Engine, now: datetime) -> None:
    """Everybody again, when a ruleset was put in force and nobody was scored with it yet: by somebody who did not wait,
    or who died."""
    if service.number_in_force() != engine.ruleset.number:
        engine.use(service.in_force())
    scored_with = current_mark().ruleset
    if scored_with and scored_with != engine.ruleset.number:
        evaluate_everyone(engine, now)
