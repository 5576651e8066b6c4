"""The funnel: how many people go how far, and how long they take."""

from collections.abc import Callable

from leadline.analytics.funnel_answers import Spread, grouped, share, spread
from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import Parameter, ParameterKind, Wanted
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.steps import StepSource
from leadline.eventstore.funnels import property_of_starts
from leadline.eventstore.step_sql import is_behaviour
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.funnels import PARAMETERS, FunnelAnswer, ask_funnel, labels_of, notes_of
from leadline.pipeline.reports.sources import Sources

QUESTION = "How far do people get, and how fast?"
DEFINITION = (
    "People whose first step lies in the period, and how many of them do the next steps within the window, the last "
    "moment included; later steps may come after the period. Of several starts the last one counts. Ordered: in this "
    "order, other events may lie between. Strict: nothing lies between. Unordered: all within one window. Times are "
    "those of the chain by which a person first reached a step. Robots and our own people are left out."
)
GROUPS = 10
FIELDS = ("channel", "source", "campaign", "landing", "country", "industry", "grade", "stage", "owner")
BY = Parameter(
    "by", ParameterKind.TEXT, "", "told apart by", f"{', '.join(FIELDS)}, or property:NAME of the first step."
)
STEP_COLUMNS = (
    Column("step", "Step", ValueKind.COUNT),
    Column("label", "What"),
    Column("people", "People", ValueKind.COUNT),
    Column("share_of_first", "Of the first", ValueKind.SHARE),
    Column("share_of_previous", "Of the step before", ValueKind.SHARE),
    Column("lost", "Lost since", ValueKind.COUNT),
    Column("median", "Median since the step before", ValueKind.SECONDS),
    Column("p75", "75% took at most", ValueKind.SECONDS),
    Column("p90", "90% took at most", ValueKind.SECONDS),
    Column("median_from_first", "Median since the first", ValueKind.SECONDS),
    Column("p75_from_first", "75% since the first", ValueKind.SECONDS),
    Column("p90_from_first", "90% since the first", ValueKind.SECONDS),
)
GROUP_COLUMNS = (
    Column("group", "Group"),
    Column("step", "Step", ValueKind.COUNT),
    Column("label", "What"),
    Column("people", "People", ValueKind.COUNT),
    Column("share_of_first", "Of the first", ValueKind.SHARE),
)
NONE = "(none)"


def compute(sources: Sources, wanted: Wanted) -> Report:
    """The steps, and with `by` the steps of each group."""
    answer = ask_funnel(sources, wanted)
    tables = [Table("steps", "Steps", STEP_COLUMNS, _step_rows(answer))]
    charts = [ChartWish("funnel", "steps", "label", ("people",), title=QUESTION)]
    if by := wanted.text("by"):
        groups = _group_rows(answer, _group_of(sources, answer, by))
        tables.append(Table("groups", f"By {by}", GROUP_COLUMNS, groups, personal=_may_name(by)))
        charts.append(ChartWish("bars", "groups", "label", ("share_of_first",), "group", f"By {by}"))
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, _figures(answer), tuple(tables),
                  tuple(charts), notes_of(answer))  # fmt: skip


def _may_name(by: str) -> bool:
    """Whether the groups may be people: owners are, and nobody knows what a property holds."""
    return by == "owner" or by.startswith("property:")


def _step_rows(answer: FunnelAnswer) -> tuple[tuple[Value, ...], ...]:
    steps, labels = answer.reached.steps, labels_of(answer.query)
    rows: list[tuple[Value, ...]] = []
    for place, found in enumerate(steps):
        people, before = len(found.lead), len(steps[max(place - 1, 0)].lead)
        nothing = Spread(None, None, None)
        since = spread(found.at - found.before) if place else nothing
        whole = spread(found.at - found.started) if place else nothing
        shares = (share(people, len(steps[0].lead)), share(people, before), before - people)
        times = (since.median, since.p75, since.p90, whole.median, whole.p75, whole.p90)
        rows.append((place + 1, labels[place], people, *shares, *times))
    return tuple(rows)


def _figures(answer: FunnelAnswer) -> tuple[Figure, ...]:
    first, last = answer.reached.steps[0], answer.reached.steps[-1]
    took = spread(last.at - last.started).median
    return (
        Figure("entered", "Entered", len(first.lead), ValueKind.COUNT, "People who did the first step."),
        Figure("finished", "Finished", len(last.lead), ValueKind.COUNT, "People who did all steps."),
        Figure("rate", "Finished, share", share(len(last.lead), len(first.lead)), ValueKind.SHARE),
        Figure(
            "median_time", "Median time", took, ValueKind.SECONDS, "From the first step to the last.", better="down"
        ),
    )


def _group_rows(answer: FunnelAnswer, group_of: Callable[[int], str]) -> tuple[tuple[Value, ...], ...]:
    found = grouped([step.lead for step in answer.reached.steps], group_of, GROUPS)
    labels = labels_of(answer.query)
    return tuple(
        (group, place + 1, labels[place], people, share(people, counts[0]))
        for group, counts in found
        for place, people in enumerate(counts)
    )


def _group_of(sources: Sources, answer: FunnelAnswer, by: str) -> Callable[[int], str]:
    if by.startswith("property:") and by != "property:":
        texts = _properties(sources, answer, by.partition(":")[2])
    elif by in FIELDS:
        query = f"SELECT lead, {by}::VARCHAR FROM memory.main.people WHERE {by} IS NOT NULL"  # noqa: S608  # from FIELDS
        texts = dict(sources.cursor.execute(query).fetchall())
    else:
        raise ParameterError(f"A funnel can't be told apart by {by!r}.", advice=f"Use {BY.help}")
    return lambda lead: texts.get(lead) or NONE


def _properties(sources: Sources, answer: FunnelAnswer, key: str) -> dict[int, str]:
    """Of the event that the chain began with by which each person got furthest."""
    step = answer.query.steps[0]
    if not is_behaviour(step) or step.source is StepSource.ANY:
        raise ParameterError(f"{step.text!r} has no properties.", advice="Begin with an event or a page.")
    started: dict[int, int] = {}
    for found in answer.reached.steps:
        started |= dict(zip(found.lead.tolist(), found.started.tolist(), strict=True))
    return property_of_starts(sources.cursor, step, key, list(started), list(started.values()))


KIND = ReportKind("funnel", "Funnel", QUESTION, DEFINITION, compute, (*PARAMETERS, BY), reads_doings=True)
