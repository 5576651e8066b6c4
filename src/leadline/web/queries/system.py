"""The system page: how far behind the pipeline is, what became of messages, and what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count

from leadline.kernel.clock import from_micros
from leadline.kernel.errors import TransientError
from leadline.pipeline import runtime
from leadline.pipeline.commands import status
from leadline.pipeline.models import Job
from leadline.tracking.collector.state import CollectorState, read_state
from leadline.tracking.models import QuarantinedMessage

LATE_SECONDS = 60
REASONS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not work: what, since when (if known), what still works, what to do."""

    what: str
    advice: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One live collector."""

    process: str
    trouble: str
    free_bytes: int
    waiting: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SystemReport:
    """What the page shows. `counts` is empty while the pipeline has not started."""

    counts: Mapping[str, float]
    by_stage: Mapping[str, int]
    troubles: Sequence[Trouble]
    workers: Sequence[Worker]
    refused: Mapping[str, int]
    noise: Mapping[str, int]

    @property
    def flagged(self) -> int:
        """Events of robots and of our own people."""
        return sum(self.noise.values())

    @property
    def is_late(self) -> bool:
        """Whether events wait for longer than they should."""
        return self.counts.get("spool_lag_seconds", 0) > LATE_SECONDS


def system_report() -> SystemReport:
    """As of now."""
    collectors = read_state(Path(settings.DATA))
    counts, troubles = _pipeline()
    return SystemReport(
        counts={name: value for name, value in counts.items() if isinstance(value, int | float)},
        by_stage=counts.get("by_stage", {}),
        troubles=[*_collector_troubles(collectors), *troubles],
        workers=[
            Worker(pid, each.trouble, each.free_bytes, each.pending_records, from_micros(each.updated_micros))
            for pid, each in sorted(collectors.workers.items())
        ],
        refused=dict(sorted(collectors.totals.refused.items())),
        noise=counts.get("noise", {}),
    )


def failed_jobs(limit: int) -> list[Job]:
    """The latest pieces of long work that failed."""
    return list(Job.objects.filter(state="failed").order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    """How many messages are held for one reason."""

    code: str
    count: int


def quarantine_reasons() -> list[QuarantineReason]:
    """The reasons, the most frequent first."""
    held = QuarantinedMessage.objects.filter(replayed_at=None)
    rows = held.values_list("code").annotate(count=Count("pk")).order_by("-count", "code")
    return [QuarantineReason(code, count) for code, count in rows[:REASONS_SHOWN]]


def latest_quarantined(size: int) -> list[QuarantinedMessage]:
    """What went to quarantine last and is still there. Bodies stay sealed."""
    held = QuarantinedMessage.objects.filter(replayed_at=None).select_related("source").defer("body", "headers")
    return list(held.order_by("-received_at", "-id")[:size])


def _pipeline() -> tuple[dict[str, Any], list[Trouble]]:
    try:
        running = runtime.running()
    except TransientError as error:
        return {}, [Trouble(error.message, error.advice)]
    return status(running.engine), list(_ticker_troubles(running))


def _ticker_troubles(running: runtime.Runtime) -> Iterator[Trouble]:
    ticker = running.ticker
    if ticker.trouble:
        advice = "Events are still collected; scores stand still until it succeeds. It is tried again by itself."
        yield Trouble(f"The pipeline failed {ticker.failures} times: {ticker.trouble}", advice, ticker.trouble_since)
    if running.notifications.trouble:
        advice = "Events and scores are not affected. What was noticed is kept; it is tried again by itself."
        yield Trouble(f"Notifications could not be looked after: {running.notifications.trouble}", advice)


def _collector_troubles(state: CollectorState) -> Iterator[Trouble]:
    if state.trouble:
        yield Trouble(
            f"The collector takes no events: {state.trouble}",
            "Pages and scores still work; clients keep their events and try again. Free disk space on the data folder.",
        )
