"""Reports on an open installation: computed once for what is asked and known, kept, and given to whoever asks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from leadline.analytics.parameters import SEGMENT, Parameter, Wanted, read_wanted
from leadline.analytics.periods import local_today
from leadline.analytics.report import Report
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import stamp
from leadline.pipeline.reports.catalogue import ReportKind, kind_of, kinds
from leadline.pipeline.reports.moment import one_moment
from leadline.pipeline.reports.names import segment_notes, step_notes
from leadline.pipeline.reports.shelf import Key
from leadline.pipeline.reports.sources import Sources


def run_report(
    engine: Engine, name: str, given: Mapping[str, str], now: datetime | None = None, *, fresh: bool = False
) -> Report:
    """The report of that name for what is asked.

    Args:
        fresh: compute it again whatever is kept.

    Raises:
        NotFoundError: there is none of that name.
        TerminalError: what is asked can't be read.
    """
    at = now or utc_now()
    kind = kind_of(name)
    wanted = read_wanted(kind.all_parameters, given, at, settings.REPORTING_ZONE)
    if fresh:
        return _computed(engine, kind, wanted, at)
    with engine.reports.one_at_a_time(_key(kind, wanted, at)):  # a page asks for its parts at once
        kept = engine.reports.find(_key(kind, wanted, at), at, partial(stamp, engine))
        return kept or _computed(engine, kind, wanted, at)


def kept_report(engine: Engine, name: str, given: Mapping[str, str], now: datetime | None = None) -> Report | None:
    """The report if it was computed and still holds, at once: pages show others when they are ready.

    Raises:
        NotFoundError: there is none of that name.
        TerminalError: what is asked can't be read.
    """
    at = now or utc_now()
    kind = kind_of(name)
    wanted = read_wanted(kind.all_parameters, given, at, settings.REPORTING_ZONE)
    return engine.reports.find(_key(kind, wanted, at), at, partial(stamp, engine))


def _key(kind: ReportKind, wanted: Wanted, at: datetime) -> Key:
    """Tomorrow the same words mean other days, and who was too young to count is so no more."""
    return kind.name, wanted.period, local_today(at, wanted.zone), tuple(sorted(wanted.texts.items()))


def _computed(engine: Engine, kind: ReportKind, wanted: Wanted, at: datetime) -> Report:
    cleared = engine.reports.cleared
    with engine.store.cursor() as cursor, one_moment(engine, cursor, doings=kind.reads_doings) as known:
        sources = Sources(cursor, engine.ruleset, at, settings.CURRENCY, wanted.zone)
        report = _noted(sources, kind, wanted, kind.compute(sources, wanted))
    engine.reports.keep(_key(kind, wanted, at), known, report, cleared)
    return report


def _noted(sources: Sources, kind: ReportKind, wanted: Wanted, computed: Report) -> Report:
    """With what is to be said of names that nothing has."""
    own = step_notes(sources, kind.parameters, wanted) if kind.reads_doings else ()
    personal = segment_notes(sources, wanted.texts.get(SEGMENT.name, ""))
    return replace(computed, notes=(*own, *personal, *computed.notes), personal_notes=personal)


def report(engine: Engine, name: str, wanted: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A report as JSON takes it, always of this moment."""
    return run_report(engine, name, wanted or {}, fresh=True).as_dict()


def report_kinds(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every report with what it can be asked."""
    return [_described(kind) for kind in kinds().values()]


def _described(kind: ReportKind) -> dict[str, Any]:
    asked = {"name": kind.name, "label": kind.label, "question": kind.question, "definition": kind.definition}
    return {**asked, "parameters": [_parameter(each) for each in kind.all_parameters]}


def _parameter(each: Parameter) -> dict[str, Any]:
    choices = [value for value, _ in each.choices]
    return {"name": each.name, "kind": each.kind.value, "default": each.default, "help": each.help, "choices": choices}
