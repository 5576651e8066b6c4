"""What a board says now: its reports run, without what its readers may not see. The same for PDF and mail."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from leadline.analytics.models import Annotation, Board, Pin
from leadline.analytics.periods import local_today, parse_period
from leadline.analytics.report import Report, Table, ValueKind
from leadline.analytics.sharing import PERSONAL
from leadline.analytics.written import write
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.running import run_report

SOMEBODY = "some people"
UNTOLD = "This report can't be shown."
"""For who is no user: a segment, and what is wrong with it, may name a person, a company or a seller."""


@dataclass(frozen=True)
class Pinned:
    """One report of a board. `trouble` says why there is none."""

    title: str
    report: Report | None
    period: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class BoardAnswer:
    """A board's reports as of a moment.

    Attributes:
        left_out: tables that name people and were left out.
    """

    title: str
    pins: tuple[Pinned, ...]
    as_of: datetime
    zone: str
    annotations: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def left_out_words(self) -> str:
        """Said where a table was left out; else empty."""
        if not self.left_out:
            return ""
        return f"Left out, because they name people and not every reader is a user: {', '.join(self.left_out)}."

    @property
    def made(self) -> str:
        """As of when, in the zone."""
        return f"{write(self.as_of, ValueKind.MOMENT, zone=ZoneInfo(self.zone))} ({self.zone})"


def answer_board(engine: Engine, board: Board, now: datetime, zone: str = "", *, personal: bool = False) -> BoardAnswer:
    """Run every report of a board. One that can't be run says why; the others are there.

    Args:
        zone: that moments are told in; the reporting zone without one. Days are those of each report.
        personal: with the tables that name people, and the words of segments.
    """
    pins = [_answered(engine, pin, now, personal=personal) for pin in board.pins.all()]
    left_out: list[str] = []
    if not personal:
        pins = [_impersonal(pin, left_out) for pin in pins]
    return BoardAnswer(
        board.name, tuple(pins), now, zone or settings.REPORTING_ZONE, annotations(), tuple(dict.fromkeys(left_out))
    )


def _answered(engine: Engine, pin: Pin, now: datetime, *, personal: bool) -> Pinned:
    try:
        report = run_report(engine, pin.report, pin.wanted, now)
    except (LeadlineError, KeyError) as error:
        return Pinned(pin.title or pin.report, None, trouble=str(error) if personal else UNTOLD)
    return Pinned(pin.title or report.question, report, _period_words(report, now, personal=personal))


def _period_words(report: Report, now: datetime, *, personal: bool) -> str:
    """The days that it is about, and of whom."""
    zone, text = report.wanted.get("zone", "UTC"), report.wanted.get("period", "")
    if not text:
        return ""
    period = parse_period(text, local_today(now, zone), zone)
    days = f"{write(period.first, ValueKind.DAY)} to {write(period.last, ValueKind.DAY)}, days in {zone}"
    segment = report.wanted.get("segment", "")
    return f"{days}, only {segment if personal else SOMEBODY}" if segment else days


def is_personal(table: Table) -> bool:
    """Whether it names people."""
    return table.personal or any(column.kind in PERSONAL for column in table.columns)


def _impersonal(pin: Pinned, left_out: list[str]) -> Pinned:
    if pin.report is None:
        return pin
    left_out += [table.title for table in pin.report.tables if is_personal(table)]
    kept = tuple(table for table in pin.report.tables if not is_personal(table))
    names = {table.name for table in kept}
    charts = tuple(wish for wish in pin.report.charts if wish.table in names)
    return replace(pin, report=replace(pin.report, tables=kept, charts=charts))


def annotations() -> tuple[tuple[str, str], ...]:
    """What happened on which day: (ISO day, words), in order."""
    rows = Annotation.objects.order_by("day", "pk").values_list("day", "text")
    return tuple((day.isoformat(), text) for day, text in rows)
