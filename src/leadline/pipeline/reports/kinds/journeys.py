"""Journeys: the ways that people take."""

import numpy as np
from numpy.typing import NDArray

from leadline.analytics.journeys import PathRules, Scope, Side
from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind, Wanted
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.segments import parse_segment
from leadline.analytics.steps import listed, parse_step, parse_steps
from leadline.eventstore.journey_arrays import NOTHING, Ints, Paths, numbered
from leadline.eventstore.journeys import JourneyQuery, Journeys, journeys_of, qualified_among
from leadline.eventstore.step_sql import is_behaviour
from leadline.kernel.clock import to_micros
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.sources import Sources

QUESTION = "Which ways do people take?"
DEFINITION = (
    "Paths of events or pages, cut from visits (nothing more than 30 minutes apart) or from all that a person did in "
    "the period. The same thing repeated right away is one step. A path begins with the first time that the anchor is "
    "met, or ends there; without an anchor, where the visit begins or ends. The diagram keeps what is done most and "
    "calls the rest Other; the table names every step. Robots and our own people are left out."
)
LONGEST = 10
MOST_NODES = 50
LISTED = 50
OTHER = -2
NONE = "none"
NOT_THEIRS = "Page Engaged, Lead Contacted, Opportunity Opened, Opportunity Lost, Deal Won, Deal Cancelled"
"""What the browser tracker and the CRM tell of people: no step that they took."""
PARAMETERS = (
    Parameter("of", ParameterKind.CHOICE, "both", "of", "events, pages or both.",
              (("both", "events and pages"), ("events", "events"), ("pages", "pages"))),
    Parameter("anchor", ParameterKind.TEXT, "", "around", "An event, Page /path, conversion:NAME or stage:NAME.", (),
              "events"),
    Parameter("exclude", ParameterKind.TEXT, NOT_THEIRS, "without",
              f"Events and pages to look through, by commas; {NONE} for none.", (), "events", NONE),
    Parameter("side", ParameterKind.CHOICE, "start", "as", "start: paths from the anchor; end: paths to it.",
              (("start", "their start"), ("end", "their end"))),
    Parameter("length", ParameterKind.WHOLE, "5", "steps", f"How many steps, 2 to {LONGEST}."),
    Parameter("nodes", ParameterKind.WHOLE, "10", "shown", f"How many things the diagram names, 1 to {MOST_NODES}."),
    Parameter("scope", ParameterKind.CHOICE, "visit", "within", "visit or history.",
              (("visit", "a visit"), ("history", "the whole period"))),
    SEGMENT,
)  # fmt: skip
PATHS = (
    Column("path", "Path"),
    Column("paths", "Times", ValueKind.COUNT),
    Column("people", "People", ValueKind.COUNT),
    Column("share", "Of all paths", ValueKind.SHARE),
    Column("qualified", "Of them qualified", ValueKind.COUNT),
    Column("qualified_share", "Qualified, share", ValueKind.SHARE),
)
FLOWS = (Column("from", "From"), Column("to", "To"), Column("count", "Times", ValueKind.COUNT))


def compute(sources: Sources, wanted: Wanted) -> Report:
    """The flows between steps, and the paths taken most."""
    query = _query(wanted)
    found = journeys_of(sources.cursor, query, sources.now)
    flows = Table("flows", "From step to step", FLOWS, _flows(found, wanted.whole("nodes"), query.rules))
    rows, every = _paths(sources, found)
    note = f"The {len(rows)} taken most of {every:,}." if every > len(rows) else ""
    paths = Table("paths", "Paths taken most", PATHS, rows, note)
    figures = (
        Figure("paths", "Paths", len(found.paths.lead), ValueKind.COUNT),
        Figure("people", "People", len(np.unique(found.paths.lead)), ValueKind.COUNT),
    )
    chart = ChartWish("sankey", "flows", "from", ("to", "count"), title=QUESTION)
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, figures, (flows, paths), (chart,))


def _query(wanted: Wanted) -> JourneyQuery:
    length, nodes = wanted.whole("length"), wanted.whole("nodes")
    if not 2 <= length <= LONGEST or not 1 <= nodes <= MOST_NODES:
        raise ParameterError(f"A journey has 2 to {LONGEST} steps and 1 to {MOST_NODES} things that are named.")
    anchor = parse_step(wanted.text("anchor")) if wanted.text("anchor") else None
    without = wanted.text("exclude")
    excluded = parse_steps(listed(without)) if without != NONE else ()
    if any(step.where for step in (*excluded, *filter(None, [anchor]))):
        raise ParameterError("Journeys look at no properties.", advice="Name the event alone, or a conversion.")
    if not all(is_behaviour(step) for step in excluded):
        raise ParameterError("Only events and pages can be left out of journeys.")
    rules = PathRules(length, Side(wanted.text("side")), Scope(wanted.text("scope")))
    bounds = to_micros(wanted.period.start), to_micros(wanted.period.end)
    return JourneyQuery(
        wanted.text("of"), rules, anchor, *bounds, excluded, parse_segment(wanted.text("segment"), wanted.zone)
    )


def _flows(found: Journeys, most: int, rules: PathRules) -> tuple[tuple[Value, ...], ...]:
    nodes = _named_most(found.paths.nodes, most)
    first = 1 if rules.side is Side.START else 1 - rules.length
    rows: list[tuple[Value, ...]] = []
    for step in range(rules.length - 1):
        both = nodes[:, step : step + 2]
        pairs, counts = np.unique(both[(both != NOTHING).all(axis=1)], axis=0, return_counts=True)
        steps = sorted(zip(counts.tolist(), pairs.tolist(), strict=True), key=lambda each: (-each[0], each[1]))
        rows += [(_node(found, first + step, before), _node(found, first + step + 1, after), count)
                 for count, (before, after) in steps]  # fmt: skip
    return tuple(rows)


def _named_most(nodes: Ints, most: int) -> Ints:
    """What is done most keeps its number, the rest gets OTHER."""
    seen, counts = np.unique(nodes[nodes != NOTHING], return_counts=True)
    kept = seen[np.lexsort((seen, -counts))][:most]
    return np.where((nodes == NOTHING) | np.isin(nodes, kept), nodes, OTHER)


def _node(found: Journeys, step: int, node: int) -> str:
    return f"{step} {'Other' if node == OTHER else found.labels[node]}"


def _paths(sources: Sources, found: Journeys) -> tuple[tuple[tuple[Value, ...], ...], int]:
    """The rows of the table, and how many paths there are."""
    example, number = numbered(found.paths.nodes)
    counts = np.bincount(number, minlength=len(example))
    ranked = np.lexsort((np.arange(len(counts)), -counts))[:LISTED]
    qualified = qualified_among(sources.cursor, np.unique(found.paths.lead))
    rows = tuple(_path(found, found.paths, int(example[each]), number == each, qualified) for each in ranked)
    return rows, len(example)


def _path(found: Journeys, paths: Paths, example: int, same: NDArray[np.bool_], qualified: Ints) -> tuple[Value, ...]:
    leads = np.unique(paths.lead[same])
    steps = [found.labels[node] for node in paths.nodes[example].tolist() if node != NOTHING]
    ever = int(np.isin(leads, qualified, assume_unique=True).sum())
    times = int(same.sum())
    return " > ".join(steps), times, len(leads), times / len(paths.lead), ever, ever / len(leads)


KIND = ReportKind("journeys", "Journeys", QUESTION, DEFINITION, compute, PARAMETERS, reads_doings=True)
