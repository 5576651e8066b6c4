"""The drop-off: who reached a step of a funnel and not the next."""

import numpy as np

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import Parameter, ParameterKind, Wanted
from leadline.analytics.report import Column, Figure, Report, Table, Value, ValueKind
from leadline.eventstore.funnel_arrays import Ints
from leadline.eventstore.standing_rows import standing_rows
from leadline.kernel.clock import from_micros, to_micros
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.funnels import PARAMETERS, FunnelAnswer, ask_funnel, labels_of, notes_of
from leadline.pipeline.reports.sources import Sources

QUESTION = "Who stopped at a step?"
DEFINITION = (
    "People who reached the step and did not reach the one after it, by the funnel's rules; who reached it last stands "
    "first."
)
LISTED = 1_000
STEP = Parameter("step", ParameterKind.WHOLE, "1", "stopped at step", "The step that they reached, from 1.")
COLUMNS = (
    Column("lead", "Lead", ValueKind.LEAD),
    Column("reached_at", "Reached the step", ValueKind.MOMENT),
    Column("began_at", "Began", ValueKind.MOMENT),
    Column("still_open", "May still go on"),
    Column("stage", "Stage", ValueKind.STAGE),
    Column("grade", "Grade"),
    Column("total", "Score", ValueKind.POINTS),
)
MILLIONTH = 1_000_000


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a person."""
    answer = ask_funnel(sources, wanted)
    step = _step(answer, wanted.whole("step"))
    rows = _stopped(answer, step)
    named = labels_of(answer.query)
    title = f"Reached “{named[step - 1]}”, not “{named[step]}”"
    note = f"The newest {LISTED:,} of {len(rows):,}." if len(rows) > LISTED else ""
    people = _people(sources, answer, step, rows[:LISTED])
    figure = Figure("stopped", "Stopped here", len(rows), ValueKind.COUNT, title, better="down")
    table = Table("people", title, COLUMNS, people, note, personal=True)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, (figure,), (table,),
                  notes=notes_of(answer))  # fmt: skip


def _step(answer: FunnelAnswer, step: int) -> int:
    last = len(answer.query.steps) - 1
    if not 1 <= step <= last:
        raise ParameterError(f"Nobody can stop at step {step}.", advice=f"Name a step from 1 to {last}.")
    return step


def _stopped(answer: FunnelAnswer, step: int) -> Ints:
    """Rows of the step's people, newest first."""
    reached, following = answer.reached.steps[step - 1], answer.reached.steps[step]
    rows = np.flatnonzero(~np.isin(reached.lead, following.lead, assume_unique=True))
    return rows[np.lexsort((reached.lead[rows], -reached.at[rows]))]


def _people(sources: Sources, answer: FunnelAnswer, step: int, rows: Ints) -> tuple[tuple[Value, ...], ...]:
    reached = answer.reached.steps[step - 1]
    leads = reached.lead[rows].tolist()
    standing = standing_rows(sources.cursor, leads)
    open_since = to_micros(sources.now) - answer.query.funnel.window
    return tuple(
        (lead, from_micros(at), from_micros(began), "yes" if began > open_since else "no", *_standing(standing, lead))
        for lead, at, began in zip(leads, reached.at[rows].tolist(), reached.started[rows].tolist(), strict=True)
    )


def _standing(standing: dict[int, tuple[str | None, str | None, int | None]], lead: int) -> tuple[Value, Value, Value]:
    stage, grade, total = standing.get(lead, (None, None, None))
    return stage, grade, None if total is None else total / MILLIONTH


KIND = ReportKind("drop-off", "Drop-off", QUESTION, DEFINITION, compute, (*PARAMETERS, STEP), reads_doings=True)
