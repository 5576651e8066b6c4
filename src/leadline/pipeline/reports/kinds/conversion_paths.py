"""Conversion paths: the sequences of touches that an attribution's numbers are made of."""

from collections.abc import Sequence

from leadline.analytics.crediting import grouped
from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import PERIOD, SEGMENT, Parameter, ParameterKind, Wanted
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.unknown_names import unknown_note
from leadline.eventstore.paths import Dimension
from leadline.pipeline.reports.attributing import (
    CONVERSION,
    DIMENSION,
    LOOKBACK,
    NOBODY,
    goal_label,
    goal_of,
    money_notes,
    paths_of,
)
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.sources import Sources, channel_rules

QUESTION = "Which ways led to the conversions?"
DEFINITION = (
    "The touches before each conversion of the period, no longer ago than the lookback, in order; those of the same "
    "kind in a row are one step. Days are from the first touch to the conversion."
)
DAY = 86_400
CHANNEL = Parameter("channel", ParameterKind.TEXT, "", "through", "Only paths through it.", suggests="channels")
DIMENSION_LABELS = dict(DIMENSION.choices)
SHOWN = Parameter("shown", ParameterKind.WHOLE, "100", "showing", "How many paths at most.")
COLUMNS = (
    Column("path", "Path"),
    Column("conversions", "Conversions", ValueKind.COUNT),
    Column("share", "Share", ValueKind.SHARE),
    Column("revenue", "Revenue", ValueKind.MONEY),
    Column("touches", "Median touches", ValueKind.NUMBER),
    Column("seconds", "Median time", ValueKind.SECONDS),
)


def compute(sources: Sources, wanted: Wanted) -> Report:
    """One row a path, the most frequent first."""
    goal = goal_of(sources, wanted.text("conversion"))
    if not wanted.whole("shown"):
        raise ParameterError("can't be 0.", advice="Use a number from 1 on.", parameter=SHOWN.name)
    found = paths_of(sources, wanted, goal, Dimension(wanted.text("dimension"))).reached
    groups = grouped(found, wanted.text("channel"))
    rows: list[tuple[Value, ...]] = [
        (
            " > ".join(group.names) or NOBODY,
            group.conversions,
            group.conversions / found.count,
            group.value,
            group.median_touches,
            None if group.median_days is None else group.median_days * DAY,
        )
        for group in groups[: wanted.whole("shown")]
    ]
    note = f"The {len(rows):,} most frequent of {len(groups):,} paths." if len(rows) < len(groups) else ""
    table = Table("paths", f"Ways to each {goal_label(goal)}", COLUMNS, tuple(rows), note)
    told = sum(group.conversions for group in groups)
    figures = (
        Figure("conversions", "Conversions by these paths", told, ValueKind.COUNT),
        Figure("paths", "Different paths", len(groups), ValueKind.COUNT, better=""),
    )
    chart = ChartWish("bars", "paths", "path", ("conversions",), title=table.title, options={"horizontal": "1"})
    notes = (*_channel_notes(sources, wanted, found.names), *money_notes(sources, wanted, goal))
    return Report(KIND.name, f"Which ways led to each {goal_label(goal)}?", DEFINITION, wanted.texts, sources.now,
                  figures, (table,), (chart,), notes, sources.currency)  # fmt: skip


def _channel_notes(sources: Sources, wanted: Wanted, names: Sequence[str]) -> tuple[str, ...]:
    """What to say when no touch is of what the paths should go through, and the rules give no such channel either."""
    name, dimension = wanted.text("channel"), wanted.text("dimension")
    known = (*names, *channel_rules(sources).channels) if dimension == Dimension.CHANNEL else tuple(names)
    if not name or name in known:
        return ()
    return (unknown_note(f"No touch has the {DIMENSION_LABELS[dimension]} {name!r}", name, known),)


KIND = ReportKind(
    "conversion-paths",
    "Conversion paths",
    QUESTION,
    DEFINITION,
    compute,
    (PERIOD, CONVERSION, DIMENSION, LOOKBACK, CHANNEL, SHOWN, SEGMENT),
)
