"""What the funnel and the drop-off list are asked, and the funnel that it makes."""

from dataclasses import dataclass
from datetime import timedelta

from leadline.analytics.funnel import Funnel, Order
from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind, Wanted
from leadline.analytics.segments import parse_segment
from leadline.analytics.steps import listed, parse_steps
from leadline.analytics.written import step_words
from leadline.eventstore.funnel_arrays import Reached
from leadline.eventstore.funnels import FunnelQuery, funnel_of
from leadline.kernel.clock import to_micros
from leadline.kernel.figures import counted
from leadline.pipeline.reports.sources import Sources

MOST_STEPS = 20
MICRO = timedelta(microseconds=1)
MODES = (("ordered", "in this order"), ("strict", "with nothing between"), ("unordered", "in any order"))
STEPS = Parameter(
    "steps",
    ParameterKind.STEPS,
    "Page > Tool Used > conversion:quote_requested > stage:customer",
    "of",
    'Steps separated by ">": events, "Page /path", "Tool Used{tool=role-builder}", conversion:NAME, stage:NAME, any.',
    suggests="events",
)
PARAMETERS = (
    STEPS,
    Parameter("mode", ParameterKind.CHOICE, "ordered", "taken", "ordered, strict or unordered.", MODES),
    Parameter("window", ParameterKind.DURATION, "30d", "within", "From the first step to the last: 12h, 7d, 2w."),
    Parameter("exclude", ParameterKind.TEXT, "", "without", "Events that end a chain, by commas.", suggests="events"),
    Parameter(
        "mature",
        ParameterKind.CHOICE,
        "0",
        "counting",
        "1 leaves out people whose window is still open.",
        (("0", "everybody"), ("1", "people whose window is over")),
    ),
    SEGMENT,
)


@dataclass(frozen=True, slots=True)
class FunnelAnswer:
    """A funnel and who reached what.

    Attributes:
        censored: how many did not finish but still may: the window of their last start is open.
    """

    query: FunnelQuery
    reached: Reached
    censored: int


def ask_funnel(sources: Sources, wanted: Wanted) -> FunnelAnswer:
    """Compute what is wanted."""
    query = _query(sources, wanted)
    reached = funnel_of(sources.cursor, query, sources.now)
    return FunnelAnswer(query, reached, _censored(query, reached, to_micros(sources.now)))


def _query(sources: Sources, wanted: Wanted) -> FunnelQuery:
    steps = parse_steps(wanted.list("steps"))
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ParameterError(f"A funnel has 1 to {MOST_STEPS} steps, not {len(steps)}.", advice=STEPS.help)
    window = wanted.duration("window") // MICRO
    end = to_micros(wanted.period.end)
    if wanted.text("mature") == "1":
        end = min(end, to_micros(sources.now) - window + 1)
    funnel = Funnel(len(steps), Order(wanted.text("mode")), window, end)
    excluded = parse_steps(listed(wanted.text("exclude")))
    segment = parse_segment(wanted.text("segment"), wanted.zone)
    return FunnelQuery(funnel, steps, to_micros(wanted.period.start), end + window, excluded, segment)


def _censored(query: FunnelQuery, reached: Reached, now: int) -> int:
    open_since = now - query.funnel.window
    late = set(reached.steps[0].lead[reached.last_entry > open_since].tolist())
    return len(late - set(reached.steps[-1].lead.tolist())) if len(query.steps) > 1 else 0


def labels_of(query: FunnelQuery) -> tuple[str, ...]:
    """What each step is called. Without an order it is how many were done."""
    if query.funnel.order is Order.UNORDERED:
        return tuple(f"{done + 1} of {len(query.steps)} steps" for done in range(len(query.steps)))
    return tuple(map(step_words, query.steps))


def notes_of(answer: FunnelAnswer) -> tuple[str, ...]:
    """What a reader must know."""
    if not answer.censored:
        return ()
    who = counted(answer.censored, "person", "people")
    return (f"{who} may still finish: their window is open. Counting people whose window is over leaves them out.",)
